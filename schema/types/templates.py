"""Workflow templates as GraphQL types."""

from typing import cast

import strawberry
from strawberry.scalars import JSON

from resolvers.workflows.template_library import WorkflowTemplate as Entity
from schema.types.definitions import ACTION, PARAMETER, ActionDefinition, ParameterDefinition


@strawberry.type(description="How a service of a template is played in the test environment: `mockService` takes it.")
class TemplateMock:
    """One endpoint, and what it answers."""

    service_name: str = strawberry.field(description="The service that the workflow names.")
    endpoint: str = strawberry.field(description="The path, such as `/analyze`.")
    method: str | None = strawberry.field(description="The method; null: any.")
    response: JSON = strawberry.field(description="The JSON body that it answers.")


@strawberry.type(description="A workflow that is ready to be adapted.")
class WorkflowTemplate:
    """The same for every tenant."""

    template_name: str = strawberry.field(description="By which `createWorkflowFromTemplate` takes it.")
    title: str = strawberry.field(description="A name for people.")
    description: str = strawberry.field(description="What it is for.")
    parameters: list[ParameterDefinition] = strawberry.field(description="The parameters of its workflow.")
    actions: list[ActionDefinition] = strawberry.field(description="The actions of its workflow.")
    tags: list[str] = strawberry.field(description="The tags of its workflow.")
    example_parameters: JSON = strawberry.field(description="The parameters of a first run.")
    mocks: list[TemplateMock] = strawberry.field(description="What plays its services, so that it runs with no set-up.")


def template_type(template: Entity) -> WorkflowTemplate:
    """The GraphQL type of a template."""
    return WorkflowTemplate(
        template_name=template.template_name,
        title=template.title,
        description=template.description,
        parameters=[PARAMETER.of(raw) for raw in template.workflow["parameters"]],
        actions=[ACTION.of(raw) for raw in template.workflow["actions"]],
        tags=template.workflow["tags"],
        example_parameters=cast(JSON, template.example_parameters),
        mocks=[
            TemplateMock(
                service_name=mock["service_name"],
                endpoint=mock["endpoint"],
                method=mock.get("method"),
                response=mock["response"],
            )
            for mock in template.mocks
        ],
    )

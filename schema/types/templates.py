"""Workflow templates as GraphQL types."""

import strawberry

from resolvers.workflows.template_library import WorkflowTemplate as Entity
from schema.types.definitions import ACTION, PARAMETER, ActionDefinition, ParameterDefinition


@strawberry.type(description="A workflow that is ready to be adapted.")
class WorkflowTemplate:
    """The same for every tenant."""

    template_name: str = strawberry.field(description="By which `createWorkflowFromTemplate` takes it.")
    title: str = strawberry.field(description="A name for people.")
    description: str = strawberry.field(description="What it is for.")
    parameters: list[ParameterDefinition] = strawberry.field(description="The parameters of its workflow.")
    actions: list[ActionDefinition] = strawberry.field(description="The actions of its workflow.")
    tags: list[str] = strawberry.field(description="The tags of its workflow.")


def template_type(template: Entity) -> WorkflowTemplate:
    """The GraphQL type of a template."""
    return WorkflowTemplate(
        template_name=template.template_name,
        title=template.title,
        description=template.description,
        parameters=[PARAMETER.of(raw) for raw in template.workflow["parameters"]],
        actions=[ACTION.of(raw) for raw in template.workflow["actions"]],
        tags=template.workflow["tags"],
    )

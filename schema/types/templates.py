"""Workflow templates as GraphQL types, and the input that adapts one."""

import strawberry
from strawberry.scalars import JSON

from resolvers.workflows.template_library import WorkflowTemplate as Entity
from schema.types.definitions import ActionDefinition, ParameterDefinition, action_definition, parameter_definition
from schema.types.enums import WorkflowStatus
from schema.types.inputs import ABSENT, ON_EXIT, ON_FAILURE, OUTPUTS, ActionInput, ConcurrencyLimitInput, ParameterInput


@strawberry.type(description="A workflow that is ready to be adapted.")
class WorkflowTemplate:
    """The same for every tenant."""

    template_name: str = strawberry.field(description="By which `createWorkflowFromTemplate` takes it.")
    title: str = strawberry.field(description="A name for people.")
    description: str = strawberry.field(description="What it is for.")
    parameters: list[ParameterDefinition] = strawberry.field(description="The parameters of its workflow.")
    actions: list[ActionDefinition] = strawberry.field(description="The actions of its workflow.")
    tags: list[str] = strawberry.field(description="The tags of its workflow.")


@strawberry.input(description="Changes to a template's workflow: what is left out is as in the template.")
class WorkflowCustomizationsInput:
    """See `WorkflowChanges`."""

    name: str | None = strawberry.field(
        default=ABSENT, description='Left out: the template\'s name, with " (2)" and so on where that is taken.'
    )
    description: str | None = strawberry.field(default=ABSENT, description="What it is for; null clears it.")
    parameters: list[ParameterInput] | None = strawberry.field(
        default=ABSENT, description="One of the same name is replaced, the others are added."
    )
    actions: list[ActionInput] | None = strawberry.field(
        default=ABSENT, description="One of the same id is replaced, the others are added."
    )
    on_failure: list[ActionInput] | None = strawberry.field(default=ABSENT, description=f"Merged alike. {ON_FAILURE}")
    on_exit: list[ActionInput] | None = strawberry.field(default=ABSENT, description=f"Merged alike. {ON_EXIT}")
    outputs: JSON | None = strawberry.field(default=ABSENT, description=f"Merged by their names. {OUTPUTS}")
    status: WorkflowStatus | None = strawberry.field(default=ABSENT, description="Default: ACTIVE.")
    tags: list[str] | None = strawberry.field(default=ABSENT, description="Further tags.")
    timeout_seconds: int | None = strawberry.field(
        default=ABSENT, description="The total time of an execution; null: 3600."
    )
    queue_timeout_seconds: int | None = strawberry.field(
        default=ABSENT, description="How long an execution may wait for its start; null: as long as it takes."
    )
    concurrency: ConcurrencyLimitInput | None = strawberry.field(
        default=ABSENT, description="How many of its executions may run at once; null: any number."
    )


@strawberry.input(description="A template to create a workflow from.")
class CreateWorkflowFromTemplateInput:
    """See `CreateFromTemplate`."""

    template_name: str = strawberry.field(description="One of `workflowTemplates`.")
    customizations: WorkflowCustomizationsInput | None = strawberry.field(
        default=ABSENT, description="What is to be different."
    )


def template_type(template: Entity) -> WorkflowTemplate:
    """The GraphQL type of a template."""
    return WorkflowTemplate(
        template_name=template.template_name,
        title=template.title,
        description=template.description,
        parameters=[parameter_definition(raw) for raw in template.workflow["parameters"]],
        actions=[action_definition(raw) for raw in template.workflow["actions"]],
        tags=template.workflow["tags"],
    )

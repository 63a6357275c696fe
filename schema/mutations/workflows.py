"""The mutations of workflows: create, update, restore a version, save a text, delete."""

from typing import Any

import strawberry

from models.commands.validation import parse
from models.commands.versions import RestoreWorkflowVersion, SaveWorkflowText
from models.commands.workflows import CreateWorkflow, UpdateWorkflow
from models.entities.workflows import WorkflowDetail
from resolvers.workflows import templates as workflow_templates
from resolvers.workflows import validation, workflows
from resolvers.workflows.submitted import submitted, submitted_from_template
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.inputs import (
    CreateWorkflowFromTemplateInput,
    CreateWorkflowInput,
    DeleteWorkflowInput,
    RestoreWorkflowVersionInput,
    SaveWorkflowTextInput,
    UpdateWorkflowInput,
)
from schema.types.scalars import raw
from schema.types.workflow_warnings import WorkflowWarning, warning_types
from schema.types.workflows import Workflow, workflow_type


@strawberry.type(description="The answer to a change of a workflow.")
class WorkflowPayload:
    """The workflow as it is now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    workflow: Workflow | None = strawberry.field(default=None, description="The workflow as it is now.")
    warnings: list[str] = strawberry.field(
        default_factory=list, description="What was accepted, but will fail when it is executed."
    )
    warning_details: list[WorkflowWarning] = strawberry.field(
        default_factory=list, description="The same warnings, each with its stable code and its place."
    )


@strawberry.type(description="The answer to a deletion.")
class DeleteWorkflowPayload:
    """The id that is free of its workflow now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    deleted_id: strawberry.ID | None = strawberry.field(default=None, description="The deleted workflow.")


@strawberry.type(description="Changes of workflows.")
class WorkflowMutation:
    """Create, update, restore, delete."""

    @strawberry.mutation(description="Save a new workflow at version 1.0.")
    async def create_workflow(self, info: GraphQLInfo, input: Given[CreateWorkflowInput]) -> WorkflowPayload:
        """Create."""

        async def work() -> dict[str, Any]:
            ctx = info.context.ctx
            command = await submitted(ctx.services.actions, CreateWorkflow, raw(input))
            return _saved(await workflows.create_workflow(ctx, command))

        return await payload(info, input, WorkflowPayload, work)

    @strawberry.mutation(description="Save a new workflow that is a template with customizations.")
    async def create_workflow_from_template(
        self, info: GraphQLInfo, input: Given[CreateWorkflowFromTemplateInput]
    ) -> WorkflowPayload:
        """Create."""

        async def work() -> dict[str, Any]:
            ctx = info.context.ctx
            command = await submitted_from_template(ctx.services.actions, raw(input))
            workflow = await workflow_templates.create_from_template(ctx, command)
            return _saved(workflow)

        return await payload(info, input, WorkflowPayload, work)

    @strawberry.mutation(description="Change the fields that are given; a changed definition gets a new version.")
    async def update_workflow(self, info: GraphQLInfo, input: Given[UpdateWorkflowInput]) -> WorkflowPayload:
        """Update."""

        async def work() -> dict[str, Any]:
            changes = raw(input)
            workflow_id, ctx = changes.pop("id"), info.context.ctx
            command = await submitted(ctx.services.actions, UpdateWorkflow, changes)
            return _saved(await workflows.update_workflow(ctx, workflow_id, command))

        return await payload(info, input, WorkflowPayload, work)

    @strawberry.mutation(
        description="Make a new version that is what an earlier one was, if that is valid today; where the present one "
        "means the same, nothing changes. Settings, such as time-outs and tags, stay as they are."
    )
    async def restore_workflow_version(
        self, info: GraphQLInfo, input: Given[RestoreWorkflowVersionInput]
    ) -> WorkflowPayload:
        """Restore."""

        async def work() -> dict[str, Any]:
            asked = raw(input)
            workflow_id = asked.pop("id")
            command = parse(RestoreWorkflowVersion, asked)
            return _saved(await workflows.restore_workflow_version(info.context.ctx, workflow_id, command))

        return await payload(info, input, WorkflowPayload, work)

    @strawberry.mutation(
        description="Save a workflow as a file has it, YAML or JSON: a new one, or what one is from now on. What the "
        "text does not name has its default, but for the status, which stays. Each fault says its line."
    )
    async def save_workflow_text(self, info: GraphQLInfo, input: Given[SaveWorkflowTextInput]) -> WorkflowPayload:
        """Save."""

        async def work() -> dict[str, Any]:
            asked = raw(input)
            workflow_id = asked.pop("id", None)
            return _saved(await validation.save_text(info.context.ctx, workflow_id, parse(SaveWorkflowText, asked)))

        return await payload(info, input, WorkflowPayload, work)

    @strawberry.mutation(description="Delete a workflow; its executions stay readable.")
    async def delete_workflow(self, info: GraphQLInfo, input: Given[DeleteWorkflowInput]) -> DeleteWorkflowPayload:
        """Delete."""

        async def work() -> dict[str, Any]:
            cancels = raw(input)["cancel_running"]
            deleted = await workflows.delete_workflow(info.context.ctx, input.id, cancel_running=cancels)
            return {"deleted_id": deleted.id}

        return await payload(info, input, DeleteWorkflowPayload, work)


def _saved(workflow: WorkflowDetail) -> dict[str, Any]:
    return {
        "workflow": workflow_type(workflow),
        "warnings": [warning.message for warning in workflow.warnings],
        "warning_details": warning_types(workflow.warnings),
    }

"""The root of all mutations: one input, one payload with `userErrors`."""

from typing import Any

import strawberry

from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow, UpdateWorkflow
from models.entities import WorkflowDetail
from resolvers import callbacks
from resolvers.executions import executions
from resolvers.workflows import templates as workflow_templates
from resolvers.workflows import workflows
from resolvers.workflows.submitted import submitted, submitted_from_template
from schema.api_key_mutations import ApiKeyMutation
from schema.approval_link_mutations import ApprovalLinkMutation
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.errors import USER_ERRORS, UserError, payload
from schema.message_mutations import MessageMutation
from schema.secret_mutations import SecretMutation
from schema.service_mutations import ServiceMutation
from schema.spellings import one_of
from schema.types.callbacks import CallbackDelivery, delivery_type
from schema.types.inputs import (
    CancelExecutionInput,
    CreateWorkflowFromTemplateInput,
    CreateWorkflowInput,
    DeleteWorkflowInput,
    ExecuteWorkflowInput,
    RedeliverCallbackInput,
    UpdateWorkflowInput,
)
from schema.types.scalars import raw
from schema.types.workflow_warnings import WorkflowWarning, warning_types
from schema.types.workflows import Execution, Workflow, execution_type, workflow_type


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


@strawberry.type(description="The answer to an execute.")
class ExecuteWorkflowPayload:
    """The execution, which is on disk."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(default=None, description="The execution, which is on disk.")
    is_replay: bool = strawberry.field(
        default=False, description="Whether the idempotency key was seen before, and this is the first execution."
    )
    warnings: list[str] = strawberry.field(
        default_factory=list, description="Values that were given and that no parameter of the workflow takes."
    )


@strawberry.type(description="The answer to a cancellation.")
class CancelExecutionPayload:
    """The execution as it is now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(default=None, description="The execution as it is now.")


@strawberry.type(description="The answer to a redelivery.")
class RedeliverCallbackPayload:
    """The delivery, which is due now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    callback_delivery: CallbackDelivery | None = strawberry.field(
        default=None, description="The delivery, which is due now."
    )


@strawberry.type(description="All that can be done.")
class Mutation(ApiKeyMutation, ApprovalLinkMutation, MessageMutation, SecretMutation, ServiceMutation):
    """Each change is on disk when its answer is sent."""

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

    @strawberry.mutation(description="Delete a workflow; its executions stay readable.")
    async def delete_workflow(self, info: GraphQLInfo, input: Given[DeleteWorkflowInput]) -> DeleteWorkflowPayload:
        """Delete."""

        async def work() -> dict[str, Any]:
            cancels = raw(input)["cancel_running"]
            deleted = await workflows.delete_workflow(info.context.ctx, input.id, cancel_running=cancels)
            return {"deleted_id": deleted.id}

        return await payload(info, input, DeleteWorkflowPayload, work)

    @strawberry.mutation(
        description="Execute a workflow; the execution is on disk when this answers. To run one again, execute its "
        "workflow with its `parameters`: that runs the workflow's present version."
    )
    async def execute_workflow(self, info: GraphQLInfo, input: Given[ExecuteWorkflowInput]) -> ExecuteWorkflowPayload:
        """Execute."""

        async def work() -> dict[str, Any]:
            asked = raw(input)
            workflow_id = one_of(asked, "id", "workflow_id")
            asked = {name: value for name, value in asked.items() if name not in ("id", "workflow_id")}
            asked["async_execution"] = not asked.pop("wait")
            accepted = await executions.execute_workflow(info.context.ctx, workflow_id, parse(ExecuteWorkflow, asked))
            return {
                "execution": execution_type(accepted.execution),
                "is_replay": accepted.is_replay,
                "warnings": list(accepted.warnings),
            }

        return await payload(info, input, ExecuteWorkflowPayload, work)

    @strawberry.mutation(description="Cancel an execution; its work in flight is aborted.")
    async def cancel_execution(self, info: GraphQLInfo, input: Given[CancelExecutionInput]) -> CancelExecutionPayload:
        """Cancel."""

        async def work() -> dict[str, Any]:
            return {"execution": execution_type(await executions.cancel_execution(info.context.ctx, input.id))}

        return await payload(info, input, CancelExecutionPayload, work)

    @strawberry.mutation(description="Deliver a callback again, now and by the whole schedule, with its same id.")
    async def redeliver_callback(
        self, info: GraphQLInfo, input: Given[RedeliverCallbackInput]
    ) -> RedeliverCallbackPayload:
        """Redeliver."""

        async def work() -> dict[str, Any]:
            delivery_id = one_of(raw(input), "id", "delivery_id")
            delivery = await callbacks.redeliver_callback(info.context.ctx, delivery_id)
            return {"callback_delivery": delivery_type(delivery)}

        return await payload(info, input, RedeliverCallbackPayload, work)


def _saved(workflow: WorkflowDetail) -> dict[str, Any]:
    return {
        "workflow": workflow_type(workflow),
        "warnings": [warning.message for warning in workflow.warnings],
        "warning_details": warning_types(workflow.warnings),
    }

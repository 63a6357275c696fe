"""The mutations of executions: execute, cancel, label, delete."""

from typing import Any

import strawberry

from models.commands.labels import LabelChanges
from models.commands.validation import parse
from models.commands.workflows import ExecuteWorkflow
from resolvers.executions import deletion, executions
from resolvers.executions.labels import label_execution
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.errors import USER_ERRORS, UserError, payload
from schema.spellings import one_of
from schema.types.inputs import (
    CancelExecutionInput,
    DeleteExecutionInput,
    ExecuteWorkflowInput,
    LabelExecutionInput,
)
from schema.types.scalars import raw
from schema.types.workflows import Execution, execution_type


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


@strawberry.type(description="The answer to a change of labels.")
class LabelExecutionPayload:
    """The execution as it is now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(default=None, description="The execution as it is now.")


@strawberry.type(description="The answer to a deletion.")
class DeleteExecutionPayload:
    """What is gone."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    deleted_id: strawberry.ID | None = strawberry.field(
        default=None, description="The id of the execution that is gone."
    )


@strawberry.type(description="Changes of executions.")
class ExecutionMutation:
    """Execute, cancel, label, delete."""

    @strawberry.mutation(
        description="Execute a workflow; the execution is on disk when this answers. To run one again, use "
        "`rerunExecution`."
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

    @strawberry.mutation(
        description="Change labels of an execution, by which it is found; one that has ended can be labelled too."
    )
    async def label_execution(self, info: GraphQLInfo, input: Given[LabelExecutionInput]) -> LabelExecutionPayload:
        """Label."""

        async def work() -> dict[str, Any]:
            asked = {name: value for name, value in raw(input).items() if name != "id"}
            execution = await label_execution(info.context.ctx, input.id, parse(LabelChanges, asked))
            return {"execution": execution_type(execution)}

        return await payload(info, input, LabelExecutionPayload, work)

    @strawberry.mutation(
        description="Delete an execution that has ended, with all that came of it, before its time is over. Its "
        "idempotency key still starts no other one."
    )
    async def delete_execution(self, info: GraphQLInfo, input: Given[DeleteExecutionInput]) -> DeleteExecutionPayload:
        """Delete."""

        async def work() -> dict[str, Any]:
            return {"deleted_id": strawberry.ID(await deletion.delete_execution(info.context.ctx, input.id))}

        return await payload(info, input, DeleteExecutionPayload, work)

"""The mutation that does an execution over."""

from typing import Any

import strawberry

from models.commands.reruns import RerunExecution
from models.commands.validation import parse
from resolvers.executions.reruns import rerun_execution
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.history.reruns import RerunExecutionInput
from schema.types.scalars import raw
from schema.types.workflows import Execution, execution_type


@strawberry.type(description="The answer to a rerun.")
class RerunExecutionPayload:
    """The new execution, which is on disk."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(
        default=None, description="The new execution, which is on disk; `rerunOf` leads to the other one."
    )
    is_replay: bool = strawberry.field(
        default=False, description="Whether the idempotency key was seen before, and this is the first execution."
    )
    warnings: list[str] = strawberry.field(
        default_factory=list, description="Values that no parameter takes, and where nothing runs again."
    )


@strawberry.type
class RerunMutation:
    """What is accepted is on disk when its answer is."""

    @strawberry.mutation(
        description="Do an execution that has ended over, by another one: what holds of it is reused, and the rest "
        "runs again. `previewRerun` with the same input says what becomes of each action."
    )
    async def rerun_execution(self, info: GraphQLInfo, input: Given[RerunExecutionInput]) -> RerunExecutionPayload:
        """Do over."""

        async def work() -> dict[str, Any]:
            asked = raw(input)
            execution_id = asked.pop("id")
            asked["async_execution"] = not asked.pop("wait")
            accepted = await rerun_execution(info.context.ctx, execution_id, parse(RerunExecution, asked))
            return {
                "execution": execution_type(accepted.execution),
                "is_replay": accepted.is_replay,
                "warnings": list(accepted.warnings),
            }

        return await payload(info, input, RerunExecutionPayload, work)

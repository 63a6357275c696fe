"""The mutations by which people set an execution right by hand: pause, resume, resolve an action, terminate."""

from typing import Any

import strawberry

from models.commands.by_hand import PauseExecution, ResolveAction, ResumeExecution, TerminateExecution
from models.commands.validation import parse
from resolvers.executions import by_hand
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.derivation import input_of
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.scalars import raw
from schema.types.workflows import Execution, execution_type

AS_IT_IS = "The execution as it is now."


@input_of(PauseExecution, "What is paused, and why.")
class PauseExecutionInput:
    """See `PauseExecution`."""


@input_of(ResumeExecution, "What goes on, and why.")
class ResumeExecutionInput:
    """See `ResumeExecution`."""


@input_of(ResolveAction, "What somebody makes of an action by hand, and why.")
class ResolveActionInput:
    """See `ResolveAction`."""


@input_of(TerminateExecution, "What ends at once, and why.")
class TerminateExecutionInput:
    """See `TerminateExecution`."""


@strawberry.type(description="The answer to a pause.")
class PauseExecutionPayload:
    """The execution as it is now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(default=None, description=AS_IT_IS)


@strawberry.type(description="The answer to a resume.")
class ResumeExecutionPayload:
    """The execution as it is now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(default=None, description=AS_IT_IS)


@strawberry.type(description="The answer to a resolution.")
class ResolveActionPayload:
    """The execution as it is now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(default=None, description=AS_IT_IS)


@strawberry.type(description="The answer to a termination.")
class TerminateExecutionPayload:
    """The execution as it is now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(default=None, description=AS_IT_IS)


@strawberry.type
class ByHandMutation:
    """What is changed is in the journal, and on disk, when its answer is sent."""

    @strawberry.mutation(
        description="Pause an execution: nothing of it begins, what is under way ends, and its time-out does not "
        "run on."
    )
    async def pause_execution(self, info: GraphQLInfo, input: Given[PauseExecutionInput]) -> PauseExecutionPayload:
        """Pause."""

        async def work() -> dict[str, Any]:
            asked = parse(PauseExecution, raw(input))
            found = await by_hand.pause_execution(info.context.ctx, asked.id, asked.reason)
            return {"execution": execution_type(found)}

        return await payload(info, input, PauseExecutionPayload, work)

    @strawberry.mutation(description="Have a paused execution go on.")
    async def resume_execution(self, info: GraphQLInfo, input: Given[ResumeExecutionInput]) -> ResumeExecutionPayload:
        """Resume."""

        async def work() -> dict[str, Any]:
            asked = parse(ResumeExecution, raw(input))
            found = await by_hand.resume_execution(info.context.ctx, asked.id, asked.reason)
            return {"execution": execution_type(found)}

        return await payload(info, input, ResumeExecutionPayload, work)

    @strawberry.mutation(
        description="Give an action that failed, waits or backs off a result by hand, skip it, or have it tried again "
        "now. One that is running, has succeeded or has not begun is refused by ACTION_NOT_RESOLVABLE."
    )
    async def resolve_action(self, info: GraphQLInfo, input: Given[ResolveActionInput]) -> ResolveActionPayload:
        """Resolve."""

        async def work() -> dict[str, Any]:
            found = await by_hand.resolve_action(info.context.ctx, parse(ResolveAction, raw(input)))
            return {"execution": execution_type(found)}

        return await payload(info, input, ResolveActionPayload, work)

    @strawberry.mutation(
        description="End an execution at once, as cancelled: its work in flight is aborted, and its clean-up is not "
        "done or, where it hangs, not gone on with. `cancelExecution` is the way that cleans up."
    )
    async def terminate_execution(
        self, info: GraphQLInfo, input: Given[TerminateExecutionInput]
    ) -> TerminateExecutionPayload:
        """Terminate."""

        async def work() -> dict[str, Any]:
            asked = parse(TerminateExecution, raw(input))
            found = await by_hand.terminate_execution(info.context.ctx, asked.id, asked.reason)
            return {"execution": execution_type(found)}

        return await payload(info, input, TerminateExecutionPayload, work)

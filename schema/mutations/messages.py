"""The mutations that send something to an execution that waits: a signal, or a decision on an approval."""

from typing import Any

import strawberry

from models.commands.messages import DecideApproval, SendSignal
from models.commands.validation import parse
from resolvers import approvals
from resolvers.signals import send_signal
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.derivation import input_of
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.scalars import raw
from schema.types.workflows import Execution, execution_type


@input_of(SendSignal, "A signal to an execution.")
class SendSignalInput:
    """See `SendSignal`."""


@input_of(DecideApproval, "What one person decides about an approval.")
class DecideApprovalInput:
    """See `DecideApproval`."""


@strawberry.type(description="The answer to a signal.")
class SendSignalPayload:
    """The execution, as it stood before an action took it."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(default=None, description="The execution that it was sent to.")


@strawberry.type(description="The answer to a decision.")
class DecideApprovalPayload:
    """The execution, as it stood before the decision was taken."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    execution: Execution | None = strawberry.field(default=None, description="The execution that waits for it.")


@strawberry.type
class MessageMutation:
    """What is sent is on disk when its answer is."""

    @strawberry.mutation(
        description="Send a signal. The first action that waits for one of its name takes it; it is kept until then."
    )
    async def send_signal(self, info: GraphQLInfo, input: Given[SendSignalInput]) -> SendSignalPayload:
        """Send."""

        async def work() -> dict[str, Any]:
            found = await send_signal(info.context.ctx, parse(SendSignal, raw(input)))
            return {"execution": execution_type(found)}

        return await payload(info, input, SendSignalPayload, work)

    @strawberry.mutation(description="Approve or reject what an execution waits for, as one of its approvers.")
    async def decide_approval(self, info: GraphQLInfo, input: Given[DecideApprovalInput]) -> DecideApprovalPayload:
        """Decide."""

        async def work() -> dict[str, Any]:
            found = await approvals.decide_approval(info.context.ctx, parse(DecideApproval, raw(input)))
            return {"execution": execution_type(found)}

        return await payload(info, input, DecideApprovalPayload, work)

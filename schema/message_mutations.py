"""The mutations that send something to an execution that waits: a signal, or a decision on an approval."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from models.commands.messages import DecideApproval, SendSignal
from models.commands.validation import parse
from resolvers import approvals
from resolvers.signals import send_signal
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.inputs import ABSENT
from schema.types.scalars import raw
from schema.types.workflows import Execution, execution_type


@strawberry.input(description="A signal to an execution.")
class SendSignalInput:
    """See `SendSignal`."""

    execution_id: strawberry.ID = strawberry.field(description="The execution; one that has not ended.")
    name: str = strawberry.field(description="The `signal` that an action of type `wait` waits for, now or later.")
    payload: JSON | None = strawberry.field(default=ABSENT, description="Any JSON: it is in the action's response.")


@strawberry.input(description="What one person decides about an approval.")
class DecideApprovalInput:
    """See `DecideApproval`."""

    execution_id: strawberry.ID = strawberry.field(description="The execution that waits.")
    action_id: str = strawberry.field(description="The action that waits.")
    item: int | None = strawberry.field(default=ABSENT, description="The item, where it runs for each of a list.")
    approved: bool = strawberry.field(description="Yes or no.")
    comment: str | None = strawberry.field(default=ABSENT, description="At most 4000 characters, for the record.")
    form: JSON | None = strawberry.field(default=ABSENT, description="An object: the fields of the approval's `form`.")


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

        return await payload(info, SendSignalPayload, work)

    @strawberry.mutation(description="Approve or reject what an execution waits for, as one of its approvers.")
    async def decide_approval(self, info: GraphQLInfo, input: Given[DecideApprovalInput]) -> DecideApprovalPayload:
        """Decide."""

        async def work() -> dict[str, Any]:
            found = await approvals.decide_approval(info.context.ctx, parse(DecideApproval, raw(input)))
            return {"execution": execution_type(found)}

        return await payload(info, DecideApprovalPayload, work)

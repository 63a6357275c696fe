"""What is sent to an execution that waits: signals, and decisions on approvals; and the approvals that wait."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from pydantic import Field, StringConstraints

from models.commands.control_flow import MAX_ITEMS
from models.commands.validation import Command, Id

ExecutionId = Annotated[str, StringConstraints(min_length=1, max_length=200), Id()]


class SendSignal(Command):
    """`sendSignal`: a signal with any JSON as its payload. The first action that waits for this name takes it."""

    execution_id: ExecutionId = Field(description="The execution; one that has not ended.")
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="The `signal` that an action of type `wait` waits for, now or later."
    )
    payload: Any = Field(default=None, description="Any JSON: it is in the action's response.")


class DecideApproval(Command):
    """`decideApproval`: what one person decides. `item` is the index, where the action runs for each of a list."""

    execution_id: ExecutionId = Field(description="The execution that waits.")
    action_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="The action that waits."
    )
    item: Annotated[int, Field(ge=0, lt=MAX_ITEMS)] | None = Field(
        default=None, description="The item, where it runs for each of a list."
    )
    approved: bool = Field(description="Yes or no.")
    comment: Annotated[str, StringConstraints(max_length=4_000)] | None = Field(
        default=None, description="At most 4000 characters, for the record."
    )
    form: dict[str, Any] = Field(default_factory=dict, description="An object: the fields of the approval's `form`.")


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """An approval that waits for decisions. Without the permission to see payloads the last four are empty."""

    id: str
    execution_id: str
    action_id: str
    item: int | None
    since: datetime
    expires_at: datetime | None
    approvers: Sequence[str]
    quorum: int
    message: str | None
    form: Sequence[Mapping[str, Any]] = ()
    decisions: Sequence[Mapping[str, Any]] = ()

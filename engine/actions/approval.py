"""The action type `approval`: waits for people to decide; who they are, how many, what they fill in, until when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from engine.actions.protocol import ActionCall, ActionResources, Message, Suspended
from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.core.state import slot
from engine.expressions.shapes import Entries, Keys, Shape
from models.commands.parameters import ParameterDefinition
from models.commands.validation import Command
from models.commands.workflows import TimeoutSeconds, UserId
from models.moments import spelled
from models.words import ActionErrorCode, WaitReason

APPROVAL_PREFIX = "approval:"
MAX_APPROVERS = 100


class Escalation(Command):
    """After so many seconds without a decision these may decide too."""

    after_seconds: Annotated[TimeoutSeconds, Field(description="So long after the question.", examples=[86_400])]
    approvers: Annotated[
        list[UserId],
        Field(min_length=1, max_length=MAX_APPROVERS, description="The ids of those who may decide then too."),
    ]


class ApprovalConfig(Command):
    """`message` is what people are asked. `approvers` are the ids of those who may decide; none: all who may approve.

    It is approved once `quorum` of them approve, and rejected with the first who does not. `form` is what they fill in,
    in the form of workflow parameters. The action's `timeout_seconds` limits how long it waits.
    """

    message: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=4_000)],
        Field(description="What people are asked.", examples=["Release {{version}}?"]),
    ]
    approvers: Annotated[
        list[UserId],
        Field(max_length=MAX_APPROVERS, description="The ids of those who may decide; none: all who may approve."),
    ] = []
    quorum: Annotated[int, Field(ge=1, le=MAX_APPROVERS, description="So many have to approve.")] = 1
    form: Annotated[
        list[ParameterDefinition], Field(max_length=50, description="What they fill in, written like parameters.")
    ] = []
    escalation: Annotated[
        Escalation | None, Field(description="Who may decide too where nobody has after a while.")
    ] = None

    @field_validator("quorum")
    @classmethod
    def _quorum_can_be_reached(cls, quorum: int, info: ValidationInfo) -> int:
        approvers = {*info.data.get("approvers", ())}
        if approvers and quorum > len(approvers):
            raise ValueError(f"quorum is {quorum}, but there are only {len(approvers)} approvers")
        return quorum


class ApprovalAction:
    """Each decision is a message; its notes tell who has decided, and who may."""

    action_type = "approval"
    config_model = ApprovalConfig
    reaches_out = False

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def gate(self, _call: ActionCall) -> None:
        """It asks nobody."""

    def response_shape(self, _config: Mapping[str, Any]) -> Shape:
        """See `resume`."""
        return Keys({"approved": None, "decisions": Entries(), "form": None})

    async def run(self, call: ActionCall) -> Suspended:
        """Ask."""
        config: ApprovalConfig = call.config
        now = self._clock.now()
        limit = None if call.timeout_seconds is None else now + timedelta(seconds=call.timeout_seconds)
        notes: dict[str, Any] = {
            "message": config.message,
            "approvers": config.approvers,
            "quorum": config.quorum,
            "form": [field.model_dump(mode="json", by_alias=True, exclude_unset=True) for field in config.form],
            "decisions": [],
            "expires_at": None if limit is None else spelled(limit),
        }
        if config.escalation is not None:
            notes["escalates_at"] = spelled(now + timedelta(seconds=config.escalation.after_seconds))
        return _asked(call, notes)

    def resume(self, call: ActionCall, notes: Mapping[str, Any], message: Message | None) -> Any:
        """Take a decision, or let time pass.

        Returns `{approved, decisions, form}`. Raises `ActionFailed`: REJECTED, or TIMEOUT where nobody decided in time;
        either has the decisions in its response.
        """
        if message is not None:
            return _decided(call, notes, message)
        if notes.get("escalates_at") is not None and call.config.escalation is not None:
            approvers = [*notes["approvers"], *call.config.escalation.approvers] if notes["approvers"] else []
            return _asked(call, {**notes, "approvers": approvers, "escalates_at": None})
        raise ActionFailed(
            ActionErrorCode.TIMEOUT,
            f"nobody decided within {call.timeout_seconds} s",
            response=_response(False, notes["decisions"]),
        )


def _asked(call: ActionCall, notes: Mapping[str, Any]) -> Suspended:
    moments = [datetime.fromisoformat(notes[key]) for key in ("escalates_at", "expires_at") if notes.get(key)]
    return Suspended(
        reason=WaitReason.APPROVAL,
        address=approval_address(call.action_id, call.item),
        until=min(moments, default=None),
        notes=notes,
    )


def _decided(call: ActionCall, notes: Mapping[str, Any], message: Message) -> Any:
    decision = {**message.data, "by": message.sent_by, "at": spelled(message.sent_at)}
    decisions = [*notes["decisions"], decision]
    if not decision["approved"]:
        raise ActionFailed(
            ActionErrorCode.REJECTED, f"rejected by {message.sent_by}", response=_response(False, decisions)
        )
    if len(decisions) >= notes["quorum"]:
        return _response(True, decisions)
    return _asked(call, {**notes, "decisions": decisions})


def is_settled(notes: Mapping[str, Any], unread: Sequence[Message]) -> bool:
    """Whether decisions that lie unread settle what is asked: one more would be told to nobody."""
    approve = [bool(message.data["approved"]) for message in unread]
    return not all(approve) or len(notes["decisions"]) + len(approve) >= notes["quorum"]


def _response(approved: bool, decisions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`form` is what was filled in, the later over the earlier."""
    form: dict[str, Any] = {}
    for decision in decisions:
        form |= decision.get("form") or {}
    return {"approved": approved, "decisions": list(decisions), "form": form}


def approval_address(action_id: str, item: int | None) -> str:
    """Where decisions are sent to."""
    return APPROVAL_PREFIX + slot(action_id, item)


def approval(resources: ActionResources) -> ApprovalAction:
    """Build the action type."""
    return ApprovalAction(resources.clock)

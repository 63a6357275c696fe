"""The entities of executions: an event of a journal, and what its events add up to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from models.entities.workflows import version_word
from models.moments import spelled
from models.words import ActionStatus, ExecutionStatus, FaultCode, WaitReason


class Event(msgspec.Struct, frozen=True):
    """One entry of an execution's journal. `sequence` counts from 1 without a gap and is the cursor."""

    sequence: int
    type: str
    at: datetime
    action_id: str | None
    data: Mapping[str, Any]


class Progress(msgspec.Struct, frozen=True):
    """How far an execution has come (decision E7). `percentage` is 0.0 to 100.0."""

    completed_actions: int
    total_actions: int
    current_action: str | None
    percentage: float


class ExecutionFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why an execution is set aside, or cannot be read. `tries` counts how often it was tried to take it up.

    `since` and `next_try_at` are None where nobody takes it up, because it has ended.
    """

    code: FaultCode
    message: str
    since: datetime | None = None
    tries: int = 0
    next_try_at: datetime | None = None


class ExecutionEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """When a running execution is likely to end, by the latest `runs` of its workflow that completed.

    `completes_at` is None where none of them took as long as it has by now. It `is_overdue` where it has taken longer
    than nine of ten of them: `slow_seconds`.
    """

    completes_at: datetime | None
    remaining_seconds: float | None
    is_overdue: bool
    runs: int
    median_seconds: float
    slow_seconds: float


class ExecutionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An execution as lists show it."""

    id: str
    workflow_id: str
    revision: int
    status: ExecutionStatus
    created_by: str
    parameters: Mapping[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    """None where the caller may not see it; unset in a list, for which it is not read."""
    callback_url: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    total_actions: int
    completed_actions: int
    current_action: str | None
    error: Mapping[str, Any] | None
    concurrency_key: str | None = None
    """The key of its group; None where nothing limits how many run at once."""
    parent_id: str | None = None
    """The execution that started it, if one did."""
    labels: Mapping[str, str] = {}
    rerun_of: str | None = None
    """The execution that it does over, if it does."""
    fault: ExecutionFault | None = None
    """Why it is set aside; it harms no other, and is tried again."""

    @property
    def version(self) -> str:
        """The version of the workflow that this execution runs on (decision E12)."""
        return version_word(self.revision)

    @property
    def duration_seconds(self) -> float | None:
        """From acceptance to the end in seconds, or None before the end (decision E8)."""
        if self.completed_at is None:
            return None
        return (self.completed_at - self.created_at).total_seconds()

    @property
    def progress(self) -> Progress:
        """How far this execution has come."""
        done, total = self.completed_actions, self.total_actions
        if total:
            percentage = round(100 * done / total, 2)
        else:
            percentage = 100.0 if self.status is ExecutionStatus.COMPLETED else 0.0
        return Progress(done, total, self.current_action, percentage)


class ResolvedBy(msgspec.Struct, frozen=True):
    """Who gave an action its result by hand, when, and why."""

    user_id: str
    reason: str
    at: datetime


class ItemResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an action for one item of its list, whose `index` counts from 0, a repeat's `iteration` from 1."""

    index: int
    status: ActionStatus
    attempt: int
    started_at: datetime
    completed_at: datetime | None
    response: Any
    error: Mapping[str, Any] | None
    http: Mapping[str, Any] | None = None
    resolved_by: ResolvedBy | None = None
    reused_from: str | None = None
    """The execution that did it, where that was another one."""
    iteration: int = 1


class ActionResult(msgspec.Struct, frozen=True, kw_only=True):
    """One action of one execution, in the order of the definition.

    Where it runs for each item of a list, `total_items` says how many there are, and `items` what became of those that
    have begun, in their order. `reused_from` is the execution that did it, where that was another one, and `is_given`
    says that its result was given by hand when the execution was asked for.
    """

    action_id: str
    status: ActionStatus
    attempt: int
    started_at: datetime
    completed_at: datetime | None
    response: Any
    error: Mapping[str, Any] | None
    http: Mapping[str, Any] | None = None
    """The status and the headers of the answer that it came with."""
    total_items: int | None = None
    items: Sequence[ItemResult] = ()
    resolved_by: ResolvedBy | None = None
    reused_from: str | None = None
    is_given: bool = False
    iteration: int = 1
    own_key: str | None = None
    """The idempotency key that its call brought, if it brought one."""


class WaitingAction(msgspec.Struct, frozen=True, kw_only=True):
    """An action of a live execution that is not running, and why; `until` where the moment is known.

    What else there is to know goes with the reason: the `service` at whose gate it stands or whose call is to be made
    again, its `position` in the line there, from 1, in the process `node_id`; the name of a `signal`; the execution
    `child_id`; how many (`quorum`) of the `approvers` have to decide, of all who may where none are named.
    """

    action_id: str
    reason: WaitReason
    depends_on: tuple[str, ...] = ()
    until: datetime | None = None
    service: str | None = None
    position: int | None = None
    node_id: str | None = None
    signal: str | None = None
    child_id: str | None = None
    quorum: int | None = None
    approvers: tuple[str, ...] = ()


class Pause(msgspec.Struct, frozen=True):
    """Who paused an execution, when, and why, where that was said."""

    at: datetime
    user_id: str
    reason: str | None = None


class ExecutionDetail(ExecutionSummary, frozen=True, kw_only=True):
    """An execution with what its journal tells: each action's result and the log."""

    actions: tuple[ActionResult, ...]
    events: Sequence[Event]
    waiting: tuple[WaitingAction, ...] = ()
    stopping: ExecutionStatus | None = None
    """The end that it is heading for while its clean-up runs."""
    stopped_at: datetime | None = None
    """When its main part was over, where a clean-up came after it."""
    outputs: Mapping[str, Any] | None = None
    pause: Pause | None = None
    """Who paused it, while it is."""

    @property
    def rerun_reason(self) -> str | None:
        """Why it does another one over, where that was said."""
        return self.events[0].data.get("reason") if self.rerun_of is not None and self.events else None

    @property
    def last_sequence(self) -> int:
        """The cursor after which the journal has nothing yet."""
        return self.events[-1].sequence if self.events else 0

    @property
    def result(self) -> dict[str, dict[str, Any]] | None:
        """The documented `result` (decision E6), or None before the end."""
        if not self.status.is_terminal:
            return None
        return {action.action_id: _result(action) for action in self.actions}


def _result(action: ActionResult) -> dict[str, Any]:
    result = {"status": action.status, "response": action.response}
    if action.error is not None:
        result["error"] = action.error
    if action.resolved_by is not None:
        by = action.resolved_by
        result["resolved_by"] = {"user_id": by.user_id, "reason": by.reason, "at": spelled(by.at)}
    if action.reused_from is not None:
        result["reused_from"] = action.reused_from
    if action.is_given:
        result["given"] = True
    return result

"""Folds an execution's events into its state: `apply(state, event) -> state`, a pure function."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, assert_never

import msgspec

from engine.core.action_state import ActionState, Expected, Items, abandoned, cut_off, moved, slot
from engine.core.bounds import MAX_JOURNAL_BYTES
from models.entities.executions import Event, Pause
from models.errors import Unreadable
from models.event_types import TERMINAL_EVENTS, ActionEvent
from models.words import ActionStatus, EventType, ExecutionStatus, FaultCode, WaitReason

__all__ = [
    "DONE",
    "START",
    "ActionState",
    "Earlier",
    "ExecutionState",
    "Expected",
    "Items",
    "Stopping",
    "Timer",
    "apply",
    "fold",
    "fold_as_far_as_known",
    "size_of",
    "slot",
]


class Stopping(msgspec.Struct, frozen=True):
    """The main part is over, and its clean-up runs: how the execution will end, and since when that is known.

    `completed_actions` counts those of the main part. `user_id` is who cancelled it.
    """

    status: ExecutionStatus
    at: datetime
    completed_actions: int
    error: Mapping[str, Any] | None = None
    outputs: Mapping[str, Any] | None = None
    user_id: str | None = None


class Timer(msgspec.Struct, frozen=True):
    """An action, or one item of it, is not started before `due_at`, and why."""

    due_at: datetime
    reason: WaitReason


class Earlier(msgspec.Struct, frozen=True):
    """What the execution that is done over had started: those from which the same actions and items go on, by their
    slots. `keeps_versions` where they do so on the versions that those ran on, and `reuses_approvals` where what people
    have decided in them still holds.
    """

    children: Mapping[str, str] = {}
    keeps_versions: bool = False
    reuses_approvals: bool = False


class ExecutionState(msgspec.Struct, frozen=True):
    """What an execution's journal adds up to; `sequence` is that of the last event folded in.

    `actions` are in the order of their last events. `stopping` is there once a clean-up has begun. `size` is that of
    the journal, in bytes of JSON. `labels` are those that it was accepted with, and `workflow_name` is what its
    workflow was called then, where a template asks for that. `pause` is there while it is paused, and `paused_for` is
    how long it was before that since the queue, its main part or its clean-up began.
    `earlier` is there where it does another one over.
    """

    sequence: int = 0
    status: ExecutionStatus = ExecutionStatus.QUEUED
    actions: Mapping[str, ActionState] = msgspec.field(default_factory=dict)
    timers: Mapping[str, Timer] = msgspec.field(default_factory=dict)
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error: Mapping[str, Any] | None = None
    outputs: Mapping[str, Any] | None = None
    stopping: Stopping | None = None
    size: int = 0
    labels: Mapping[str, str] = {}
    workflow_name: str | None = None
    pause: Pause | None = None
    paused_for: timedelta = timedelta()
    earlier: Earlier | None = None

    @property
    def room(self) -> int:
        """How many bytes more its journal may hold."""
        most = MAX_JOURNAL_BYTES if self.stopping is None else 2 * MAX_JOURNAL_BYTES
        return most - self.size

    @property
    def has_begun(self) -> bool:
        """Whether it has left the queue and has not ended, paused or not."""
        return self.started_at is not None and not self.status.is_terminal

    @property
    def cleans_up_cancel(self) -> bool:
        """Whether what goes on is the clean-up after a cancel."""
        return self.stopping is not None and self.stopping.status is ExecutionStatus.CANCELLED


DONE = (ActionStatus.SUCCESS, ActionStatus.SKIPPED)

START = ExecutionState()
"""Before the first event."""

EVENT_TYPES = frozenset(EventType) - {EventType.UNKNOWN}


def apply(state: ExecutionState, event: Event) -> ExecutionState:
    """Return the state after `event`."""
    kind = EventType(event.type)
    match kind:
        case (
            EventType.ACTION_STARTED
            | EventType.ACTION_SUCCEEDED
            | EventType.ACTION_FAILED
            | EventType.ACTION_SKIPPED
            | EventType.ACTION_RETRY_SCHEDULED
            | EventType.ACTION_REPEAT_SCHEDULED
            | EventType.ACTION_WAITING
            | EventType.ACTION_DEFERRED
            | EventType.ACTION_REOPENED
            | EventType.ACTION_REUSED
            | EventType.ACTION_CANCELLED
        ):
            return _with(state, event) if event.action_id is None else _with_action(state, event, kind, event.action_id)
        case EventType.EXECUTION_STARTED:
            return _with(state, event, status=ExecutionStatus.RUNNING, started_at=event.at, paused_for=timedelta())
        case EventType.EXECUTION_PAUSED:
            pause = Pause(event.at, event.data["user_id"], event.data.get("reason"))
            return _with(state, event, status=ExecutionStatus.PAUSED, pause=pause)
        case EventType.EXECUTION_UNPAUSED:
            return _unpaused(state, event)
        case EventType.EXECUTION_COMPLETED | EventType.EXECUTION_FAILED | EventType.EXECUTION_CANCELLED:
            return _ended(state, event, TERMINAL_EVENTS[kind])
        case EventType.EXECUTION_RESUMED:
            actions = {name: cut_off(action) for name, action in state.actions.items()}
            return _with(state, event, actions=actions)
        case EventType.EXECUTION_STOPPING:
            return _stopped(state, event)
        case EventType.EXECUTION_QUEUED:
            return _accepted(state, event)
        case EventType.UNKNOWN:
            return _with(state, event)
        case _:
            assert_never(kind)


def size_of(data: Mapping[str, Any]) -> int:
    """The bytes of JSON that the data of an event come to; what is no JSON is refused where it is written."""
    return len(msgspec.json.encode(data, enc_hook=str))


def fold(events: Iterable[Event]) -> ExecutionState:
    """Return the state that all `events`, in the order of their sequence, add up to. Raises `Unreadable`."""
    state, fault = fold_as_far_as_known(events)
    if fault is not None:
        raise fault
    return state


def fold_as_far_as_known(
    events: Iterable[Event], state: ExecutionState = START
) -> tuple[ExecutionState, Unreadable | None]:
    """Return the state before the first event that this version cannot read, and why it cannot, if there is one.

    `events` follow on `state`.
    """
    for event in events:
        if event.type not in EVENT_TYPES:
            what = f"event {event.sequence} is of a type that this version does not know, {event.type[:64]!r}"
            return state, Unreadable(FaultCode.NEWER_EVENT, what)
        if type(event.data) is not dict or event.sequence != state.sequence + 1:
            return state, _damaged(event)
        try:
            state = apply(state, event)
        except Exception:  # whatever a journal makes this stumble over, it is that journal which is wrong
            return state, _damaged(event)
    return state, None


def _damaged(event: Event) -> Unreadable:
    return Unreadable(FaultCode.DAMAGED, f"event {event.sequence} of the journal is damaged, or what led to it is")


def _with_action(state: ExecutionState, event: Event, kind: ActionEvent, action_id: str) -> ExecutionState:
    item = event.data.get("item")
    before = state.actions.get(action_id)
    after = moved(before, event, kind) if item is None else _with_item(before, event, kind, item)
    actions = state.actions
    if after is not None:
        actions = dict(actions)
        actions.pop(action_id, None)
        actions[action_id] = after
    name = slot(action_id, item)
    timers = {} if not state.timers else _without_timers(state.timers, name, is_whole=item is None)
    if "due_at" in event.data:
        timers[name] = _timer(event)
    return _with(state, event, actions=actions, timers=timers)


def _without_timers(timers: Mapping[str, Timer], name: str, *, is_whole: bool) -> dict[str, Timer]:
    """What is left once something happened to an item, or to a whole action and thereby to all of its items."""
    left = {other: timer for other, timer in timers.items() if other != name}
    return {other: timer for other, timer in left.items() if not (is_whole and other.startswith(f"{name}["))}


def _with_item(parent: ActionState | None, event: Event, kind: ActionEvent, item: int) -> ActionState:
    if parent is None or parent.items is None:
        raise KeyError(event.action_id)
    if kind is EventType.ACTION_REOPENED and item in parent.items.ended:
        return msgspec.structs.replace(parent, items=parent.items.reopened([item]))
    before = parent.items.state(item) if "resolved_by" in event.data else parent.items.live.get(item)
    after = moved(before, event, kind) or ActionState(ActionStatus.PENDING, 0, event.at)
    return msgspec.structs.replace(parent, items=parent.items.with_state(item, after))


def _timer(event: Event) -> Timer:
    return Timer(datetime.fromisoformat(event.data["due_at"]), WaitReason(event.data["reason"]))


def _ended(state: ExecutionState, event: Event, status: ExecutionStatus) -> ExecutionState:
    return _with(
        state,
        event,
        status=status,
        completed_at=event.at,
        error=event.data.get("error"),
        outputs=event.data.get("outputs"),
        actions={name: abandoned(action, event.at) for name, action in state.actions.items()},
        timers={},
        pause=None,
    )


def _unpaused(state: ExecutionState, event: Event) -> ExecutionState:
    status = ExecutionStatus.QUEUED if state.started_at is None else ExecutionStatus.RUNNING
    lost = timedelta() if state.pause is None else event.at - state.pause.at
    return _with(state, event, status=status, pause=None, paused_for=state.paused_for + lost)


def _accepted(state: ExecutionState, event: Event) -> ExecutionState:
    data, more = event.data, {}
    if "labels" in data:
        more["labels"] = data["labels"]
    if "workflow_name" in data:
        more["workflow_name"] = data["workflow_name"]
    if "rerun" in data:
        more["earlier"] = _earlier(event)
    return _with(state, event, **more)


def _earlier(event: Event) -> Earlier:
    rerun = event.data["rerun"]
    return Earlier(rerun["children"], rerun["keeps_versions"], rerun["reuses_approvals"])


def _stopped(state: ExecutionState, event: Event) -> ExecutionState:
    data = event.data
    stopping = Stopping(
        ExecutionStatus(data["outcome"]),
        event.at,
        sum(action.status in DONE for action in state.actions.values()),
        data.get("error"),
        data.get("outputs"),
        data.get("user_id"),
    )
    actions = {name: abandoned(action, event.at) for name, action in state.actions.items()}
    return _with(state, event, stopping=stopping, actions=actions, timers={}, paused_for=timedelta())


def _with(state: ExecutionState, event: Event, **changes: Any) -> ExecutionState:
    return msgspec.structs.replace(state, sequence=event.sequence, size=state.size + size_of(event.data), **changes)

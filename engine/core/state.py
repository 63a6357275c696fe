"""Folds an execution's events into its state: `apply(state, event) -> state`, a pure function."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, assert_never

import msgspec

from engine.core.bounds import MAX_JOURNAL_BYTES
from engine.core.numbered import Numbered
from models.entities.executions import Event
from models.errors import Unreadable
from models.event_types import TERMINAL_EVENTS, ActionEvent
from models.words import ActionStatus, EventType, ExecutionStatus, FaultCode, WaitReason


class ActionState(msgspec.Struct, frozen=True):
    """What became of one action that was started. Times in UTC; `response` is any JSON value.

    `attempt` is the latest one, `failures` are the attempts that failed: one that a crash cut off did not.
    `first_started_at` is None where the first attempt is the latest one. `iteration` counts from 1 what `repeat` does
    over, and `previous` is the response of the one before. `items` is there where it runs for each item of a list, and
    `wait` says for what it waits or has last waited.
    """

    status: ActionStatus
    attempt: int
    started_at: datetime
    completed_at: datetime | None = None
    response: Any = None
    error: Mapping[str, Any] | None = None
    failures: int = 0
    first_started_at: datetime | None = None
    iteration: int = 1
    previous: Any = None
    items: "Items | None" = None
    wait: "Expected | None" = None

    @property
    def is_under_way(self) -> bool:
        """Whether something happens at this moment that a crash would cut off."""
        if self.items is None:
            return self.status is ActionStatus.RUNNING
        return any(item.status is ActionStatus.RUNNING for item in self.items.live.values())

    @property
    def is_waiting(self) -> bool:
        """Whether it, or one of its items, waits for the outside."""
        if self.items is None:
            return self.status is ActionStatus.WAITING
        return any(item.status is ActionStatus.WAITING for item in self.items.live.values())


class Expected(msgspec.Struct, frozen=True):
    """What an attempt waits for: a message to its `address`, a moment, or the first of them. `notes` are its own."""

    reason: WaitReason
    address: str | None
    notes: Mapping[str, Any]


class Items(msgspec.Struct, frozen=True):
    """The items of a list for which an action runs, by their index from 0.

    All below `first_new` have begun; `live` are those that have begun, or were put off, and have not ended.
    """

    total: int
    first_new: int = 0
    live: Mapping[int, ActionState] = {}
    ended: Numbered[ActionState] = Numbered()
    failed: int = 0

    @property
    def responses(self) -> list[Any]:
        """What came of each item, in their order; null where it failed or did not run."""
        ended = self.ended
        return [
            ended[item].response if item in ended and ended[item].status is ActionStatus.SUCCESS else None
            for item in range(self.total)
        ]

    def state(self, item: int) -> ActionState | None:
        """What became of one of them; None where it has not begun."""
        return self.live.get(item) or self.ended.get(item)

    def with_state(self, item: int, after: ActionState) -> "Items":
        """The items after one of them has changed."""
        live = {**self.live}
        live.pop(item, None)
        ended, failed = self.ended, self.failed
        if after.completed_at is None:
            live[item] = after
        else:
            ended = ended.having(item, after)
            failed += after.status is ActionStatus.FAILED
        first_new = self.first_new
        while first_new in live or first_new in ended:
            first_new += 1
        return Items(self.total, first_new, live, ended, failed)

    def abandoned(self, at: datetime) -> "Items":
        """The items after the end of their action: what has not ended never will."""
        if not self.live:
            return self
        ended = self.ended
        for item, state in self.live.items():
            ended = ended.having(item, _abandoned(state, at))
        return msgspec.structs.replace(self, live={}, ended=ended)


def slot(action_id: str, item: int | None) -> str:
    """What tells an action, or one item of it, from all others of its execution."""
    return action_id if item is None else f"{action_id}[{item}]"


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


class ExecutionState(msgspec.Struct, frozen=True):
    """What an execution's journal adds up to; `sequence` is that of the last event folded in.

    `actions` are in the order of their last events. `stopping` is there once a clean-up has begun. `size` is that of
    the journal, in bytes of JSON. `labels` are those that it was accepted with.
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

    @property
    def room(self) -> int:
        """How many bytes more its journal may hold."""
        most = MAX_JOURNAL_BYTES if self.stopping is None else 2 * MAX_JOURNAL_BYTES
        return most - self.size

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
        ):
            return _with(state, event) if event.action_id is None else _with_action(state, event, kind, event.action_id)
        case EventType.EXECUTION_STARTED:
            return _with(state, event, status=ExecutionStatus.RUNNING, started_at=event.at)
        case EventType.EXECUTION_COMPLETED | EventType.EXECUTION_FAILED | EventType.EXECUTION_CANCELLED:
            return _ended(state, event, TERMINAL_EVENTS[kind])
        case EventType.EXECUTION_RESUMED:
            actions = {name: _cut_off(action) for name, action in state.actions.items()}
            return _with(state, event, actions=actions)
        case EventType.EXECUTION_STOPPING:
            return _stopped(state, event)
        case EventType.EXECUTION_QUEUED if "labels" in event.data:
            return _with(state, event, labels=event.data["labels"])
        case EventType.EXECUTION_QUEUED | EventType.UNKNOWN:
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
    after = _moved(before, event, kind) if item is None else _with_item(before, event, kind, item)
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
    after = _moved(parent.items.live.get(item), event, kind) or ActionState(ActionStatus.PENDING, 0, event.at)
    return msgspec.structs.replace(parent, items=parent.items.with_state(item, after))


def _moved(before: ActionState | None, event: Event, kind: ActionEvent) -> ActionState | None:
    """An action, or one item of it, after an event of its own. Raises `KeyError` where it ends what never began."""
    match kind:
        case EventType.ACTION_STARTED:
            return _started(before, event)
        case EventType.ACTION_DEFERRED:
            return before
        case EventType.ACTION_SKIPPED:
            return ActionState(ActionStatus.SKIPPED, 0, event.at, event.at)
    if before is None:
        raise KeyError(event.action_id)
    match kind:
        case EventType.ACTION_RETRY_SCHEDULED:
            return _attempt_ended(before, event, ActionStatus.PENDING)
        case EventType.ACTION_REPEAT_SCHEDULED:
            return _iterated(before, event)
        case EventType.ACTION_WAITING:
            wait = Expected(WaitReason(event.data["reason"]), event.data.get("address"), event.data["notes"])
            return msgspec.structs.replace(before, status=ActionStatus.WAITING, wait=wait)
        case EventType.ACTION_SUCCEEDED:
            return _attempt_ended(before, event, ActionStatus.SUCCESS)
        case EventType.ACTION_FAILED:
            return _attempt_ended(before, event, ActionStatus.FAILED)
        case _:
            assert_never(kind)


def _started(before: ActionState | None, event: Event) -> ActionState:
    attempt = event.data["attempt"]
    if before is None:
        total = event.data.get("items")
        items = None if total is None else Items(total)
        return ActionState(ActionStatus.RUNNING, attempt, event.at, items=items)
    is_first = before.attempt == 0 or (before.failures == 0 and before.iteration > 1)
    return ActionState(
        ActionStatus.RUNNING,
        attempt,
        event.at,
        error=before.error,
        failures=before.failures,
        first_started_at=None if is_first else before.first_started_at or before.started_at,
        iteration=before.iteration,
        previous=before.previous,
        wait=before.wait,
    )


def _attempt_ended(before: ActionState, event: Event, status: ActionStatus) -> ActionState:
    return msgspec.structs.replace(
        before,
        status=status,
        completed_at=None if status is ActionStatus.PENDING else event.at,
        response=before.items.responses if before.items is not None else event.data.get("response"),
        error=event.data.get("error"),
        failures=before.failures + (status is not ActionStatus.SUCCESS),
        items=None if before.items is None else before.items.abandoned(event.at),
    )


def _iterated(before: ActionState, event: Event) -> ActionState:
    """It succeeded, and is to run again: with a new count of failures."""
    return ActionState(
        ActionStatus.PENDING,
        before.attempt,
        before.started_at,
        iteration=before.iteration + 1,
        previous=event.data["response"],
        wait=before.wait,
    )


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
        actions={name: _abandoned(action, event.at) for name, action in state.actions.items()},
        timers={},
    )


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
    actions = {name: _abandoned(action, event.at) for name, action in state.actions.items()}
    return _with(state, event, stopping=stopping, actions=actions, timers={})


def _cut_off(action: ActionState) -> ActionState:
    """What its owner was lost with is to be done over."""
    if action.items is not None:
        live = {item: _cut_off(state) for item, state in action.items.live.items()}
        return msgspec.structs.replace(action, items=msgspec.structs.replace(action.items, live=live))
    return msgspec.structs.replace(action, status=ActionStatus.PENDING) if action.is_under_way else action


def _abandoned(action: ActionState, at: datetime) -> ActionState:
    """What has not ended never will."""
    if action.completed_at is not None:
        return action
    items = None if action.items is None else action.items.abandoned(at)
    return msgspec.structs.replace(action, status=ActionStatus.CANCELLED, completed_at=at, items=items)


def _with(state: ExecutionState, event: Event, **changes: Any) -> ExecutionState:
    return msgspec.structs.replace(state, sequence=event.sequence, size=state.size + size_of(event.data), **changes)

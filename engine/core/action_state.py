"""What became of one action of an execution, or of one item of it, and what an event of its own makes of that: pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, assert_never

import msgspec

from engine.core.numbered import Numbered
from models.entities.executions import Event, ResolvedBy
from models.event_types import ActionEvent
from models.words import ActionStatus, EventType, WaitReason


class ActionState(msgspec.Struct, frozen=True):
    """What became of one action that was started. Times in UTC; `response` is any JSON value.

    `http` is the status and the headers of the answer that it came with, if it came with one; each item has its own.

    `attempt` is the latest one, `failures` are the attempts that failed: one that a crash cut off did not.
    `first_started_at` is None where the first attempt is the latest one. `iteration` counts from 1 what `repeat` does
    over, `previous` is the response of the one before, which was there at `iterated_at`, and `collected` is what was
    kept of each. `items` is there where it runs for each item of a list, and `wait` says for what it waits or has last
    waited. `resolved_by` is who gave it its result, where somebody did. `reused_from` is the execution that did it,
    where that was another one, and `is_given` says that its result was given when the execution was asked for.
    `lost_to` is the action that needed it no more, because another one of those that it waits for was the first.
    `own_key` is the idempotency key that its latest attempt brought, if it brought one.
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
    iterated_at: datetime | None = None
    items: "Items | None" = None
    wait: "Expected | None" = None
    resolved_by: ResolvedBy | None = None
    reused_from: str | None = None
    is_given: bool = False
    lost_to: str | None = None
    http: Any = None
    collected: tuple[Any, ...] = ()
    own_key: str | None = None

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


class Items(msgspec.Struct, frozen=True, dict=True):
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

    @cached_property
    def outcomes(self) -> list[dict[str, Any]]:
        """What templates see of each item, in their order: what failed or was skipped is told from what gave null."""
        return [
            {"status": ActionStatus.CANCELLED, "response": None, "http": None, "error": None}
            if (state := self.ended.get(item)) is None
            else {"status": state.status, "response": state.response, "http": state.http, "error": state.error}
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
        if (before := ended.get(item)) is not None:
            failed -= before.status is ActionStatus.FAILED
        if after.completed_at is None:
            live[item] = after
        else:
            ended = ended.having(item, after)
            failed += after.status is ActionStatus.FAILED
        first_new = self.first_new
        while first_new in live or first_new in ended:
            first_new += 1
        return Items(self.total, first_new, live, ended, failed)

    def reopened(self, items: Iterable[int]) -> "Items":
        """The items without what came of some of them that have ended: they are to run as if they never had."""
        ended, first_new = self.ended, self.first_new
        for item in items:
            ended, first_new = ended.without(item), min(item, first_new)
        failed = sum(state.status is ActionStatus.FAILED for state in ended.values())
        return msgspec.structs.replace(self, first_new=first_new, ended=ended, failed=failed)

    def abandoned(self, at: datetime) -> "Items":
        """The items after the end of their action: what has not ended never will."""
        if not self.live:
            return self
        ended = self.ended
        for item, state in self.live.items():
            ended = ended.having(item, abandoned(state, at))
        return msgspec.structs.replace(self, live={}, ended=ended)


def slot(action_id: str, item: int | None) -> str:
    """What tells an action, or one item of it, from all others of its execution."""
    return action_id if item is None else f"{action_id}[{item}]"


def moved(before: ActionState | None, event: Event, kind: ActionEvent) -> ActionState | None:
    """An action, or one item of it, after an event of its own. Raises `KeyError` where it ends what never began."""
    if "resolved_by" in event.data:
        return _by_hand(before, event, kind)
    match kind:
        case EventType.ACTION_STARTED:
            return _started(before, event)
        case EventType.ACTION_DEFERRED | EventType.ACTION_REOPENED:
            return before
        case EventType.ACTION_SKIPPED:
            return ActionState(ActionStatus.SKIPPED, 0, event.at, event.at)
        case EventType.ACTION_REUSED:
            return _reused(before, event)
        case EventType.ACTION_CANCELLED:
            begun = before or ActionState(ActionStatus.PENDING, 0, event.at)
            return msgspec.structs.replace(abandoned(begun, event.at), lost_to=event.data["lost_to"])
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


def _by_hand(before: ActionState | None, event: Event, kind: ActionEvent) -> ActionState | None:
    if kind is EventType.ACTION_REOPENED:
        return None if before is None else _reopened(before, event)
    told = event.data["resolved_by"]
    before = before or ActionState(ActionStatus.PENDING, 0, event.at)
    return msgspec.structs.replace(
        before,
        status=ActionStatus.SUCCESS if kind is EventType.ACTION_SUCCEEDED else ActionStatus.SKIPPED,
        completed_at=event.at,
        response=event.data.get("response"),
        http=None,
        error=None,
        items=None if before.items is None else before.items.abandoned(event.at),
        resolved_by=ResolvedBy(told["user_id"], told["reason"], event.at),
    )


def _reopened(before: ActionState, event: Event) -> ActionState:
    """It is to be tried again, with a new count of failures; of its items those that did not succeed."""
    items = before.items
    if items is not None:
        done = (ActionStatus.SUCCESS, ActionStatus.SKIPPED)
        items = items.reopened([item for item, state in items.ended.items() if state.status not in done])
    return msgspec.structs.replace(
        before,
        status=ActionStatus.PENDING if items is None else ActionStatus.RUNNING,
        completed_at=None,
        response=None,
        http=None,
        failures=0,
        first_started_at=event.at,
        items=items,
        resolved_by=None,
    )


def _started(before: ActionState | None, event: Event) -> ActionState:
    attempt, total, key = event.data["attempt"], event.data.get("items"), event.data.get("idempotency_key")
    items = None if total is None else Items(total)
    if before is None:
        return ActionState(ActionStatus.RUNNING, attempt, event.at, items=items, own_key=key)
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
        iterated_at=before.iterated_at,
        wait=before.wait,
        items=items,
        collected=before.collected,
        own_key=key,
    )


def _reused(before: ActionState | None, event: Event) -> ActionState:
    """What another execution did, at the time when that did it; or what runs for a list, of whose items it did some."""
    data = event.data
    if "items" in data:
        return ActionState(ActionStatus.RUNNING, data["attempt"], event.at, items=Items(data["items"]))
    items = None if before is None else before.items
    return ActionState(
        ActionStatus(data["status"]),
        data["attempt"],
        datetime.fromisoformat(data["started_at"]),
        datetime.fromisoformat(data["completed_at"]),
        data.get("response") if items is None else items.responses,
        data.get("error"),
        iteration=data.get("iteration", 1),
        items=items,
        reused_from=data.get("from"),
        is_given=data.get("given", False),
        lost_to=data.get("lost_to"),
        http=data.get("http"),
    )


def _attempt_ended(before: ActionState, event: Event, status: ActionStatus) -> ActionState:
    return msgspec.structs.replace(
        before,
        status=status,
        completed_at=None if status is ActionStatus.PENDING else event.at,
        response=event.data.get("response") if before.items is None else before.items.responses,
        http=event.data.get("http"),
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
        iterated_at=event.at,
        wait=before.wait,
        collected=(*before.collected, event.data["collected"]) if "collected" in event.data else (),
    )


def cut_off(action: ActionState) -> ActionState:
    """What its owner was lost with is to be done over."""
    if action.items is not None:
        live = {item: cut_off(state) for item, state in action.items.live.items()}
        return msgspec.structs.replace(action, items=msgspec.structs.replace(action.items, live=live))
    return msgspec.structs.replace(action, status=ActionStatus.PENDING) if action.is_under_way else action


def abandoned(action: ActionState, at: datetime) -> ActionState:
    """What has not ended never will."""
    if action.completed_at is not None:
        return action
    items = None if action.items is None else action.items.abandoned(at)
    return msgspec.structs.replace(action, status=ActionStatus.CANCELLED, completed_at=at, items=items)

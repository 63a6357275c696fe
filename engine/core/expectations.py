"""What an execution waits for from the outside, as its events say it: rows that are written with them."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from engine.core.plan import Plan, PlannedAction
from engine.core.run import Run, child_address, child_of
from engine.core.state import ActionState, ExecutionState, Expected, slot
from models.entities.executions import Event
from models.event_types import BEGINS_ACTION, ENDS_PART
from models.words import ActionStatus, EventType, WaitReason

EXPECTED = frozenset({WaitReason.TIMER, WaitReason.SIGNAL, WaitReason.APPROVAL, WaitReason.EXECUTION})
"""What is waited for from the outside: for each there is a row."""


class Changes(msgspec.Struct, frozen=True):
    """The expectations to write and those to delete."""

    upserts: list[dict[str, Any]] = []
    deletes: list[dict[str, Any]] = []


def expectation_changes(run: Run, events: Sequence[Event], state: ExecutionState) -> Changes:
    """What an execution expects, and does no more, after `events` after which it stands at `state`.

    Whatever has ever waited is deleted when it goes on; with the execution's end that is all of it.
    """
    upserts, deletes = [], []
    for action_id, name, action in _touched(events, state):
        if action.wait is None:
            continue
        if action.status is ActionStatus.WAITING:
            timer = state.timers.get(name)
            upserts.append(
                {
                    "execution_id": run.execution_id,
                    "slot": name,
                    "tenant": run.tenant,
                    "action_id": action_id,
                    "reason": action.wait.reason.value,
                    "address": action.wait.address,
                    "since": action.started_at,
                    "until": None if timer is None else timer.due_at,
                    "notes": action.wait.notes,
                }
            )
        else:
            deletes.append({"execution_id": run.execution_id, "slot": name})
    return Changes(upserts, deletes)


def delays(state: ExecutionState) -> frozenset[str]:
    """Why actions and items may not begin yet, as their timers say it, but for waits for the outside."""
    return frozenset(timer.reason.value for timer in state.timers.values()) - EXPECTED


def released_by(event: Event, before: ExecutionState) -> Iterator[str]:
    """Yield the executions that one waits for no more after `event`: some of them may have ended by then."""
    if event.type in ENDS_PART:
        for action in before.actions.values():
            yield from _awaited(action)
    elif event.action_id is not None and event.type not in BEGINS_ACTION:
        item = event.data.get("item")
        found = before.actions.get(event.action_id)
        if item is not None and found is not None:
            found = None if found.items is None else found.items.live.get(item)
        if found is not None:
            again = event.data.get("address") if event.type == EventType.ACTION_WAITING else None
            yield from (awaited for awaited in _awaited(found) if child_address(awaited) != again)


def _awaited(action: ActionState) -> Iterator[str]:
    if action.completed_at is not None:
        return
    if action.status is ActionStatus.WAITING and action.wait is not None and action.wait.address is not None:
        if action.wait.reason is WaitReason.EXECUTION:
            yield child_of(action.wait.address)
    elif action.items is not None:
        for item in action.items.live.values():
            yield from _awaited(item)


def _touched(events: Sequence[Event], state: ExecutionState) -> Iterator[tuple[str, str, ActionState]]:
    """The actions and items that events tell of, by their ids and slots; of what has ended, all the items too."""
    if state.status.is_terminal or any(event.type == EventType.EXECUTION_STOPPING for event in events):
        touched = {(action_id, None) for action_id in state.actions}
    else:
        touched = {(event.action_id, event.data.get("item")) for event in events if event.action_id}
    for action_id, item in touched:
        action = state.actions.get(action_id)
        if action is None:
            continue
        if item is not None:
            found = None if action.items is None else action.items.state(item)
            if found is not None:
                yield action_id, slot(action_id, item), found
            continue
        yield action_id, action_id, action
        if action.items is not None and action.completed_at is not None:
            for index, ended in action.items.ended.items():
                yield action_id, slot(action_id, index), ended


def waits(plan: Plan, state: ExecutionState) -> Iterator[tuple[PlannedAction, int | None, Expected]]:
    """Yield what waits at present: the action, its item where it is for one, and what it waits for, in their order."""
    for action in plan.every_action:
        present = state.actions.get(action.action_id)
        if present is None:
            continue
        if present.status is ActionStatus.WAITING and present.wait is not None:
            yield action, None, present.wait
        elif present.items is not None:
            for item in sorted(present.items.live):
                live = present.items.live[item]
                if live.status is ActionStatus.WAITING and live.wait is not None:
                    yield action, item, live.wait

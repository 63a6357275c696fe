"""What must hold in every world, checked against the database, the clients' answers and the services' record."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
from sqlalchemy import Row, select

from engine.core.decide import completed_actions, current_action
from engine.core.plan import Plan
from engine.core.state import ExecutionState, fold, slot
from engine.definition.compiling import compile_plan
from engine.journal.journal import read_events_of
from models.database.tables import ActivityRow, ExecutionRow, WorkflowStatisticsRow, table
from models.entities.executions import Event
from models.errors import Unreadable
from models.event_types import TERMINAL_EVENTS
from models.words import ActionStatus, ActivityType, EventType, ExecutionStatus, RunIf
from tests.simulation.promises.by_hand_invariants import pause_faults, reopened, result_faults
from tests.simulation.promises.callback_invariants import callback_faults
from tests.simulation.promises.child_invariants import child_faults
from tests.simulation.promises.clean_up_invariants import clean_up_faults
from tests.simulation.promises.concurrency_invariants import groups_are_limited
from tests.simulation.promises.life_invariants import life_faults, may_be_given_up
from tests.simulation.promises.record_invariants import (
    calls_are_covered,
    cancels_stop_work,
    gates_hold,
    unsafe_calls_are_not_repeated,
)
from tests.simulation.promises.rerun_invariants import rerun_faults
from tests.simulation.promises.results import has_result, has_succeeded
from tests.simulation.promises.wait_invariants import expectation_faults, wait_faults
from tests.simulation.workflows import TOKEN, definitions_of
from tests.simulation.world import World

REST = timedelta(seconds=300)
DEFAULT_ATTEMPTS = 3
COUNTED = ("accepted", "completed", "failed", "cancelled")


class Told(msgspec.Struct, frozen=True):
    """One execution as the database tells it in the end."""

    row: Row[Any]
    events: list[Event]
    state: ExecutionState
    plan: Plan


def violations(world: World) -> list[str]:
    """Every promise that this world broke, in words."""
    return list(first_violations(world))


def first_violations(world: World) -> Iterator[str]:
    """The same one by one, what is found out fastest first."""
    yield from world.witness.bugs
    try:
        executions = _executions(world)
    except (KeyError, ValueError, Unreadable) as error:
        yield f"a journal makes no sense: {error!r}"
        return
    for told in executions.values():
        name = told.row.id
        yield from (f"{name}: {fault}" for fault in _journal_faults(told))
        yield from (f"{name}: {fault}" for fault in _row_faults(told))
        yield from (f"{name}: {fault}" for fault in _retry_faults(world, told))
        yield from (f"{name}: {fault}" for fault in _item_faults(told))
        timeout_seconds = 0 if may_be_given_up(world.witness, name) else told.row.timeout_seconds
        yield from (f"{name}: {fault}" for fault in clean_up_faults(told.plan, told.events, timeout_seconds))
        yield from (f"{name}: {fault}" for fault in wait_faults(world, name, told.events, told.state))
        yield from (f"{name}: {fault}" for fault in pause_faults(told.events))
        yield from (f"{name}: {fault}" for fault in _rest_faults(world, told, executions.values()))
        yield from (f"{name}: {fault}" for fault in _secret_faults(told))
        yield from (f"{name}: {fault}" for fault in life_faults(told.row, world.witness))
    yield from _answer_faults(world, executions)
    yield from _total_faults(world, executions)
    yield from callback_faults(world)
    yield from expectation_faults(world)
    rows = {name: told.row for name, told in executions.items()}
    yield from child_faults(rows, {name: told.events for name, told in executions.items()})
    yield from rerun_faults(rows, {name: told.events for name, told in executions.items()}, world.witness)
    yield from calls_are_covered(world.witness)
    yield from gates_hold(world.witness, world.registry)
    yield from unsafe_calls_are_not_repeated(world.witness, _unsafe_actions(world, executions))
    yield from cancels_stop_work(world.witness)
    limits = {made.id: made.concurrency for made in world.workflows.values()}
    yield from groups_are_limited(world.witness.commits, rows, limits)


def _executions(world: World) -> dict[str, Told]:
    plans = {made.id: compile_plan(**made.definition) for made in world.workflows.values()}

    def read(connection: Any) -> dict[str, Told]:
        rows = connection.execute(select(table(ExecutionRow))).all()
        journals = read_events_of(connection, [row.id for row in rows])
        return {row.id: Told(row, journals[row.id], fold(journals[row.id]), plans[row.workflow_id]) for row in rows}

    return world.disk.read(read)


def _unsafe_actions(world: World, executions: dict[str, Told]) -> set[str]:
    """The keys of the calls that may do harm when they are made twice, and whose authors asked for no retries."""
    return {
        f"{execution_id}:{action_id}"
        for execution_id, told in executions.items()
        for action_id, action in definitions_of(world.workflows[told.row.workflow_id]).items()
        if "retry" not in action and action["config"].get("method") == "POST"
        if not world.registry[action["config"]["service"]].idempotent
    }


def _journal_faults(told: Told) -> Iterator[str]:
    events = told.events
    if [event.sequence for event in events] != list(range(1, len(events) + 1)):
        yield f"the journal has gaps: {[event.sequence for event in events]}"
    if not events or events[0].type != EventType.EXECUTION_QUEUED:
        yield "the journal does not begin with execution_queued"
    ends = [event.sequence for event in events if event.type in TERMINAL_EVENTS]
    if not ends:
        yield f"never came to its end: the last event is {events[-1].type if events else None}"
    elif ends != [len(events)]:
        yield f"terminal events at {ends} of {len(events)}"
    yield from result_faults(events)
    if any(later.at < earlier.at for earlier, later in pairwise(events)):
        yield "time goes backwards in the journal"
    yield from _order_faults(told)


def _order_faults(told: Told) -> Iterator[str]:
    """Nothing starts before its dependencies have ended (or one has won), after its own end, or before it is due."""
    planned = {action.action_id: action for action in told.plan.every_action}
    ended: set[str] = set()
    succeeded: set[str] = set()
    due: dict[str, datetime] = {}
    for event in told.events:
        if event.action_id is None:
            continue
        name = slot_of(event)
        if has_result(event):
            ended.add(name)
            due.pop(name, None)
            if has_succeeded(event):
                succeeded.add(name)
        elif event.type == EventType.ACTION_REOPENED:
            ended -= reopened(name, ended)
            due.pop(name, None)
        elif event.type == EventType.ACTION_STARTED:
            action = planned[event.action_id]
            is_race = action.run_if is RunIf.FIRST_SUCCESS and not action.cancels_losers
            missing = action.depends_on - ended
            if missing and not (is_race and action.depends_on & succeeded):
                yield f"{name} started before {sorted(missing)} had ended"
            if {event.action_id, name} & ended:
                yield f"{name} started again after its result was journaled"
            if event.at < due.pop(name, event.at):
                yield f"{name} started before it was due"
        elif event.data.get("due_at") is not None:
            due[name] = datetime.fromisoformat(event.data["due_at"])


def _item_faults(told: Told) -> Iterator[str]:
    """No more items are under way at once than may be, and an action ends once its items have, or too many failed."""
    for action in told.plan.every_action:
        if action.for_each is None:
            continue
        under_way: set[int] = set()
        for event in told.events:
            if event.type == EventType.EXECUTION_RESUMED:
                under_way.clear()
            elif event.action_id == action.action_id and "item" in event.data:
                item = event.data["item"]
                under_way.add(item) if event.type == EventType.ACTION_STARTED else under_way.discard(item)
                if len(under_way) > action.for_each.max_concurrency:
                    yield f"{len(under_way)} items of {action.action_id} were under way at once"
        after = told.state.actions.get(action.action_id)
        if after is None or after.items is None or after.status is not ActionStatus.SUCCESS:
            continue
        if after.resolved_by is not None:
            continue
        items = after.items
        if (
            len(items.ended) != items.total
            or items.failed * 100 > action.for_each.tolerated_failure_percentage * items.total
        ):
            yield f"{action.action_id} succeeded with {items}"


def slot_of(event: Event) -> str:
    """The action, or the item of it, that an event tells of."""
    return slot(event.action_id or "", event.data.get("item"))


def _rest_faults(world: World, told: Told, others: Iterable[Told]) -> Iterator[str]:
    """Once nothing fails any more, an execution ends soon: no longer than delays, hangs and breakers go.

    Where a limit holds it back, it has that time from the end of each that was before it.
    """
    since = max(world.healed_at, told.row.created_at)
    row = told.row
    if row.concurrency_key is not None and row.started_at is not None:
        group = (row.workflow_id, row.concurrency_key)
        for other in sorted(others, key=lambda one: one.row.created_at):
            ended = other.state.completed_at
            if (other.row.workflow_id, other.row.concurrency_key) == group and ended and ended <= row.started_at:
                since = max(since, min(ended, since + REST))
    if told.state.completed_at is not None and told.state.completed_at > since + REST:
        yield f"came to its end only {told.state.completed_at - since} after the world had healed"


def _secret_faults(told: Told) -> Iterator[str]:
    """What a service gave back is not in the journal, nor what a notification told."""
    for event in told.events:
        if TOKEN.value in str(event.data):
            yield f"event {event.sequence} shows the secret: {event.data}"


def _retry_faults(world: World, told: Told) -> Iterator[str]:
    """No action fails more often than its policy allows."""
    failed = (EventType.ACTION_RETRY_SCHEDULED, EventType.ACTION_FAILED)
    actions = definitions_of(world.workflows[told.row.workflow_id])
    failures: Counter[str] = Counter()
    for event in told.events:
        if event.type == EventType.ACTION_REPEAT_SCHEDULED:
            failures[slot_of(event)] = 0
        elif event.type == EventType.ACTION_REOPENED:
            for name in reopened(slot_of(event), failures):
                failures[name] = 0
        elif event.type in failed and event.action_id is not None:
            name, retry = slot_of(event), actions[event.action_id].get("retry")
            failures[name] += 1
            most = DEFAULT_ATTEMPTS if retry is None else retry["max_attempts"]
            if failures[name] > most:
                yield f"{name} failed {failures[name]} times, where {most} attempts are allowed"


def _row_faults(told: Told) -> Iterator[str]:
    row, state = told.row, told.state
    expected = {
        "status": state.status.value,
        "completed_actions": completed_actions(told.plan, state),
        "current_action": current_action(state),
        "error": state.error,
        "started_at": state.started_at,
        "completed_at": state.completed_at,
        "total_actions": len(told.plan.actions),
        "runnable_at": None,
        "expires_at": None,
    }
    for column, value in expected.items():
        if getattr(row, column) != value:
            yield f"the row's {column} is {getattr(row, column)!r}, the journal says {value!r}"


def _answer_faults(world: World, executions: dict[str, Told]) -> Iterator[str]:
    by_key: defaultdict[str, set[str]] = defaultdict(set)
    for answer in world.clients.answers:
        told = executions.get(answer.execution_id)
        if told is None:
            yield f"{answer.execution_id} was accepted and is gone"
            continue
        if answer.key is not None:
            by_key[answer.key].add(answer.execution_id)
        seen = list(answer.events)
        if seen != told.events[: len(seen)]:
            yield f"{answer.execution_id}: a client that asked to {answer.asked} saw events that are not in the journal"
        elif answer.status is not fold(seen).status:
            yield f"{answer.execution_id}: a client was told {answer.status}, its journal then said {fold(seen).status}"
        # A clean-up that had begun before, for another end, may be over by the time of the answer.
        late = answer.status if told.state.stopping is not None else ExecutionStatus.CANCELLED
        wanted = answer.stopping or late
        is_terminated = told.events[-1].data.get("is_terminated", False)
        if answer.asked == "cancel" and not is_terminated and told.state.status is not wanted:
            yield f"{answer.execution_id}: {wanted} after a cancel, a client was told, but it is {told.state.status}"
    for execution_id, message in world.clients.refused_as_finished:
        if message != f"Execution already {executions[execution_id].state.status}":
            yield f"{execution_id}: a cancel was refused with {message!r}"
    for key, ids in by_key.items():
        if len(ids) > 1:
            yield f"one idempotency key, {key}, gave {len(ids)} executions"
    keys = Counter(told.row.idempotency_key for told in executions.values() if told.row.idempotency_key)
    if keys and max(keys.values()) > 1:
        yield "one idempotency key is on two executions"


def _total_faults(world: World, executions: dict[str, Told]) -> Iterator[str]:
    totals, activities = table(WorkflowStatisticsRow), table(ActivityRow)
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in world.disk.read(lambda connection: connection.execute(select(totals)).all()):
        for column in (*COUNTED, "run_seconds"):
            counted[row.workflow_id][column] += getattr(row, column)
    for workflow_id in world.workflows:
        yield from _workflow_total_faults(
            counted[workflow_id], [told for told in executions.values() if told.row.workflow_id == workflow_id]
        )
    lines = world.disk.read(
        lambda connection: connection.execute(select(activities.c.type, activities.c.details)).all()
    )
    found = Counter((line.type, line.details["execution_id"]) for line in lines if "execution_id" in line.details)
    wanted = Counter((ActivityType.WORKFLOW_EXECUTED.value, execution_id) for execution_id in executions)
    wanted.update(
        (f"execution_{told.state.status}", execution_id)
        for execution_id, told in executions.items()
        if told.state.status.is_terminal
    )
    if found != wanted:
        yield f"the activity feed lacks {wanted - found} and has {found - wanted} too much"


def _workflow_total_faults(found: Counter[str], executions: Sequence[Told]) -> Iterator[str]:
    ends = Counter(told.state.status for told in executions)
    wanted = {
        "accepted": len(executions),
        "completed": ends[ExecutionStatus.COMPLETED],
        "failed": ends[ExecutionStatus.FAILED],
        "cancelled": ends[ExecutionStatus.CANCELLED],
    }
    if {column: found[column] for column in COUNTED} != wanted:
        yield f"the totals are {dict(found)}, the journals say {wanted}"
    seconds = sum(
        (told.state.completed_at - told.row.created_at).total_seconds()
        for told in executions
        if told.state.completed_at is not None and told.state.status is not ExecutionStatus.CANCELLED
    )
    if abs(found["run_seconds"] - seconds) > 0.001:
        yield f"the totals say {found['run_seconds']} run seconds, the journals {seconds}"

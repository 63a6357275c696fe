"""The use case of executions in a line: a strip of letters and a sentence of each, however large their journals are."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import JSON, Connection, case, func, null, select, type_coerce

from engine.core.plan import Plan
from engine.core.state import ExecutionState, fold_as_far_as_known
from models.database.one_of import one_of, word_list
from models.database.sound_json import sound_json
from models.database.tables import ExecutionEventRow, table
from models.entities.executions import Event, ExecutionSummary
from models.errors import Unreadable
from models.words import EventType, Permission
from resolvers.access.permissions import may, permits
from resolvers.context import Context
from resolvers.executions import rows
from resolvers.executions.payload import bare_wait, visible
from resolvers.executions.rows import EXECUTIONS
from resolvers.executions.waits import waits_of
from resolvers.overviews.reasons import reason
from resolvers.overviews.strips import strip

MAX_EVENTS = 10_000
"""So many are read for one answer: of the executions whose journals are the longest there is no strip then."""

AT_ONCE = 500
"""So many are folded while others wait; more of them in a thread."""

EVENTS = table(ExecutionEventRow)
DATA = sound_json(EVENTS.c.data)

WITH_PAYLOAD: Mapping[EventType, tuple[str, ...]] = {
    EventType.ACTION_SUCCEEDED: ("item", "resolved_by"),
    EventType.ACTION_FAILED: ("item",),
    EventType.ACTION_RETRY_SCHEDULED: ("item", "reason", "due_at"),
    EventType.ACTION_REPEAT_SCHEDULED: ("item", "reason", "due_at"),
    EventType.ACTION_WAITING: ("item", "reason", "due_at", "address"),
    EventType.EXECUTION_STOPPING: ("outcome",),
    EventType.EXECUTION_COMPLETED: (),
    EventType.EXECUTION_FAILED: (),
}
"""The events whose data may be large, each with what a fold needs of it; all others are read as they are."""

STANDS_FOR: Mapping[EventType, Mapping[str, Any]] = {
    EventType.ACTION_FAILED: {"error": {}},
    EventType.ACTION_REPEAT_SCHEDULED: {"response": None},
    EventType.ACTION_WAITING: {"notes": {}},
}
"""What a fold finds in the place of what was not read."""

PARTS = tuple(dict.fromkeys(key for keys in WITH_PAYLOAD.values() for key in keys))


def _part(key: str) -> Any:
    kinds = [kind.value for kind, keys in WITH_PAYLOAD.items() if key in keys]
    return case((EVENTS.c.type.in_(kinds), DATA[key].as_json()), else_=null()).label(key)


LENGTHS = (
    select(EVENTS.c.execution_id, func.max(EVENTS.c.sequence))
    .where(one_of(EVENTS.c.execution_id, word_list("of_executions")))
    .group_by(EVENTS.c.execution_id)
)
OUTLINES = (
    select(
        EVENTS.c.execution_id,
        EVENTS.c.sequence,
        EVENTS.c.type,
        EVENTS.c.at,
        EVENTS.c.action_id,
        type_coerce(
            case((EVENTS.c.type.in_([kind.value for kind in WITH_PAYLOAD]), null()), else_=EVENTS.c.data), JSON
        ).label("whole"),
        *(type_coerce(_part(key), JSON).label(key) for key in PARTS),
    )
    .where(one_of(EVENTS.c.execution_id, word_list("of_executions")))
    .order_by(EVENTS.c.execution_id, EVENTS.c.sequence)
)


class Sketch(msgspec.Struct, frozen=True):
    """See `strip` and `reason`; None where there is nothing to say, or too much to read."""

    strip: str | None
    reason: str | None


class _Outline(msgspec.Struct, frozen=True):
    """An execution, its plan where that can be read, and its events without their payload where there was room."""

    execution: ExecutionSummary
    plan: Plan | None
    events: Sequence[Event] | None
    has_room: bool
    letters: str | None
    """Its strip, where it has ended and that was made before; then its events were not read."""


@permits(Permission.EXECUTION_READ)
async def sketches_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, Sketch]:
    """The tenant's executions among `ids`, each in a line, in a few statements however many they are."""
    outlines = await ctx.read(lambda connection: _read(ctx, connection, ids))
    folds = (
        _folded(outlines)
        if sum(len(outline.events or ()) for outline in outlines) <= AT_ONCE
        else await asyncio.to_thread(_folded, outlines)
    )
    return {outline.execution.id: _sketch(ctx, outline, state) for outline, state in zip(outlines, folds, strict=True)}


def _read(ctx: Context, connection: Connection, ids: Sequence[str]) -> list[_Outline]:
    statement = select(*rows.SUMMARY_COLUMNS).where(
        EXECUTIONS.c.tenant == ctx.user.tenant, one_of(EXECUTIONS.c.id, ids)
    )
    found = [rows.summary(row) for row in connection.execute(statement)]
    store = ctx.services.store
    store.load_plans(connection, {(execution.workflow_id, execution.revision) for execution in found})
    full = rows.without_room(connection, found)
    known = {e.id: ctx.services.strips.get(e.id) if e.status.is_terminal else None for e in found}
    journals = _journals(connection, [name for name, letters in known.items() if letters is None])
    return [
        _Outline(
            execution,
            _plan(ctx, connection, execution),
            journals.get(execution.id),
            has_room=execution.id not in full,
            letters=known[execution.id],
        )
        for execution in found
    ]


def _journals(connection: Connection, ids: Sequence[str]) -> dict[str, list[Event]]:
    """The events of the executions, shortest journals first, as long as there is room for all of one."""
    if not ids:
        return {}
    lengths = sorted((length, name) for name, length in connection.execute(LENGTHS, {"of_executions": list(ids)}))
    room, chosen = MAX_EVENTS, []
    for length, name in lengths:
        if length > room:
            break
        room -= length
        chosen.append(name)
    journals: defaultdict[str, list[Event]] = defaultdict(list)
    for row in connection.execute(OUTLINES, {"of_executions": chosen}):
        journals[row.execution_id].append(Event(row.sequence, row.type, row.at, row.action_id, _data(row)))
    return journals


def _data(row: Any) -> Any:
    if row.type not in WITH_PAYLOAD:
        return row.whole
    kind = EventType(row.type)
    told = {key: row._mapping[key] for key in WITH_PAYLOAD[kind] if row._mapping[key] is not None}
    return told | dict(STANDS_FOR.get(kind, {}))


def _plan(ctx: Context, connection: Connection, execution: ExecutionSummary) -> Plan | None:
    try:
        return ctx.services.store.plan(connection, execution.workflow_id, execution.revision)
    except Unreadable:
        return None


def _folded(outlines: Sequence[_Outline]) -> list[ExecutionState | None]:
    """The states, as far as the journals can be read; None where they cannot."""
    states: list[ExecutionState | None] = []
    for outline in outlines:
        state, fault = fold_as_far_as_known(outline.events or ())
        states.append(state if outline.events and fault is None else None)
    return states


def _sketch(ctx: Context, outline: _Outline, state: ExecutionState | None) -> Sketch:
    user, now = ctx.user, ctx.services.clock.now()
    execution = visible(user, outline.execution)
    if outline.letters is not None:
        return Sketch(outline.letters, reason(execution, None, (), now))
    if state is None or outline.plan is None:
        return Sketch(None, reason(execution, None, (), now))
    waiting = waits_of(ctx, execution.id, outline.plan, state, has_room=outline.has_room)
    if not may(user, Permission.EXECUTION_PAYLOAD):
        waiting = tuple(map(bare_wait, waiting))
    letters = strip(outline.plan, state, waiting)
    if execution.status.is_terminal:
        ctx.services.strips.put(execution.id, letters)
    return Sketch(letters, reason(execution, state, waiting, now))

"""Writes all journal entries; what accepts, begins or ends executions of limited groups goes by their rules."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, update
from sqlalchemy.exc import IntegrityError

from engine.core.bounds import MAX_DESCENDANTS
from engine.core.expectations import released_by
from engine.core.run import Run
from engine.core.state import ExecutionState, apply
from engine.journal.bases import changed
from engine.journal.broadcast import JOBS
from engine.journal.descendants import refused_starts
from engine.journal.found import Found
from engine.journal.groups import Group, Rule, in_line, oldest, rules_of, size, turns_of
from engine.journal.lives import spare
from engine.journal.projection import Entry, project
from engine.journal.queue import EXECUTIONS, put
from engine.journal.refusals import Fenced
from engine.journal.released import release
from engine.journal.rows import write_entries
from models.database.one_of import one_of, word_list
from models.entities.audit import AuditNote
from models.entities.executions import Event
from models.errors import ConcurrencyLimitReached, Unavailable, Unreadable, limit_reached
from models.ids import OWNER_PREFIX, NewId
from models.words import ActionErrorCode, EventType, OnLimit

MAX_RACES = 20
"""How often those who carry out what is to be cancelled may append before our eyes."""

CANCEL_REASON = "concurrency_limit"

Journals = Callable[[Connection, Sequence[str]], list[Found]]
"""Loads executions with all that their journals hold; one that cannot be read spoils none of the others."""


STAND_ASIDE = (
    update(EXECUTIONS)
    .where(one_of(EXECUTIONS.c.id, word_list("ids")), EXECUTIONS.c.node_id == bindparam("node"))
    .values(node_id=None, runnable_at=None)
)


class GroupFull(Exception):
    """An execution cannot begin yet: it stays queued, and is taken up when its turn comes."""


class Writer(msgspec.Struct, frozen=True):
    """What a journal writes with: its shard, the name of its node, its ids, a look at others, and how many executions
    that came of one may be live.
    """

    shard: int
    node_id: str
    new_id: NewId
    journals: Journals
    max_descendants: int = MAX_DESCENDANTS


class Written(msgspec.Struct, frozen=True):
    """What came of entries: the places of those that were `refused`, and what else the transaction did.

    `cancelled` ended by their workflow's rule, `released` are to be cancelled because nobody waits for them, and
    `topics` are those of all that was written.
    """

    topics: set[str]
    refused: Mapping[int, Exception] = msgspec.field(default_factory=dict)
    cancelled: tuple[str, ...] = ()
    released: tuple[str, ...] = ()


class _Arrivals(msgspec.Struct, frozen=True):
    """How the rules receive new executions: `refused` by their places, accepted but `late`, and how many older ones
    of a group are a `surplus` because of the entry beside the number.
    """

    accepted: list[Entry] = msgspec.field(default_factory=list)
    refused: dict[int, Exception] = msgspec.field(default_factory=dict)
    late: list[Entry] = msgspec.field(default_factory=list)
    surplus: dict[Group, tuple[int, Entry]] = msgspec.field(default_factory=dict)


def write(connection: Connection, entries: Sequence[Entry], writer: Writer) -> Written:
    """Write `entries`, whose groups are held, and the executions that begin with them.

    Where none starts another one, waits for one no more, or is of a limited group, that is all, and costs nothing more.
    Raises `IntegrityError` and `Fenced` as `write_entries` does.
    """
    refused = refused_starts(connection, entries, writer.max_descendants) | _of_changed_workflows(connection, entries)
    places = [number for number in range(len(entries)) if number not in refused]
    written = _write(connection, [entries[number] for number in places], writer)
    if refused:
        refused |= {places[number]: error for number, error in written.refused.items() if number < len(places)}
        return msgspec.structs.replace(written, refused=refused)
    return written


def _of_changed_workflows(connection: Connection, entries: Sequence[Entry]) -> dict[int, Exception]:
    """The places of what is accepted by a workflow that is not as it was remembered, and of what follows that."""
    bases = {entry.execution_id: entry.basis for entry in entries if entry.basis is not None}
    if not bases:
        return {}
    refusals = changed(connection, bases)
    return {
        number: refusals[entry.execution_id] for number, entry in enumerate(entries) if entry.execution_id in refusals
    }


def _write(connection: Connection, entries: Sequence[Entry], writer: Writer) -> Written:
    entries = [*entries, *(child for entry in entries for child in entry.children)]
    groups = {entry.group for entry in entries if entry.group is not None}
    if not groups:
        write_entries(connection, entries, writer.shard)
        return Written(_topics(entries), released=release(connection, entries))
    rules = rules_of(connection, groups)
    write_entries(connection, [entry for entry in entries if _is_free(entry)], writer.shard)
    arrivals = _receive(connection, entries, rules)
    write_entries(connection, arrivals.accepted, writer.shard)
    cancels = _cancel_those_too_many(connection, arrivals, rules, writer)
    line = in_line(connection, sorted(groups), rules)
    turns = {place.execution_id for place in line}
    starts = {number: entry for number, entry in enumerate(entries) if entry.group is not None and entry.begins}
    begun = [entry for entry in starts.values() if entry.execution_id in turns]
    write_entries(connection, begun, writer.shard)
    started = {entry.execution_id for entry in begun}
    called = [place.execution_id for place in line if place.node_id is None and place.execution_id not in started]
    put(connection, called)
    full = {
        number: GroupFull(entry.execution_id) for number, entry in starts.items() if entry.execution_id not in started
    }
    _have_wait(connection, [starts[number].execution_id for number in full], writer.node_id)
    refused: dict[int, Exception] = {**arrivals.refused, **full}
    written = [entry for number, entry in enumerate(entries) if number not in refused] + cancels
    return Written(
        topics=_topics(written) | ({JOBS} if called else set()),
        refused=refused,
        cancelled=tuple(entry.execution_id for entry in cancels),
        released=release(connection, written),
    )


def call(connection: Connection, workflow_id: str) -> Written:
    """Have those taken whose turn it is in a workflow's groups."""
    called = [place.execution_id for place in turns_of(connection, workflow_id) if place.node_id is None]
    put(connection, called)
    return Written({JOBS} if called else set())


def _have_wait(connection: Connection, execution_ids: Sequence[str], node_id: str) -> None:
    """Let go of executions that this node has in hand and for which there is no room, until their turn comes.

    In the transaction that finds the group full, so that whoever gives them room finds them in no hand.
    """
    if execution_ids:
        connection.execute(STAND_ASIDE, {"ids": list(execution_ids), "node": node_id})
        spare(connection, execution_ids)


def _topics(entries: Iterable[Entry]) -> set[str]:
    return {topic for entry in entries for topic in entry.topics}


def _is_free(entry: Entry) -> bool:
    """Whether an entry is written whatever the limits say."""
    return entry.group is None or not (entry.begins or entry.new_execution is not None)


def _receive(connection: Connection, entries: Sequence[Entry], rules: Mapping[str, Rule]) -> _Arrivals:
    """Apply the rules to what is new, in the order of the entries.

    What another execution has started is not refused, for its parent waits for it already, but cancelled.
    """
    found = _Arrivals()
    new = [
        (number, entry, entry.group)
        for number, entry in enumerate(entries)
        if entry.group is not None and entry.new_execution is not None
    ]
    live = {group: size(connection, group) for group in {group for _, _, group in new}}
    for number, entry, group in new:
        rule = rules[group[0]]
        excess = 0 if rule.limit is None else live[group] + 1 - rule.limit
        is_refused = rule.on_limit is OnLimit.FAIL
        if excess > 0 and is_refused and not entry.is_child:
            found.refused[number] = ConcurrencyLimitReached(*group, rule.limit or 0)
            continue
        found.accepted.append(entry)
        if excess > 0 and (is_refused or rule.on_limit is OnLimit.CANCEL_NEWEST):
            found.late.append(entry)
            continue
        live[group] += 1
        if excess > 0 and rule.on_limit is OnLimit.CANCEL_OLDEST:
            found.surplus[group] = (excess, entry)
    return found


def _cancel_those_too_many(
    connection: Connection, arrivals: _Arrivals, rules: Mapping[str, Rule], writer: Writer
) -> list[Entry]:
    causes = {entry.execution_id: entry for entry in arrivals.late}
    for group, (count, arrival) in sorted(arrivals.surplus.items()):
        causes |= dict.fromkeys(oldest(connection, group, count), arrival)
    if not causes:
        return []
    for _ in range(MAX_RACES):
        entries = _cancels(connection, causes, rules, writer)
        try:
            with connection.begin_nested():
                write_entries(connection, entries, writer.shard)
        except (IntegrityError, Fenced):
            continue  # an owner appended in between: look again
        return entries
    raise Unavailable("the executions to be cancelled are changing too fast: try again in a moment")


def _cancels(
    connection: Connection, causes: Mapping[str, Entry], rules: Mapping[str, Rule], writer: Writer
) -> list[Entry]:
    cancels = []
    for found in writer.journals(connection, sorted(causes)):
        try:
            run, state = found.read()
        except Unreadable:
            continue  # what nobody here can read keeps its place
        if not state.status.is_terminal:
            arrival = causes[run.execution_id]
            at: datetime = max(found.events[-1].at, arrival.events[0]["at"])
            cancels.append(_cancel(run, state, at, arrival, rules, writer.new_id))
    return cancels


def _cancel(
    run: Run, state: ExecutionState, at: datetime, arrival: Entry, rules: Mapping[str, Rule], new_id: NewId
) -> Entry:
    data = {"reason": CANCEL_REASON, "error": _why(run, arrival, rules[run.workflow_id].limit or 0)}
    event = Event(state.sequence + 1, EventType.EXECUTION_CANCELLED, at, None, data)
    note, released = _note(run, arrival.audit), list(released_by(event, state))
    return project(run, [event], apply(state, event), new_id, new_id(OWNER_PREFIX), audit=note, released=released)


def _why(run: Run, arrival: Entry, limit: int) -> dict[str, Any]:
    full = limit_reached(run.workflow_id, run.concurrency_key or "", limit)
    is_itself = arrival.execution_id == run.execution_id
    message = (
        f"{full}: this one came too late" if is_itself else f"{full}: execution {arrival.execution_id} replaced it"
    )
    return {"code": ActionErrorCode.CONCURRENCY_LIMIT, "message": message, "action_id": None, "retryable": False}


def _note(run: Run, audit: AuditNote | None) -> AuditNote | None:
    """Who started one too many cancelled another one, or the same one, by it."""
    if audit is None:
        return None
    details = {"reason": CANCEL_REASON}
    return msgspec.structs.replace(audit, action="cancel_execution", target=run.execution_id, details=details)

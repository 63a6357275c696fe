"""Finds the entries of a batch that may not be written: another owner has their place, or another request their key."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from engine.journal.projection import Entry
from models.database.one_of import one_of, word_list
from models.database.tables import ExecutionEventRow, ExecutionRow, table

EVENTS = table(ExecutionEventRow)
EXECUTIONS = table(ExecutionRow)

LAST_SEQUENCE = select(func.max(EVENTS.c.sequence)).where(EVENTS.c.execution_id == EXECUTIONS.c.id).scalar_subquery()
LAST_SEQUENCES = select(EXECUTIONS.c.id, LAST_SEQUENCE).where(one_of(EXECUTIONS.c.id, word_list("ids")))
OWNER_AT = select(EVENTS.c.owner).where(
    EVENTS.c.execution_id == bindparam("of_execution"), EVENTS.c.sequence == bindparam("at_sequence")
)
TAKEN_KEYS = select(EXECUTIONS.c.idempotency_key).where(
    EXECUTIONS.c.tenant == bindparam("of_tenant"),
    EXECUTIONS.c.created_by == bindparam("of_user"),
    EXECUTIONS.c.idempotency_key.in_(bindparam("keys", expanding=True)),
)

DELETED = sys.maxsize
"""The place in a journal that is no longer there: after it comes nothing."""

Caller = tuple[str, str]
"""A tenant and a user: each has idempotency keys of their own."""


class Fenced(Exception):
    """Another owner has written to this execution's journal, or it was deleted after its end by another: whoever sees
    this stops, and repairs nothing.
    """


class KeyTaken(Exception):
    """Another request with this idempotency key was accepted a moment before."""


class Candidate(msgspec.Struct, frozen=True):
    """An entry that is to be written; `in_doubt` where an earlier try got no answer, so it may be there already."""

    entry: Entry
    in_doubt: bool


class Look(msgspec.Struct, frozen=True):
    """What was seen of a batch, by the places of its entries.

    `written` are there already, `refused` may never be, and `postponed` follow from what becomes of another one in the
    same batch, so that they belong into the next one.
    """

    written: set[int] = msgspec.field(default_factory=set)
    refused: dict[int, Exception] = msgspec.field(default_factory=dict)
    postponed: set[int] = msgspec.field(default_factory=set)

    @property
    def others(self) -> set[int]:
        """All that is not to be written with this batch."""
        return self.written | self.refused.keys() | self.postponed


def look(connection: Connection, candidates: Sequence[Candidate]) -> Look:
    """See which of `candidates` may be written. Where nobody else writes meanwhile, all others can be."""
    found = Look()
    _look_for_places(connection, candidates, found)
    _look_for_keys(connection, candidates, found)
    _keep_in_order(candidates, found)
    return found


def _look_for_places(connection: Connection, candidates: Sequence[Candidate], found: Look) -> None:
    # A new execution has a new id, whose journal is empty.
    known = [
        number for number, candidate in enumerate(candidates) if candidate.in_doubt or not candidate.entry.new_execution
    ]
    if not known:
        return
    ids = sorted({candidates[number].entry.execution_id for number in known})
    last = {row[0]: row[1] or 0 for row in connection.execute(LAST_SEQUENCES, {"ids": ids})}
    last |= {begun: 0 for begun in _begun_by(candidates) if begun not in last}
    claimed: set[tuple[str, int]] = set()
    for number in known:
        entry, in_doubt = candidates[number].entry, candidates[number].in_doubt
        first = entry.events[0]
        place = (entry.execution_id, first["sequence"])
        if last.get(entry.execution_id, DELETED) < first["sequence"]:
            if place in claimed:
                found.postponed.add(number)
            claimed.add(place)
        elif in_doubt and _owner_at(connection, place) == first["owner"]:
            found.written.add(number)
        else:
            found.refused[number] = Fenced(entry.execution_id)


def _begun_by(candidates: Sequence[Candidate]) -> Iterator[str]:
    """The executions that entries of the batch begin."""
    for candidate in candidates:
        for entry in (candidate.entry, *candidate.entry.children):
            if entry.new_execution is not None:
                yield entry.execution_id


def _owner_at(connection: Connection, place: tuple[str, int]) -> str | None:
    values = {"of_execution": place[0], "at_sequence": place[1]}
    owner: str | None = connection.execute(OWNER_AT, values).scalar_one_or_none()
    return owner


def _look_for_keys(connection: Connection, candidates: Sequence[Candidate], found: Look) -> None:
    wanted: defaultdict[Caller, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, candidate in enumerate(candidates):
        row = candidate.entry.new_execution
        if row is not None and row["idempotency_key"] is not None and number not in found.written:
            wanted[row["tenant"], row["created_by"]][row["idempotency_key"]].append(number)
    for (tenant, user), by_key in wanted.items():
        values = {"of_tenant": tenant, "of_user": user, "keys": list(by_key)}
        taken = set(connection.execute(TAKEN_KEYS, values).scalars())
        for key, numbers in by_key.items():
            if key in taken:
                found.refused.update((number, KeyTaken(key)) for number in numbers)
            else:
                found.postponed.update(numbers[1:])


def _keep_in_order(candidates: Sequence[Candidate], found: Look) -> None:
    """What an owner appends after an entry that is not written is not written either."""
    refusals: dict[str, Exception] = {}
    waiting: set[str] = set()
    for number, candidate in enumerate(candidates):
        owner = candidate.entry.events[0]["owner"]
        if number in found.refused:
            refusals.setdefault(owner, found.refused[number])
        elif number in found.postponed:
            waiting.add(owner)
        elif owner in refusals:
            found.refused[number] = refusals[owner]
        elif owner in waiting:
            found.postponed.add(number)

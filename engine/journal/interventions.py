"""Makes the entries by which others than its owner change an execution: a cancel, say, or a limit that is reached."""

from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection

from engine.core.by_hand import is_by_hand
from engine.core.expectations import released_by
from engine.core.run import Run
from engine.core.state import ExecutionState, apply
from engine.journal.lives import is_survived
from engine.journal.projection import Entry, project
from engine.journal.writer import Journals
from models.entities.audit import AuditNote
from models.entities.executions import Event
from models.errors import ExecutionNotFound, Unreadable
from models.ids import OWNER_PREFIX, NewId


class Intervention(msgspec.Struct, frozen=True):
    """Events from outside the owner, who is thereby fenced; `audit` says who asked for them."""

    events: Sequence[Event]
    audit: AuditNote


Intervene = Callable[[Run, ExecutionState], Intervention | None]
"""Sees an execution as it stands; may raise to refuse, or return None where nothing is to be done. It runs inside of
the transaction that writes, perhaps more than once, so it has no effect of its own.
"""


class Wish(msgspec.Struct, frozen=True):
    """An execution in which somebody wants to intervene."""

    execution_id: str
    intervene: Intervene


class Wishes(msgspec.Struct, frozen=True):
    """What comes of some wishes: the entries to write, and the answer to each wish, in their order."""

    entries: list[Entry]
    answers: list[ExecutionState | Exception]


def entries_for(connection: Connection, wishes: Sequence[Wish], journals: Journals, new_id: NewId) -> Wishes:
    """The entries that follow from `wishes` and the present journals. What is wrong with one harms no other one."""
    made = Wishes([], [])
    found = _load(connection, sorted({wish.execution_id for wish in wishes}), journals)
    for wish in wishes:
        loaded = found.get(wish.execution_id, ExecutionNotFound(wish.execution_id))
        if isinstance(loaded, Exception):
            made.answers.append(loaded)
            continue
        run, before = loaded
        try:
            intervention = wish.intervene(run, before)
            after = before
            if intervention is not None:
                entry, after = _entry(run, before, intervention, new_id)
                made.entries.append(entry)
        except Exception as refusal:
            made.answers.append(refusal)
            continue
        found[wish.execution_id] = run, after
        made.answers.append(after)
    return made


def _entry(run: Run, before: ExecutionState, intervention: Intervention, new_id: NewId) -> tuple[Entry, ExecutionState]:
    events, audit = intervention.events, intervention.audit
    after, released = before, list[str]()
    for event in events:
        released += released_by(event, after)
        after = apply(after, event)
    entry = project(run, events, after, new_id, new_id(OWNER_PREFIX), audit=audit, released=released)
    if any(is_by_hand(event) for event in events) and is_survived(events, None):
        entry = msgspec.structs.replace(entry, is_survived=True)
    return entry, after


def _load(
    connection: Connection, execution_ids: Sequence[str], journals: Journals
) -> dict[str, tuple[Run, ExecutionState] | Unreadable]:
    """The executions as they stand; for each that cannot be read the reason."""
    loaded: dict[str, tuple[Run, ExecutionState] | Unreadable] = {}
    for found in journals(connection, execution_ids):
        try:
            loaded[found.execution_id] = found.read()
        except Unreadable as fault:
            loaded[found.execution_id] = fault
    return loaded

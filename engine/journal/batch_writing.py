"""Writes one batch of the group commit: what owners append, and what others wish, in one transaction."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from engine.core.state import ExecutionState
from engine.journal.groups import groups_of, hold
from engine.journal.interventions import Wish, Wishes, entries_for
from engine.journal.mailbox import hold_rows
from engine.journal.refusals import Candidate, Look, look
from engine.journal.writer import Writer, Written, write


class BatchOutcome(msgspec.Struct, frozen=True):
    """What came of a batch: the places of the entries that were `refused` or `postponed`, the `answers` to the wishes.

    `was_contested` says that somebody else had the place or the key of an entry, or may have taken one.
    """

    written: Written
    refused: dict[int, Exception]
    postponed: set[int]
    answers: list[ExecutionState | Exception]
    was_contested: bool


def write_batch(
    connection: Connection, candidates: Sequence[Candidate], wishes: Sequence[Wish], writer: Writer, *, is_wary: bool
) -> BatchOutcome:
    """Write all of a batch that may be written.

    A batch `is_wary` that looks first who would be refused. Without a look it costs nothing to find nobody; where there
    is somebody, `IntegrityError` or `Fenced` is raised, as where another node writes between the look and the write.
    """
    _hold(connection, candidates, wishes)
    is_wary = is_wary or any(candidate.in_doubt for candidate in candidates)
    seen = look(connection, candidates) if is_wary else Look()
    others = seen.others
    places = [number for number in range(len(candidates)) if number not in others]
    owners = write(connection, [candidates[number].entry for number in places], writer)
    # Made from what the journals hold by now, so that they never stand in the way of their neighbours.
    made = entries_for(connection, wishes, writer.journals, writer.new_id) if wishes else Wishes([], [])
    strangers = write(connection, made.entries, writer)
    topics = {topic for number in seen.written for topic in candidates[number].entry.topics}
    return BatchOutcome(
        written=Written(
            topics=topics | owners.topics | strangers.topics,
            cancelled=(*owners.cancelled, *strangers.cancelled),
            released=(*owners.released, *strangers.released),
        ),
        refused=seen.refused | {places[number]: refusal for number, refusal in owners.refused.items()},
        postponed=seen.postponed,
        answers=made.answers,
        was_contested=bool(others or made.entries),
    )


def _hold(connection: Connection, candidates: Sequence[Candidate], wishes: Sequence[Wish]) -> None:
    """Have what is decided here hold until the transaction is over. SQLite has one writer anyway."""
    if connection.dialect.name != "postgresql":
        return
    entries = [entry for candidate in candidates for entry in (candidate.entry, *candidate.entry.children)]
    groups = {entry.group for entry in entries if entry.group is not None}
    wished = [wish.execution_id for wish in wishes]
    if wished:
        groups.update(groups_of(connection, wished))
    hold(connection, groups)
    told = [execution_id for entry in entries for execution_id, _ in entry.sent]
    if wished or told:
        hold_rows(connection, [*wished, *told, *(entry.execution_id for entry in entries)])

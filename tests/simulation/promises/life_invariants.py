"""Who was there each time that a process died is given up, and nobody else; and nothing is set aside for crashes."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from engine.journal.lives import MAX_LIVES
from models.event_types import BEGINS_ACTION, ENDS_PART
from models.words import ActionErrorCode, EventType
from tests.simulation.witness import Committed, Witness


def may_be_given_up(witness: Witness, execution_id: str) -> bool:
    """Whether so many processes died since it last made progress that nobody could tell it from what killed them."""
    commits = [commit for commit in witness.commits if commit.execution_id == execution_id]
    progress = [commit.tick for commit in commits if _is_progress(commit)]
    ends = [commit.tick for commit in commits if commit.kind in ENDS_PART]
    return any(_lost(witness, progress, end) >= MAX_LIVES for end in ends)


def _lost(witness: Witness, progress: Sequence[int], end: int) -> int:
    went_on = max((tick for tick in progress if tick < end), default=0)
    return sum(went_on < tick < end for tick in witness.deaths)


def _is_progress(commit: Committed) -> bool:
    if commit.slot is None:
        return commit.kind == EventType.EXECUTION_STOPPING
    return commit.kind not in BEGINS_ACTION


def life_faults(row: Row[Any], witness: Witness) -> Iterator[str]:
    """What was taken for a killer, or for unreadable, though it is neither."""
    is_given_up = (row.error or {}).get("code") == ActionErrorCode.WORKER_LOST
    if is_given_up and not may_be_given_up(witness, row.id):
        yield "was given up, though its work kills nobody"
    if row.fault is not None:
        yield f"is set aside: {row.fault}"

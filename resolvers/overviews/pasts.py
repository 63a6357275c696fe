"""How long the latest runs of workflows took, kept for a moment, and what that says of one that runs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

import msgspec

from models.entities.executions import ExecutionEstimate
from models.latest import Latest

FEWEST_RUNS = 5
"""Of fewer runs nothing is said."""

FRESH = timedelta(seconds=30)
MAX_KEPT = 1_000
"""So many workflows, those that were asked for last."""


class PastRun(NamedTuple):
    """A run that completed: of which version, and how long it took in seconds."""

    revision: int
    seconds: float


class WorkflowPast(msgspec.Struct, frozen=True):
    """The latest runs of a workflow that completed."""

    runs: Sequence[PastRun] = ()

    def of(self, revision: int) -> Sequence[float]:
        """The seconds that its runs took, ascending: those of a version where they are enough, else those of all."""
        same = sorted(run.seconds for run in self.runs if run.revision == revision)
        return same if len(same) >= FEWEST_RUNS else sorted(run.seconds for run in self.runs)


class Pasts:
    """The pasts that were asked for last, each for as long as it is `FRESH`."""

    def __init__(self) -> None:
        self._kept: Latest[tuple[str, str], tuple[datetime, WorkflowPast]] = Latest(MAX_KEPT)

    def known(self, tenant: str, ids: Iterable[str], now: datetime) -> dict[str, WorkflowPast]:
        """Those of the workflows `ids` that need not be read."""
        found = {}
        for workflow_id in ids:
            kept = self._kept.get((tenant, workflow_id))
            if kept is not None and kept[0] > now:
                found[workflow_id] = kept[1]
        return found

    def keep(self, tenant: str, pasts: Mapping[str, WorkflowPast], now: datetime) -> None:
        """Remember what was read."""
        for workflow_id, past in pasts.items():
            self._kept.put((tenant, workflow_id), (now + FRESH, past))


def estimate(past: WorkflowPast, revision: int, started_at: datetime, now: datetime) -> ExecutionEstimate | None:
    """When a run that began at `started_at` is likely to end; None where there were too few to say.

    It is the median of the runs that took longer than it has taken so far: of these it is one.
    """
    took = past.of(revision)
    if len(took) < FEWEST_RUNS:
        return None
    so_far = max(0.0, (now - started_at).total_seconds())
    longer = [seconds for seconds in took if seconds > so_far]
    slow = rank(took, 90)
    completes_at = started_at + timedelta(seconds=rank(longer, 50)) if longer else None
    return ExecutionEstimate(
        completes_at=completes_at,
        remaining_seconds=None if completes_at is None else (completes_at - now).total_seconds(),
        is_overdue=so_far > slow,
        runs=len(took),
        median_seconds=rank(took, 50),
        slow_seconds=slow,
    )


def rank(ascending: Sequence[float], percent: int) -> float:
    """The percentile by the nearest rank."""
    return ascending[max(0, ceil(len(ascending) * percent / 100) - 1)]

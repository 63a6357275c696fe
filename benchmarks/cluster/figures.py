"""What is measured of many nodes on one PostgreSQL, and the samples that it is computed from."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec


class Sample(msgspec.Struct, frozen=True):
    """What had been used up to a moment: CPU in seconds, WAL in bytes. `others` is the rest of the machine."""

    at: float
    workers: float
    database: float
    others: float
    wal_bytes: float


class Window(msgspec.Struct, frozen=True):
    """A time in which all workers were at work, and what was used in it, all per second."""

    seconds: float
    executions: float
    workers: float
    database: float
    others: float
    wal_bytes: float


class Run(msgspec.Struct, frozen=True):
    """One measured run. What is `per_execution` leaves out what was used to accept the executions."""

    workers: int
    executions: int
    window: Window
    worker_connections: float
    """Connections to the database that a worker had open, at most."""
    transactions_per_execution: float
    """Those that only read included, and those that look whether there is something to do."""

    @property
    def worker_cpu(self) -> float:
        """Seconds of a worker's processor for one execution."""
        return self.window.workers / self.window.executions

    @property
    def database_cpu(self) -> float:
        """Seconds of PostgreSQL's processors to carry out one execution."""
        return self.window.database / self.window.executions


class Scenario(msgspec.Struct, frozen=True):
    """What kind of work it was: how long a call takes (0: there is none), and how many executions a worker takes on."""

    name: str
    service_seconds: float
    concurrency: int


class Acceptance(msgspec.Struct, frozen=True):
    """What it takes to accept one execution and to ask for a node for it."""

    per_second: float
    api_cpu: float
    database_cpu: float
    wal_bytes: float


class Measured(msgspec.Struct, frozen=True):
    """A scenario with what was measured in it."""

    scenario: Scenario
    acceptance: Acceptance
    runs: list[Run]
    """With one worker, and with two."""
    rows: dict[str, list[float]]
    """Of each table: rows that an execution inserted, updated and deleted, from its acceptance to its end."""
    bytes_kept: float
    """What an execution leaves in the tables and their indexes of the journal."""


class Report(msgspec.Struct, frozen=True):
    """All that one call of the benchmark measured, and where."""

    at: datetime
    cores: int
    commit_seconds: float
    """A transaction that inserts one row into a server at rest: the median."""
    scenarios: list[Measured]


def window(samples: Sequence[Sample], ends: Sequence[tuple[float, str]], portion: float = 0.1) -> Window:
    """The window in which every worker had ended `portion` of its executions and not yet the last `portion`.

    `ends` are the moments at which executions ended, each with its worker, in order.
    """
    of_worker: dict[str, list[float]] = {}
    for at, worker in ends:
        of_worker.setdefault(worker, []).append(at)
    start = max(moments[int(len(moments) * portion)] for moments in of_worker.values())
    end = min(moments[int(len(moments) * (1 - portion)) - 1] for moments in of_worker.values())
    if end <= start:
        raise RuntimeError("the workers were not at work at the same time: more executions are needed")
    count = sum(start < at <= end for at, _ in ends)
    first, last = _at(samples, start), _at(samples, end)
    seconds = end - start
    used = [(after - before) / seconds for before, after in zip(first, last, strict=True)]
    return Window(seconds, count / seconds, *used)


def _at(samples: Sequence[Sample], moment: float) -> list[float]:
    """What had been used at a moment between two samples."""
    after = min(max(bisect_right(samples, moment, key=lambda sample: sample.at), 1), len(samples) - 1)
    low, high = samples[after - 1], samples[after]
    share = (moment - low.at) / (high.at - low.at)
    pairs: list[tuple[Any, Any]] = list(zip(msgspec.structs.astuple(low), msgspec.structs.astuple(high), strict=True))
    return [before + (later - before) * share for before, later in pairs[1:]]


def limit(scenario: Scenario, run: Run, cores: int) -> str:
    """What kept a run from being faster, as far as its figures tell."""
    used = run.window
    busy = used.workers + used.database + used.others
    in_calls = run.window.executions * scenario.service_seconds
    slots = run.workers * scenario.concurrency
    if scenario.service_seconds and in_calls > 0.8 * slots:
        return f"the executions that workers take on at once: {in_calls:.1f} of {slots} were in a call"
    if used.workers > 0.9 * run.workers:
        return "the processor of each worker, which is one core"
    if busy > 0.9 * cores:
        return (
            f"the machine's {cores} cores: workers took {used.workers:.2f}, PostgreSQL {used.database:.2f}, "
            f"all else {used.others:.2f}"
        )
    return "the time that transactions take, one after the other in each worker"

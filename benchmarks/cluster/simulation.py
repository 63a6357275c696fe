"""Simulates API, queue, workers and database with measured costs: first what was measured, then up to 64 workers."""

import argparse
from collections import deque
from collections.abc import Callable
from functools import partial
from math import ceil
from pathlib import Path

import msgspec

from benchmarks.cluster.discrete_events import Events, Processors, Then, Thread
from benchmarks.cluster.figures import Measured, Report, Run, Scenario
from benchmarks.cluster.on_machine import measure, show
from engine.dispatch.dispatcher import TAKEN_AT_ONCE
from engine.journal.group_commit import MAX_BATCH
from models.database.postgres import POOL_SIZE

WORKERS = (2, 4, 8, 16, 32, 64)
DATABASE_CORES = (2, 8, 32)
TOLERANCE = 0.15
EXECUTIONS = 12_000
"""So many are simulated at least, after a warm-up of half as many."""

TURNOVERS = 3
CALLERS = 32
"""Clients of each API process, each of which sends its next request when it has its answer."""

NEARLY_ALL = 0.9


class Costs(msgspec.Struct, frozen=True):
    """What one execution takes, in seconds of a processor, and how long a commit waits for the disk."""

    api: float
    accepting_database: float
    worker: float
    database: float
    commit: float


class Simulated(msgspec.Struct, frozen=True):
    """What came of a simulation, and what part of each processor was used."""

    per_second: float
    api: float
    worker: float
    database: float

    waits_for: str
    """What keeps the rest waiting where no processor is at its end."""

    @property
    def limit(self) -> str:
        """What there was not more of."""
        used = {"database": self.database, "worker CPU": self.worker, "API CPU": self.api}
        most = max(used, key=lambda name: used[name])
        return most if used[most] > NEARLY_ALL else self.waits_for


class Database:
    """Transactions on shared processors; each then waits for the disk, as all that wait at once are synced at once."""

    def __init__(self, events: Events, processors: Processors, commit_seconds: float) -> None:
        self._events = events
        self._processors = processors
        self._commit_seconds = commit_seconds

    def transaction(self, seconds: float, then: Then) -> None:
        """Do `seconds` of work and commit it."""
        self._processors.run(seconds, lambda: self._events.after(self._commit_seconds, then))


class GroupCommit:
    """The journal of one process: what is appended while a commit is under way goes with the next one."""

    def __init__(self, database: Database, seconds_each: float) -> None:
        self._database = database
        self._seconds_each = seconds_each
        self._pending: list[Then] = []
        self._is_flushing = False

    def append(self, then: Then) -> None:
        """Write an entry; `then` happens when it is on disk."""
        self._pending.append(then)
        if not self._is_flushing:
            self._flush()

    def _flush(self) -> None:
        self._is_flushing = bool(self._pending)
        if self._pending:
            batch, self._pending = self._pending[:MAX_BATCH], self._pending[MAX_BATCH:]
            self._database.transaction(self._seconds_each * len(batch), partial(self._settle, batch))

    def _settle(self, batch: list[Then]) -> None:
        for then in batch:
            then()
        self._flush()


class Queue:
    """Executions that want a worker. Who waits for one, or for it to be short enough, is told."""

    def __init__(self, length: float, enough: float) -> None:
        self.length = length
        self._enough = enough
        self._promised = 0
        self._takers: list[Then] = []
        self._givers: deque[Then] = deque()

    def put(self) -> None:
        """One more, which was promised; whoever waits looks again."""
        self._promised -= 1
        self.length += 1
        takers, self._takers = self._takers, []
        for look in takers:
            look()

    def take(self, most: int) -> int:
        """At most so many, at once: two workers never take the same."""
        taken = int(min(self.length, most))
        self.length -= taken
        while self._givers and self._wants_more:
            self._let_in(self._givers.popleft())
        return taken

    def when_there_are_some(self, look: Then) -> None:
        """Call `look` after the next `put`."""
        self._takers.append(look)

    def when_wanted(self, go_on: Then) -> None:
        """Call `go_on`, which promises one more, as soon as that is of use."""
        if self._wants_more:
            self._let_in(go_on)
        else:
            self._givers.append(go_on)

    @property
    def _wants_more(self) -> bool:
        return self.length + self._promised < self._enough

    def _let_in(self, go_on: Then) -> None:
        self._promised += 1
        go_on()


class Worker:
    """Takes executions from the queue while it has room, and carries them out as the engine does.

    What an execution costs is spread evenly over its stages: it is taken, a call is made durable before it is made, and
    the end is written.
    """

    def __init__(
        self, events: Events, thread: Thread, database: Database, queue: Queue, scenario: Scenario, costs: Costs
    ) -> None:
        self.ended = 0
        self.thread = thread
        self._events = events
        self._database = database
        self._queue = queue
        self._scenario = scenario
        stages = 3 if scenario.service_seconds else 2
        self._thread_each = costs.worker / stages
        self._database_each = costs.database / stages
        self._journal = GroupCommit(database, self._database_each)
        self._room = scenario.concurrency
        self._is_taking = False
        self.take()

    def take(self) -> None:
        """Take the next ones, one transaction at a time."""
        if self._is_taking or not self._room:
            return
        taken = self._queue.take(min(self._room, TAKEN_AT_ONCE))
        if not taken:
            self._queue.when_there_are_some(self.take)
            return
        self._is_taking = True
        self._room -= taken
        self._database.transaction(self._database_each * taken, partial(self._took, taken))

    def _took(self, taken: int) -> None:
        self.thread.run(self._thread_each * taken, self._look_again)
        begin = self._call if self._scenario.service_seconds else self._finish
        for _ in range(taken):
            self.thread.run(self._thread_each, begin)

    def _look_again(self) -> None:
        self._is_taking = False
        self.take()

    def _call(self) -> None:
        seconds = self._scenario.service_seconds
        answered = partial(self.thread.run, self._thread_each, self._finish)
        self._journal.append(lambda: self._events.after(seconds, answered))

    def _finish(self) -> None:
        self._journal.append(self._end)

    def _end(self) -> None:
        self.ended += 1
        self._room += 1
        self.take()


class Api:
    """Accepts executions from its callers, each of whom waits for its answer."""

    def __init__(self, thread: Thread, database: Database, queue: Queue, costs: Costs) -> None:
        self.thread = thread
        self._queue = queue
        self._costs = costs
        self._journal = GroupCommit(database, costs.accepting_database)
        for _ in range(CALLERS):
            self._ask()

    def _ask(self) -> None:
        self._queue.when_wanted(lambda: self.thread.run(self._costs.api, lambda: self._journal.append(self._accepted)))

    def _accepted(self) -> None:
        self._queue.put()
        self._ask()


def simulate_measured(scenario: Scenario, costs: Costs, workers: int, cores: float) -> float:
    """Executions per second of workers beside their database on one machine, on what was accepted before."""
    events = Events()
    machine = Processors(events, cores)
    queue = Queue(float("inf"), 0)
    database = Database(events, machine, costs.commit)
    made = [Worker(events, Thread(machine), database, queue, scenario, costs) for _ in range(workers)]
    return _steady(events, lambda: sum(worker.ended for worker in made), _seconds(scenario, costs, workers, cores))


def simulate_cluster(scenario: Scenario, costs: Costs, workers: int, apis: int, cores: int) -> Simulated:
    """Workers and API processes with a core each, and a database on a machine of its own, in a steady state."""
    events = Events()
    machine = Processors(events, cores)
    database = Database(events, machine, costs.commit)
    enough = workers * max(scenario.concurrency, TAKEN_AT_ONCE)
    queue = Queue(enough, enough)  # as if it had been so for long
    made = [Worker(events, Thread(Processors(events, 1)), database, queue, scenario, costs) for _ in range(workers)]
    fronts = [Api(Thread(Processors(events, 1)), database, queue, costs) for _ in range(apis)]
    per_second = _steady(
        events, lambda: sum(worker.ended for worker in made), _seconds(scenario, costs, workers, cores)
    )
    return Simulated(
        per_second,
        max(front.thread.used for front in fronts) / events.now,
        sum(worker.thread.used for worker in made) / workers / events.now,
        machine.used / cores / events.now,
        "places" if scenario.service_seconds else "commits",
    )


def _seconds(scenario: Scenario, costs: Costs, workers: int, cores: float) -> float:
    """How long it takes, by a guess, until all that is under way has been replaced a few times over."""
    each = scenario.service_seconds / scenario.concurrency or costs.worker
    per_second = min(workers / each, cores / (costs.database + costs.accepting_database))
    return max(EXECUTIONS, TURNOVERS * workers * scenario.concurrency) / per_second


def _steady(events: Events, ended: Callable[[], int], seconds: float) -> float:
    warm_up = seconds / 2
    events.run_until(warm_up)
    before = ended()
    events.run_until(warm_up + seconds)
    return (ended() - before) / seconds


def costs_of(measured: Measured, run: Run, commit_seconds: float) -> Costs:
    """The costs of an execution as one run shows them."""
    accepted = measured.acceptance
    return Costs(accepted.api_cpu, accepted.database_cpu, run.worker_cpu, run.database_cpu, commit_seconds)


def compare(report: Report) -> bool:
    """Print what is simulated beside what was measured; return whether all is within the tolerance.

    The costs are those of the run with one worker, for both; the cores are those that others left free in each run.
    """
    print("\nmeasured and simulated, executions/s")
    worst = 0.0
    for measured in report.scenarios:
        costs = costs_of(measured, measured.runs[0], report.commit_seconds)
        for run in measured.runs:
            free = max(0.1, report.cores - run.window.others)
            simulated = simulate_measured(measured.scenario, costs, run.workers, free)
            deviation = simulated / run.window.executions - 1
            worst = max(worst, abs(deviation))
            print(
                f"  {measured.scenario.name:<28} {run.workers} worker{'s' if run.workers > 1 else ' '} on {free:.2f} "
                f"cores: measured {run.window.executions:7.1f}   simulated {simulated:7.1f}   {deviation:+.1%}"
            )
    return worst <= TOLERANCE


def extrapolate(report: Report) -> None:
    """Print the table of what no measurement has shown."""
    for measured in report.scenarios:
        scenario = measured.scenario
        costs = costs_of(measured, measured.runs[0], report.commit_seconds)
        wal = measured.runs[0].window.wal_bytes / measured.runs[0].window.executions + measured.acceptance.wal_bytes
        print(f"\n{scenario.name}: simulated executions/s, and what the limit is")
        print("| workers | API | " + " | ".join(f"database of {cores} cores" for cores in DATABASE_CORES) + " | WAL |")
        print("|---|---|" + "---|" * len(DATABASE_CORES) + "---|")
        for workers in WORKERS:
            apis = _apis(scenario, costs, workers)
            found = [simulate_cluster(scenario, costs, workers, apis, cores) for cores in DATABASE_CORES]
            cells = " | ".join(f"{each.per_second:,.0f} ({each.limit})" for each in found)
            print(f"| {workers} | {apis} | {cells} | {found[-1].per_second * wal / 1e6:.1f} MB/s |", flush=True)
    print(f"\na process opens {POOL_SIZE} connections to the database, {2 * POOL_SIZE + 1} in need")


def _apis(scenario: Scenario, costs: Costs, workers: int) -> int:
    """The API processes that keep so many workers at work, were there no other limit, with a quarter to spare."""
    slots = scenario.concurrency / scenario.service_seconds if scenario.service_seconds else float("inf")
    return ceil(1.25 * workers * min(slots, 1 / costs.worker) * costs.api)


def main() -> None:
    """Measure, or read what was measured; compare; extrapolate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measured", type=Path, help="Figures that benchmarks.cluster wrote with --json.")
    file = parser.parse_args().measured
    report = msgspec.json.decode(file.read_bytes(), type=Report) if file is not None else measure()
    show(report)
    is_close = compare(report)
    extrapolate(report)
    if not is_close:
        raise SystemExit(f"the simulation is further than {TOLERANCE:.0%} from what was measured: do not believe it")


if __name__ == "__main__":
    main()

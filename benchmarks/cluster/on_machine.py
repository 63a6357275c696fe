"""Executions per second with one and with two workers on a real PostgreSQL, what each costs, and what the limit is."""

import asyncio
import http.client
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from benchmarks.cluster.figures import Acceptance, Measured, Report, Run, Sample, Scenario, limit, window
from benchmarks.load import exchange, request_bytes
from benchmarks.servers import on_postgres, orchestrator_process, postgres_server, slow_service
from benchmarks.slow import PAUSE_SECONDS
from engine.dispatch.postgres_line import CHANNEL
from engine.journal.broadcast import JOBS

WAITING = Scenario("calls of a slow service", service_seconds=PAUSE_SECONDS, concurrency=8)
COMPUTING = Scenario("one step that takes no time", service_seconds=0.0, concurrency=256)
EXECUTIONS_PER_WORKER = {WAITING.name: 110, COMPUTING.name: 1_200}
CONNECTIONS = 32
SAMPLE_SECONDS = 0.1
SETTLE_SECONDS = 1.5
"""PostgreSQL's counters are a second late."""

COMMITS = 100
PATIENCE_SECONDS = 120.0
ACTIONS: Mapping[str, Mapping[str, object]] = {
    WAITING.name: {
        "action_type": "service_call",
        "config": {"service": "slow", "endpoint": "/", "method": "GET", "parameters": {}},
    },
    COMPUTING.name: {"action_type": "notification", "config": {"message": "Hello, {{who}}!"}},
}
JOURNAL = ("execution", "execution_event", "activity")
LEFT = "SELECT count(*) FROM execution WHERE workflow_id = $1 AND completed_at IS NULL"
ENDS = """
    SELECT extract(epoch FROM completed_at)::float8, node_id FROM execution
    WHERE workflow_id = $1 AND status = 'completed' ORDER BY completed_at
"""
HOLD = "UPDATE execution SET runnable_at = '2100-01-01' WHERE runnable_at IS NOT NULL"
LET_GO = "UPDATE execution SET runnable_at = created_at WHERE runnable_at IS NOT NULL"
OWN_UPDATES = 2
"""How often an execution is updated by this program, to hold it and to let it go."""

WAKE = "SELECT pg_notify($1, $2)"
WAL = "SELECT (pg_current_wal_lsn() - '0/0')::float8"
CLIENTS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
ENDED_TRANSACTIONS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
ROWS = "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables"
SIZE = "SELECT sum(pg_total_relation_size(name::regclass))::float8 FROM unnest($1::text[]) AS name"

Counts = dict[str, tuple[float, float, float]]


def measure() -> Report:
    """Measure on a database of its own."""
    with tempfile.TemporaryDirectory() as folder, postgres_server(Path(folder) / "postgres") as url:
        return asyncio.run(_measure_all(Path(folder), url))


def show(report: Report) -> None:
    """Print the figures, and what each limit was."""
    print(f"{report.at:%Y-%m-%d %H:%M} UTC, {report.cores} cores, one commit {report.commit_seconds * 1e3:.2f} ms")
    for measured in report.scenarios:
        scenario, accepted = measured.scenario, measured.acceptance
        print(f"\n{scenario.name} (each worker takes on {scenario.concurrency} executions at once)")
        print(
            f"  to accept one: API {accepted.api_cpu * 1e3:.2f} ms, PostgreSQL {accepted.database_cpu * 1e3:.2f} ms, "
            f"{accepted.wal_bytes / 1e3:.1f} kB of WAL; {accepted.per_second:,.0f} were accepted a second"
        )
        for run in measured.runs:
            used = run.window
            print(
                f"  {run.workers} worker{'s' if run.workers > 1 else ' '} {used.executions:7.1f} executions/s over "
                f"{used.seconds:.1f} s; one execution: worker {run.worker_cpu * 1e3:.2f} ms, "
                f"PostgreSQL {run.database_cpu * 1e3:.2f} ms, {used.wal_bytes / used.executions / 1e3:.1f} kB of WAL, "
                f"{run.transactions_per_execution:.2f} transactions; {run.worker_connections:.0f} connections a worker"
            )
            print(f"    the limit: {limit(scenario, run, report.cores)}")
        one, two = (run.window.executions for run in measured.runs)
        print(f"  two workers carry out {two / one:.2f} times as many as one")
        rows = ", ".join(
            f"{name} {'/'.join(f'{count:.2f}' for count in counts)}" for name, counts in sorted(measured.rows.items())
        )
        print(f"  rows inserted/updated/deleted for one: {rows}")
        print(f"  kept of one in the journal's tables and indexes: {measured.bytes_kept / 1e3:.1f} kB")


async def _measure_all(folder: Path, url: str) -> Report:
    with slow_service() as slow:
        environ = {
            **on_postgres(folder, url),
            "ORCHESTRATOR_SERVICES": json.dumps({"slow": f"http://127.0.0.1:{slow}"}),
        }
        with orchestrator_process(["dev"], {**environ, "ORCHESTRATOR_NODE_KIND": "api"}) as (port, api):
            database = await asyncpg.connect(url)
            try:
                commit_seconds = await _commit_seconds(database)
                scenarios = [
                    await _measure(_Bench(folder, environ, port, api, database, scenario))
                    for scenario in (WAITING, COMPUTING)
                ]
            finally:
                await database.close()
    return Report(datetime.now(UTC), os.cpu_count() or 1, commit_seconds, scenarios)


async def _commit_seconds(database: Any) -> float:
    """How long a transaction takes that writes one row and waits for the disk, with nobody else there."""
    await database.execute("CREATE TABLE probe (number int)")
    took = []
    for number in range(COMMITS):
        started = time.perf_counter()
        await database.execute("INSERT INTO probe VALUES ($1)", number)
        took.append(time.perf_counter() - started)
    await database.execute("DROP TABLE probe")
    return statistics.median(took)


class _Bench:
    """The servers that are there, and the counters that tell what they use."""

    def __init__(
        self, folder: Path, environ: Mapping[str, str], port: int, api: int, database: Any, scenario: Scenario
    ) -> None:
        self.environ = environ
        self.port = port
        self.database = database
        self.scenario = scenario
        self.api = psutil.Process(api)
        first_line = (folder / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
        self._postmaster = psutil.Process(int(first_line))
        self._seen: dict[int, float] = {}

    def database_cpu(self) -> float:
        """Seconds that PostgreSQL's processes have used, those that ended since the last look included."""
        for process in [self._postmaster, *self._postmaster.children()]:
            try:
                self._seen[process.pid] = _cpu(process)
            except psutil.NoSuchProcess:
                continue
        return sum(self._seen.values())

    async def counts(self) -> Counts:
        """The rows that were inserted, updated and deleted in each table."""
        await asyncio.sleep(SETTLE_SECONDS)
        return {row[0]: (row[1], row[2], row[3]) for row in await self.database.fetch(ROWS)}

    async def sample(self, workers: Sequence[psutil.Process]) -> Sample:
        """What has been used until now."""
        of_workers, of_database = sum(map(_cpu, workers)), self.database_cpu()
        times = psutil.cpu_times()
        busy = sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)
        others = busy - of_workers - of_database
        return Sample(time.time(), of_workers, of_database, others, await self.database.fetchval(WAL))


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _measure(bench: _Bench) -> Measured:
    runs: list[Run] = []
    accepted: list[Acceptance] = []
    before = await bench.counts()
    size = await bench.database.fetchval(SIZE, list(JOURNAL))
    for workers in (1, 2):
        executions = EXECUTIONS_PER_WORKER[bench.scenario.name] * workers
        workflow = _create_workflow(bench.port, f"{bench.scenario.name}, {workers}", bench.scenario)
        accepted.append(await _submit(bench, workflow, executions))
        runs.append(await _carry_out(bench, workflow, workers, executions))
    after = await bench.counts()
    total = sum(run.executions for run in runs)
    rows = {
        name: [(new - old) / total for new, old in zip(counts, before.get(name, (0, 0, 0)), strict=True)]
        for name, counts in after.items()
    }
    inserted, updated, deleted = rows["execution"]
    rows["execution"] = [inserted, updated - OWN_UPDATES, deleted]
    kept = (await bench.database.fetchval(SIZE, list(JOURNAL)) - size) / total
    shown = {name: counts for name, counts in rows.items() if max(counts) >= 0.01}
    return Measured(bench.scenario, accepted[-1], runs, shown, kept)


def _create_workflow(port: int, name: str, scenario: Scenario) -> str:
    action = {"action_id": "only", "name": "Only", **ACTIONS[scenario.name]}
    parameter = {"name": "who", "type": "string", "required": True}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"X-User-ID": "bench", "Content-Type": "application/json"}
    body = {"name": name, "parameters": [parameter], "actions": [action]}
    connection.request("POST", "/workflows", json.dumps(body), headers)
    created = json.load(connection.getresponse())
    connection.close()
    workflow_id: str = created["workflow_id"]
    return workflow_id


async def _submit(bench: _Bench, workflow: str, executions: int) -> Acceptance:
    """Have the API accept executions, which nobody carries out yet."""
    request = request_bytes("POST", f"/workflows/{workflow}/execute", {"parameters": {"who": "Ada"}})
    left = iter(range(executions))

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", bench.port)
        for _ in left:
            status, body = await exchange(reader, writer, request)
            if status not in (200, 202):
                raise RuntimeError(f"unexpected answer {status}: {body[:300]!r}")
        writer.close()
        await writer.wait_closed()

    before, started = (_cpu(bench.api), bench.database_cpu(), await bench.database.fetchval(WAL)), time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    seconds = time.perf_counter() - started
    after = (_cpu(bench.api), bench.database_cpu(), await bench.database.fetchval(WAL))
    used = [(new - old) / executions for new, old in zip(after, before, strict=True)]
    return Acceptance(executions / seconds, *used)


async def _carry_out(bench: _Bench, workflow: str, workers: int, executions: int) -> Run:
    """Start workers on what was accepted, and watch them until all of it has ended."""
    await asyncio.sleep(SETTLE_SECONDS)
    commits = await bench.database.fetchval(ENDED_TRANSACTIONS)
    clients = await bench.database.fetchval(CLIENTS)
    most = clients
    samples: list[Sample] = []
    await bench.database.execute(HOLD)  # until all workers are there, however long one takes to start
    with _workers(bench, workers) as processes:
        samples.append(await bench.sample(processes))
        await bench.database.execute(LET_GO)
        await bench.database.execute(WAKE, CHANNEL, json.dumps([JOBS]))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while await bench.database.fetchval(LEFT, workflow):
            if time.monotonic() > deadline:
                raise RuntimeError(f"executions are not carried out in {PATIENCE_SECONDS:g} s")
            samples.append(await bench.sample(processes))
            most = max(most, await bench.database.fetchval(CLIENTS))
            await asyncio.sleep(SAMPLE_SECONDS)
        samples.append(await bench.sample(processes))
    await asyncio.sleep(SETTLE_SECONDS)
    own = 3 * len(samples)  # statements of this program, each a transaction
    committed = await bench.database.fetchval(ENDED_TRANSACTIONS) - commits - own
    ends = [(row[0], row[1]) for row in await bench.database.fetch(ENDS, workflow)]
    if len(ends) != executions or len({node for _, node in ends}) != workers:
        raise RuntimeError(f"{len(ends)} of {executions} executions completed, not by all workers")
    found = window(samples, ends)
    return Run(workers, executions, found, (most - clients) / workers, committed / executions)


@contextmanager
def _workers(bench: _Bench, count: int) -> Iterator[list[psutil.Process]]:
    command = ["worker", "--concurrency", str(bench.scenario.concurrency)]
    with ExitStack() as stack:
        started = [stack.enter_context(orchestrator_process(command, bench.environ)) for _ in range(count)]
        yield [psutil.Process(number) for _, number in started]

"""How many ended executions are deleted each second while others are accepted, and what these notice of it."""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import msgspec
import uvloop

from app.composition import running_services
from app.settings.settings import Settings
from benchmarks.load import exchange, request_bytes
from benchmarks.seeding import seed
from benchmarks.servers import as_setting, orchestrator_server, postgres_server
from models.commands.workflows import CreateWorkflow
from models.words import Role
from resolvers.context import Context, Viewer
from resolvers.workflows.workflows import create_workflow

CONNECTIONS = 64
ACCEPTED = 202
WARM_UP_SECONDS = 1.5
PATIENCE_SECONDS = 30.0
TRANSFORM = {"action_id": "only", "action_type": "transform", "config": {"output": {"n": 1}}}
COUNTED = 'orchestrator_retention_deleted_total{kind="executions"} '
KEPT = {"ORCHESTRATOR_RETENTION": "forever"}
OVER = {"ORCHESTRATOR_RETENTION": "30d"}
"""What was seeded ended months ago."""


class Window(msgspec.Struct, frozen=True):
    """What was measured for some seconds. Latencies in milliseconds, from the moment at which a request was due."""

    p50_ms: float
    p99_ms: float
    deleted_per_second: float


def main() -> None:
    """Seed each database, and measure with and without deletion in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executions", type=int, default=250_000)
    parser.add_argument("--rate", type=int, default=100, help="executions that are accepted each second")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    given = parser.parse_args()
    for database in given.database or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as folder, _url(database, Path(folder)) as url:
            began = time.perf_counter()
            workflow_id = asyncio.run(_prepare(Path(folder), url, given.executions))
            print(f"{database}: {given.executions:,} executions seeded in {time.perf_counter() - began:.0f} s")
            request = request_bytes("POST", f"/workflows/{workflow_id}/execute", {"parameters": {}})
            pairs = [
                [_window(Path(folder), url, kept, request, given.rate, given.seconds) for kept in (KEPT, OVER)]
                for _ in range(given.pairs)
            ]
            _tell(pairs)


@contextmanager
def _url(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder / 'orchestrator.db'}"
        return
    with postgres_server(folder / "postgres") as url:
        yield as_setting(url)


async def _prepare(folder: Path, url: str, executions: int) -> str:
    settings = Settings(data_dir=folder, database_url=url, retention=None)
    async with running_services(settings) as services:
        await seed(services, executions)
        command = CreateWorkflow.model_validate({"name": "accepted", "actions": [TRANSFORM]})
        return (await create_workflow(Context(Viewer("bench", "default", Role.EDITOR), services), command)).id


def _window(folder: Path, url: str, environ: dict[str, str], request: bytes, rate: int, seconds: float) -> Window:
    with orchestrator_server(folder, {"ORCHESTRATOR_DATABASE_URL": url, **environ}) as port:
        give_up_at = time.perf_counter() + PATIENCE_SECONDS
        while environ is OVER and not _deleted(port) and time.perf_counter() < give_up_at:
            time.sleep(0.05)  # of nodes that follow each other it takes a while until the next one leads
        return uvloop.run(_accepted(port, request, rate, seconds))


async def _accepted(port: int, request: bytes, rate: int, seconds: float) -> Window:
    """Send requests at a steady rate; who is answered late does not send less."""
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for line in lines:
        free.put_nowait(line)
    latencies: list[float] = []
    begins_at = time.perf_counter()
    measured_from = begins_at + WARM_UP_SECONDS

    async def one(due: float) -> None:
        line = await free.get()
        status, body = await exchange(*line, request)
        if status != ACCEPTED:
            raise RuntimeError(f"unexpected answer {status}: {body[:300]!r}")
        if due >= measured_from:
            latencies.append(time.perf_counter() - due)
        free.put_nowait(line)

    before: tuple[float, float] | None = None
    async with asyncio.TaskGroup() as group:
        for number in range(int((WARM_UP_SECONDS + seconds) * rate)):
            due = begins_at + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if before is None and due >= measured_from:
                before = time.perf_counter(), await asyncio.to_thread(_deleted, port)
            group.create_task(one(due))
    if before is None:
        raise RuntimeError("nothing was measured: give more seconds")
    began, count = before
    rate_of_deletion = (await asyncio.to_thread(_deleted, port) - count) / (time.perf_counter() - began)
    for _, writer in lines:
        writer.close()
    latencies.sort()
    p50, p99 = (latencies[len(latencies) * percent // 100] * 1e3 for percent in (50, 99))
    return Window(p50, p99, rate_of_deletion)


def _deleted(port: int) -> float:
    metrics = Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept": "text/plain"})
    with urlopen(metrics) as answer:  # noqa: S310 - the same
        text = answer.read().decode()
    return next(float(line.removeprefix(COUNTED)) for line in text.splitlines() if line.startswith(COUNTED))


def _tell(pairs: list[list[Window]]) -> None:
    for without, beside in pairs:
        print(
            f"  without p50 {without.p50_ms:5.1f} p99 {without.p99_ms:6.1f} ms   "
            f"beside {beside.deleted_per_second:6,.0f}/s p50 {beside.p50_ms:5.1f} p99 {beside.p99_ms:6.1f} ms",
            flush=True,
        )
    ratio = statistics.median(beside.p99_ms / without.p99_ms for without, beside in pairs)
    deleted = statistics.median(beside.deleted_per_second for _, beside in pairs)
    print(f"  median: {deleted:,.0f} deletions/s, p99 of accepting x {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()

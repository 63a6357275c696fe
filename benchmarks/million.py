"""How long lists, details, statistics, activity and search take at a million executions, on both databases."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from app.composition import running_services
from app.settings.settings import Settings
from benchmarks.load import measure, request_bytes
from benchmarks.seeding import execution_id, seed
from benchmarks.servers import as_setting, orchestrator_server, postgres_server

SECONDS = 3.0
LIMIT_MS = 50.0


def main() -> None:
    """Seed each database, serve it, and print one line a request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executions", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    arguments = parser.parse_args()
    for database in arguments.database or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as folder, _url(database, Path(folder)) as url:
            started = time.perf_counter()
            workflow_ids = asyncio.run(_prepare(Path(folder), url, arguments.executions))
            print(f"{database}: {arguments.executions:,} executions seeded in {time.perf_counter() - started:.0f} s")
            _measure_all(Path(folder), url, arguments.executions, workflow_ids)


@contextmanager
def _url(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder / 'orchestrator.db'}"
        return
    with postgres_server(folder / "postgres") as url:
        yield as_setting(url)


async def _prepare(folder: Path, url: str, executions: int) -> list[str]:
    async with running_services(Settings(data_dir=folder, database_url=url)) as services:
        workflow_ids = await seed(services, executions)
        # A database that grew to this size over months would have refreshed the planner's statistics by itself.
        await services.database.transaction(lambda connection: connection.execute(text("ANALYZE")))
    return workflow_ids


def _measure_all(folder: Path, url: str, executions: int, workflow_ids: list[str]) -> None:
    scattered = [(7_919 * step) % executions for step in range(200)]
    busy = workflow_ids[len(workflow_ids) // 2]
    requests = {
        "workflows, page 1": ["/workflows"],
        "workflows, filtered": ["/workflows?tags=team-7&search=billing&status=active"],
        "workflow detail": [f"/workflows/{workflow_id}" for workflow_id in workflow_ids[:200]],
        "executions, page 1": [f"/workflows/{busy}/executions"],
        "executions, page 20": [f"/workflows/{busy}/executions?page=20&status=completed"],
        "execution detail": [f"/workflows/executions/{execution_id(number)}" for number in scattered],
        "statistics": ["/workflows/statistics"],
        "activity": ["/workflows/activity?limit=100"],
        "activity since": ["/workflows/activity?since=2026-03-01T00:00:00Z&order=asc"],
        "search": ["/workflows/search?q=billing", "/workflows/search?q=workflow%20mail"],
        "metrics": ["/metrics"],
    }
    with orchestrator_server(folder, {"ORCHESTRATOR_DATABASE_URL": url}) as port:
        for name, paths in requests.items():
            wire = [request_bytes("GET", path) for path in paths]
            figures = measure(port, *wire, connections=1, seconds=SECONDS, accept=lambda status, _: status == 200)
            verdict = "" if figures.p95_ms < LIMIT_MS else "   OVER"
            print(f"  {name:<22} p50 {figures.p50_ms:6.1f} ms   p95 {figures.p95_ms:6.1f} ms{verdict}", flush=True)


if __name__ == "__main__":
    main()

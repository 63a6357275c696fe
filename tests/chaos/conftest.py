"""Fixtures of the chaos tests: a ledger outside of the orchestrator, and the table of figures."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.server.serving import serving
from tests.chaos.harm.cluster import Cluster
from tests.chaos.harm.crashable_postgres import CrashablePostgres
from tests.chaos.harm.ledger import Ledger
from tests.support.databases import PostgresServer
from tests.support.processes import Processes

Figures = Callable[..., None]


@pytest_asyncio.fixture
async def ledger() -> AsyncIterator[Ledger]:
    """The service that workflows call, on a real socket of the test's own process."""
    ledger = Ledger()

    async def app(scope: Any, receive: Any, send: Any) -> None:  # a plain function is what the server takes for ASGI 3
        await ledger.app(scope, receive, send)

    async with serving(app) as url:
        ledger.url = url
        yield ledger
        ledger.released.set()


@pytest.fixture
def crashable_postgres(memory: Path) -> Iterator[CrashablePostgres]:
    """A running PostgreSQL of the test's own."""
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        server = CrashablePostgres(Path(folder))
        server.start()
        yield server
        server.end()


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Takes the figures of a test by name; they are printed, and collected into one table at the end."""

    def take(**found: object) -> None:
        for name, value in found.items():
            shown = f"{value:.3f}" if isinstance(value, float) else str(value)
            print(f"{name.replace('_', ' ')}: {shown}")
            record_property(name.replace("_", " "), shown)

    return take


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One table of all figures."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    found = {
        report.nodeid.rpartition("::")[2]: report.user_properties for report in reports if "chaos" in report.nodeid
    }
    if any(found.values()):
        terminalreporter.section("figures of the chaos tests")
    for test, properties in found.items():
        if properties:
            terminalreporter.write_line(test)
            terminalreporter.write_line("    " + ", ".join(f"{name} {value}" for name, value in properties))


@pytest_asyncio.fixture
async def cluster(processes: Processes, postgres: PostgresServer, ledger: Ledger) -> AsyncIterator[Cluster]:
    """A cluster that is not started yet."""
    name = await postgres.create_database()
    made = Cluster(processes, postgres, name, {"ledger": ledger.url})
    yield made
    await made.close()
    await asyncio.to_thread(processes.end)
    await postgres.remove(name)

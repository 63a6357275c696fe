"""Fixtures for all tests: real databases, a running engine, a server on a real socket."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from xdist.remote import Producer

from app.asgi import create_app
from app.composition import running_services
from app.server.serving import serving
from app.settings.settings import Settings
from models.words import Role
from resolvers.context import Context, Services, Viewer
from tests.support import javascript
from tests.support.calls import NO_TLS
from tests.support.databases import PostgresServer, data_directory, engines_that_share, migrated_sqlite
from tests.support.distribution import Scheduling, processes_for
from tests.support.memory import folder_in_memory
from tests.support.processes import Processes
from tests.support.scripted_service import ScriptedService
from tests.support.written_log import WrittenLog, everything_written

OBJECTS_BETWEEN_COLLECTIONS = 50_000


def pytest_xdist_auto_num_workers() -> int:
    """Say how many processes `--numprocesses auto` are."""
    return processes_for(os.cpu_count() or 1)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Deal the tests out by rules of our own, whatever `--dist` says."""
    return Scheduling(config, log)


def pytest_collection() -> None:
    """Look for garbage as seldom as the service does."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)


def pytest_collection_finish() -> None:
    """Never look for it among the many objects that the collection made."""
    gc.freeze()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a case of bytes by their number: what is compressed holds the time, and all processes must name alike."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder for all that needs no disk."""
    with folder_in_memory() as folder:
        yield folder


@pytest.fixture
def written_log() -> Iterator[WrittenLog]:
    """What the service writes into its log during the test."""
    with everything_written() as written:
        yield written


@pytest.fixture(scope="session")
def postgres(memory: Path) -> Iterator[PostgresServer]:
    """The PostgreSQL server."""
    server = PostgresServer(memory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.database.postgres.create_async_engine", engines_that_share())
        yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_file(memory: Path) -> Path:
    """A migrated SQLite database, to be copied."""
    return migrated_sqlite(memory / "migrated.db")


@pytest.fixture
def data_dir(memory: Path, migrated_file: Path) -> Iterator[Path]:
    """A data directory of a service that has run before: its database is migrated, and empty."""
    with data_directory(memory, migrated_file) as folder:
        yield folder


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The URL of a fresh, migrated database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('data_dir') / 'orchestrator.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = await server.create_database()
    yield server.url(name)
    await server.remove(name)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Real processes of the command for one test."""
    made = Processes(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="session")
def node_clients() -> Path:
    """The folder of the JavaScript clients, installed."""
    javascript.install(javascript.CLIENTS)
    return javascript.CLIENTS


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings for a test environment on a fresh database."""
    return Settings(data_dir=tmp_path / "data", database_url=database_url)


@pytest_asyncio.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    """A running engine without a server."""
    async with running_services(settings) as running:
        yield running


@pytest.fixture
def ctx(services: Services) -> Context:
    """An editor of the default tenant."""
    return Context(Viewer("ada", "default", Role.EDITOR), services)


@pytest_asyncio.fixture
async def server(settings: Settings) -> AsyncIterator[str]:
    """The whole service on a real socket; gives its base URL."""
    async with serving(create_app(settings)) as url:
        yield url


@pytest_asyncio.fixture
async def client(server: str) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client that is signed in as `ada`."""
    async with httpx.AsyncClient(base_url=server, headers={"X-User-ID": "ada"}, timeout=30, verify=NO_TLS) as signed_in:
        yield signed_in


@pytest_asyncio.fixture
async def scripted() -> AsyncIterator[ScriptedService]:
    """A scripted service on a real socket."""
    service = ScriptedService()
    async with serving(service.app) as url:
        service.url = url
        yield service
        service.released.set()

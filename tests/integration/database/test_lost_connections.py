"""Connections to PostgreSQL that are cut or fall silent: replaced, repeated where that is safe, told in time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import Connection, make_url, text
from sqlalchemy.util import await_only

from app.composition import running_services
from app.settings.settings import Settings
from models.database.database import Database
from models.database.postgres import ANSWER_SECONDS, POOL_SIZE, PostgresDatabase
from models.errors import Unavailable
from resolvers.context import Context
from tests.chaos.harm.black_hole import BlackHole, black_hole
from tests.support.calls import notify
from tests.support.databases import PostgresServer
from tests.support.engine_calls import ADA, create, execute

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

ALL_CONNECTIONS = 2 * POOL_SIZE
REFUSED_SECONDS = 5.0
AT_ONCE = 30


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = PostgresDatabase(database_url)
    yield database
    await database.close()


@asynccontextmanager
async def through_a_hole(database_url: str) -> AsyncIterator[tuple[BlackHole, str]]:
    """A proxy before the server, and the URL of the database behind it."""
    direct = make_url(database_url)
    async with black_hole(Path(str(direct.query["host"])) / ".s.PGSQL.5432") as hole:
        yield hole, f"postgresql+asyncpg://postgres@127.0.0.1:{hole.port}/{direct.database}"


def ask(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


def my_process(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def end_of(process: int) -> str:
    return f"SELECT pg_terminate_backend({process}, 1000)"


@pytest.mark.parametrize("kind", ["read", "transaction"])
async def test_nobody_notices_a_connection_that_was_cut_before_its_work_was_done(
    database: Database, postgres: PostgresServer, kind: str
) -> None:
    cut = [await database.transaction(my_process)]
    await postgres.execute(end_of(cut[0]))

    def cut_once(connection: Connection) -> int:
        process = my_process(connection)
        if len(cut) == 1:
            cut.append(process)
            await_only(postgres.execute(end_of(process)))
        return my_process(connection)

    assert await getattr(database, kind)(cut_once) not in cut


async def test_a_commit_whose_answer_is_lost_is_not_repeated(database: Database, postgres: PostgresServer) -> None:
    times = 0

    def work(connection: Connection) -> None:
        nonlocal times
        times += 1
        await_only(postgres.execute(end_of(my_process(connection))))

    with pytest.raises(Unavailable):
        await database.transaction(work)
    assert times == 1
    assert await database.transaction(ask) == 1


async def test_a_pool_of_silent_connections_refuses_in_time_and_heals_at_once(database_url: str) -> None:
    async with through_a_hole(database_url) as (hole, url):
        database = PostgresDatabase(url)
        met = asyncio.Barrier(ALL_CONNECTIONS + 1)

        def work(connection: Connection) -> None:
            ask(connection)
            await_only(met.wait())
            connection.execute(text("SELECT pg_sleep(0.5)"))  # so that all are asked before any is answered

        async def swallow() -> None:
            await met.wait()
            await asyncio.sleep(0.2)
            hole.swallow()

        began = time.monotonic()
        works = [database.transaction(work) for _ in range(ALL_CONNECTIONS)]
        *told, _ = await asyncio.gather(*works, swallow(), return_exceptions=True)
        assert {type(answer) for answer in told} == {Unavailable}
        assert time.monotonic() - began < REFUSED_SECONDS
        hole.forward()
        began = time.monotonic()
        assert (
            await asyncio.gather(*(database.transaction(ask) for _ in range(ALL_CONNECTIONS))) == [1] * ALL_CONNECTIONS
        )
        assert time.monotonic() - began < ANSWER_SECONDS
        await database.close()


async def test_what_a_silent_client_has_locked_is_soon_free(database_url: str, database: Database) -> None:
    async with through_a_hole(database_url) as (hole, url):
        silent = PostgresDatabase(url)

        def lock(connection: Connection) -> None:
            connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
            hole.swallow()
            connection.execute(text("SELECT 1"))

        with pytest.raises(Unavailable):
            await silent.transaction(lock)
        await database.transaction(lambda connection: connection.execute(text("SELECT pg_advisory_xact_lock(1)")))
        await silent.close()


async def test_nobody_waits_for_two_commits_of_a_silent_database(database_url: str, settings: Settings) -> None:
    async with through_a_hole(database_url) as (hole, url):
        behind = msgspec.structs.replace(settings, database_url=url)
        async with running_services(behind, grace_seconds=0) as services:
            ctx = Context(ADA, services)
            workflow_id = await create(ctx, notify("a"))
            hole.swallow_at(b"INSERT INTO execution ")
            began = time.monotonic()
            told = await asyncio.gather(*(execute(ctx, workflow_id) for _ in range(AT_ONCE)), return_exceptions=True)
            took = time.monotonic() - began
            assert {type(answer) for answer in told} == {Unavailable}
            assert took < REFUSED_SECONDS
            hole.forward()
            await execute(ctx, workflow_id)


async def processes_of(database: Database, count: int) -> set[int]:
    """The server's processes behind so many connections, each with one of its own."""
    met = asyncio.Barrier(count)

    def work(connection: Connection) -> int:
        process = my_process(connection)
        await_only(met.wait())
        return process

    return set(await asyncio.gather(*(database.read(work) for _ in range(count))))


async def test_a_slow_statement_is_ended_by_the_server_and_costs_no_connection(database: Database) -> None:
    before = await processes_of(database, POOL_SIZE)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await database.transaction(lambda connection: connection.execute(text("SELECT pg_sleep(30)")))
    assert time.monotonic() - began < ANSWER_SECONDS
    assert await processes_of(database, POOL_SIZE) == before


async def test_a_transaction_that_takes_too_long_costs_its_own_connection_alone(database: Database) -> None:
    before = await processes_of(database, POOL_SIZE)
    slow: list[int] = []

    def work(connection: Connection) -> None:
        slow.append(my_process(connection))
        while True:
            connection.execute(text("SELECT pg_sleep(0.5)"))

    with pytest.raises(Unavailable):
        await database.transaction(work)
    after = await processes_of(database, POOL_SIZE)
    assert before - after == set(slow)


async def test_what_changes_the_schema_may_take_its_time(database: Database) -> None:
    limits = text("SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')")
    assert await database.change_schema(lambda connection: tuple(connection.execute(limits).one())) == ("0", "0")
    assert "0" not in await database.transaction(lambda connection: tuple(connection.execute(limits).one()))

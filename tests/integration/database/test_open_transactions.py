"""Live lists on PostgreSQL beside transactions that are open: no change is passed by, and no stranger holds any up."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from models.commands.filters import ActivityFilter, ExecutionFilter
from models.database.changes import Horizon, horizon, take_change
from models.database.postgres import PostgresDatabase
from resolvers.context import Context
from resolvers.executions.feeds import activity_changes, execution_changes
from tests.support.calls import PATIENCE_SECONDS, notify
from tests.support.databases import PostgresServer
from tests.support.engine_calls import create, execute

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

TOLD_SECONDS = 1.0
WRITERS = 8
CHANGES_EACH = 40


@asynccontextmanager
async def open_transaction(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else's transaction that has written, and is not over."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE IF NOT EXISTS of_a_stranger (number int)")
    await connection.execute("BEGIN; INSERT INTO of_a_stranger VALUES (1)")
    try:
        yield connection
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Connections that a test keeps transactions open on."""
    engine = create_async_engine(database_url, pool_size=WRITERS)
    yield engine
    await engine.dispose()


async def test_a_transaction_that_a_stranger_leaves_open_holds_up_no_live_list(
    ctx: Context, postgres: PostgresServer, database_url: str
) -> None:
    own = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    workflow_id = await create(ctx, notify("step"))
    async with open_transaction(postgres.dsn), open_transaction(own):
        executions = execution_changes(ctx, ExecutionFilter(), None)
        activities = activity_changes(ctx, ActivityFilter(), None)
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert (await anext(executions)).node is (await anext(activities)).node is None
            began = time.monotonic()
            execution = await execute(ctx, workflow_id, async_execution=False)
            told, done = await anext(executions), await anext(activities)
        assert time.monotonic() - began < TOLD_SECONDS
        assert told.node is not None and told.node.id == execution.id
        assert done.node is not None and done.node.details["execution_id"] == execution.id
        await executions.aclose()
        await activities.aclose()


async def test_a_change_that_commits_late_is_told_after_those_before_it_and_nobody_asks_all_the_time(
    ctx: Context, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Horizon] = []
    looked = asyncio.Event()

    def counted(connection: Connection) -> Horizon:
        looks.append(horizon(connection))
        looked.set()
        return looks[-1]

    monkeypatch.setattr("resolvers.executions.feeds.horizon", counted)
    workflow_id = await create(ctx, notify("step"))
    feed = execution_changes(ctx, ExecutionFilter(), None)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await anext(feed)
        async with engine.begin() as late:
            number = await late.run_sync(take_change)
            execution = await execute(ctx, workflow_id, async_execution=False)
            told = asyncio.ensure_future(anext(feed))
            began = time.monotonic()
            while len(looks) < 8:
                looked.clear()
                await looked.wait()
            took = time.monotonic() - began
            assert not told.done()
            assert {seen.settled < number for seen in looks[1:]} == {True}
        change = await told
    assert change.node is not None and change.node.id == execution.id
    assert took > 1.0  # 20 looks a second would be over by then
    await feed.aclose()


async def test_whoever_reads_while_many_write_misses_nothing(engine: AsyncEngine, database_url: str) -> None:
    database = PostgresDatabase(database_url)
    chance = random.Random(7)  # noqa: S311 - to be repeatable is its purpose
    written: list[int] = []
    seen: list[int] = []
    is_over = False

    async def write() -> None:
        for _ in range(CHANGES_EACH):
            async with engine.begin() as connection:
                # The transaction has its place among the server's before it has the number of its change.
                await connection.execute(text("INSERT INTO seen_change VALUES (NULL)"))
                await asyncio.sleep(chance.random() * 0.004)
                number = await connection.run_sync(take_change)
                await connection.execute(text("INSERT INTO seen_change VALUES (:number)"), {"number": number})
                await asyncio.sleep(chance.random() * 0.004)
            written.append(number)

    def read_next(connection: Connection) -> list[int]:
        statement = text("SELECT number FROM seen_change WHERE number > :after AND number <= :settled ORDER BY number")
        after = seen[-1] if seen else 0
        return list(connection.execute(statement, {"after": after, "settled": settled}).scalars())

    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE seen_change (number bigint)"))
    writing = asyncio.gather(*(write() for _ in range(WRITERS)))
    while not is_over:
        is_over = writing.done()
        settled = (await database.read(horizon)).settled
        seen += await database.read(read_next)
    await writing
    assert seen == sorted(written)
    await database.close()

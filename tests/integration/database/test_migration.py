"""What the migrations make is what the tables say, however many nodes make it at the same moment."""

import asyncio
from functools import partial
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.commands.operator import migrate_database
from app.composition import running_services
from app.settings.settings import Settings
from models.database.connect import connect
from models.database.tables import WorkflowRow
from models.migrations.comparison import compared
from models.migrations.upgrade import upgrade
from resolvers.context import Context
from tests.support.calls import PATIENCE_SECONDS, notify
from tests.support.databases import PostgresServer, migrate_back
from tests.support.engine_calls import ADA, create, execute, journal, kinds

pytestmark = pytest.mark.asyncio


async def test_any_number_of_nodes_may_make_the_tables_at_once(postgres: PostgresServer, tmp_path: Path) -> None:
    await postgres.execute("CREATE DATABASE bare")
    settings = Settings(data_dir=tmp_path, database_url=postgres.url("bare"))
    await asyncio.gather(*(migrate_database(settings) for _ in range(5)))
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        execution = await execute(ctx, await create(ctx, notify("step")))
        assert kinds(await journal(ctx, execution.id))[-1] == "execution_completed"
    await postgres.remove("bare")


async def test_the_migrated_database_is_what_the_tables_say(database_url: str) -> None:
    database = await connect(database_url)
    try:
        differences = await database.read(
            lambda connection: compare_metadata(
                MigrationContext.configure(connection, opts=compared(connection.dialect.name)), WorkflowRow.metadata
            )
        )
    finally:
        await database.close()
    assert differences == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_backup_under_way_holds_up_the_migration_and_nobody_else(database_url: str) -> None:
    database = await connect(database_url)
    backup, other = [await asyncpg.connect(database_url.replace("+asyncpg", "")) for _ in range(2)]
    await database.change_schema(partial(migrate_back, revision="0031"))
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with backup.transaction():
            await backup.execute("LOCK TABLE callback_delivery IN ACCESS SHARE MODE")
            migrating = asyncio.create_task(database.change_schema(upgrade))
            while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                assert not migrating.done()
            await other.execute("UPDATE execution SET faults = 0")
            assert not migrating.done()
        await migrating
    for connection in (backup, other):
        await connection.close()
    await database.close()

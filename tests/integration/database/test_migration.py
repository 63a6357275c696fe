"""What the migrations make is what the tables say, however many nodes make it at the same moment."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.commands.operator import migrate_database
from app.composition import running_services
from app.settings.settings import Settings
from models.database.connect import connect
from models.database.tables import WorkflowRow
from models.migrations.comparison import compared
from resolvers.context import Context
from tests.support.calls import notify
from tests.support.databases import PostgresServer
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

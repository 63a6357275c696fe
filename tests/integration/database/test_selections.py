"""What is read whole is the same on both databases, and as it is read row by row, whatever has damaged a row."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    Table,
    bindparam,
    column,
    create_engine,
    select,
    text,
)

from models.database.selections import Selection
from resolvers.context import Context
from resolvers.executions.rows import EXECUTIONS
from tests.support.calls import notify
from tests.support.engine_calls import create, execute
from tests.support.statements import watched

COLUMNS = (
    EXECUTIONS.c.id,
    EXECUTIONS.c.created_at,
    EXECUTIONS.c.error,
    EXECUTIONS.c.labels,
    EXECUTIONS.c.total_actions,
)
OF_WORKFLOW = select(*COLUMNS).where(EXECUTIONS.c.workflow_id == bindparam("workflow_id")).order_by(EXECUTIONS.c.id)
NEWER = OF_WORKFLOW.where(EXECUTIONS.c.created_at > bindparam("moment", type_=EXECUTIONS.c.created_at.type))
LABELS = {"team": 'Größe "1", \\ and \u2028', "empty": ""}


async def read(ctx: Context, statement: Any, **values: Any) -> list[tuple[Any, ...]]:
    def work(connection: Connection) -> list[tuple[Any, ...]]:
        plain = [tuple(row) for row in connection.execute(statement, values)]
        for _ in range(2):  # composed, and as it is kept
            assert [tuple(row) for row in selection.rows(connection, values)] == plain
        return plain

    selection = Selection(statement)
    return await ctx.services.database.read(work)


@pytest.mark.asyncio
async def test_rows_are_what_they_are_one_by_one(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("a"))
    assert await read(ctx, OF_WORKFLOW, workflow_id=workflow_id) == []
    labelled = await execute(ctx, workflow_id, async_execution=False, labels=LABELS)
    plain = await execute(ctx, workflow_id, async_execution=False)
    rows = await read(ctx, OF_WORKFLOW, workflow_id=workflow_id)
    assert {row[0]: row[3] for row in rows} == {labelled.id: LABELS, plain.id: None}
    assert all(row[1].tzinfo is UTC and row[2] is None and row[4] == 1 for row in rows)
    later = datetime(2200, 1, 1, tzinfo=UTC)
    assert await read(ctx, NEWER.limit(5), workflow_id=workflow_id, moment=later) == []
    earlier = datetime(2000, 1, 1, tzinfo=UTC)
    assert len(await read(ctx, NEWER.limit(1), workflow_id=workflow_id, moment=earlier)) == 1


@pytest.mark.asyncio
async def test_sqlite_is_asked_for_one_row(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("a"))
    selection = Selection(OF_WORKFLOW)
    services, asked = watched(ctx.services)
    await services.database.read(lambda connection: selection.rows(connection, {"workflow_id": workflow_id}))
    [statement] = asked
    dialect = await services.database.read(lambda connection: connection.dialect.name)
    assert statement.startswith("select json_group_array(") is (dialect == "sqlite")


DAMAGED = {"bytes": "x'00ff'", "another type": "'word'"}


@pytest.mark.parametrize("damage", DAMAGED)
def test_what_no_json_holds_is_read_as_far_as_it_can_be(damage: str) -> None:
    table = Table("kept", MetaData(), Column("id", Integer, primary_key=True), Column("number", Integer))
    with create_engine("sqlite://").connect() as connection:
        table.create(connection)
        connection.execute(text(f"INSERT INTO kept VALUES (1, {DAMAGED[damage]}), (2, NULL)"))  # noqa: S608 - values of this module
        plain = connection.execute(select(table)).all()
        assert Selection(select(table).order_by(table.c.id)).rows(connection, {}) == plain


def test_a_float_would_lose_digits() -> None:
    with pytest.raises(TypeError, match="float"):
        Selection(select(column("a", Float)))

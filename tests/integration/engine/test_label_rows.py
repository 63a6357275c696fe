"""The rows by which executions are found: written for those alone that have labels, and served by indexes."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from engine.journal.labels import EXECUTIONS, LABELS
from engine.retention.deleting import delete_ended
from models.commands.filters import ExecutionFilter
from models.commands.labels import LabelChanges
from models.commands.validation import parse
from models.errors import InvalidInput
from resolvers.context import Context
from resolvers.executions.conditions import conditions
from resolvers.executions.labels import label_execution
from resolvers.executions.lists import count_executions
from resolvers.executions.rows import SUMMARY_COLUMNS
from tests.support.calls import Json, notify
from tests.support.engine_calls import create, execute
from tests.support.statements import statements

pytestmark = pytest.mark.asyncio


async def stored(ctx: Context, execution_id: str) -> tuple[Json | None, Json]:
    """The labels in the execution's own row, and those that have rows of their own."""

    def read(connection: Connection) -> tuple[Json | None, Json]:
        kept = connection.execute(select(EXECUTIONS.c.labels).where(EXECUTIONS.c.id == execution_id)).scalar_one()
        rows = connection.execute(select(LABELS).where(LABELS.c.execution_id == execution_id)).all()
        assert {row.tenant for row in rows} <= {"default"}
        return kept, {row.key: row.value for row in rows}

    return await ctx.services.database.read(read)


async def test_an_execution_without_labels_costs_what_it_did(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("a"))
    await execute(ctx, workflow_id, async_execution=False)
    with statements() as plain:
        execution = await execute(ctx, workflow_id, async_execution=False)
    assert [statement for statement in plain if "execution_label" in statement or "execution_delay" in statement] == []
    [accepting] = [statement for statement in plain if "insert into execution (" in statement]
    assert "labels" not in accepting
    assert await stored(ctx, execution.id) == (None, {})
    with statements() as labelled:
        await execute(ctx, workflow_id, async_execution=False, labels={"a": "1", "b": "2"})
    written = {statement for statement in labelled if "insert into execution_label (" in statement}
    assert len(written) == 1


async def test_both_places_of_labels_say_the_same_whoever_changes_them_at_once(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("a"))
    named = {"kept": "1", "changed": "1", "removed": "1"}
    execution = await execute(ctx, workflow_id, async_execution=False, labels=named)
    assert await stored(ctx, execution.id) == (named, named)
    changes = [LabelChanges(set={"changed": str(number), f"n{number}": ""}) for number in range(8)]
    changes.append(LabelChanges(remove=["removed"]))
    await asyncio.gather(*(label_execution(ctx, execution.id, change) for change in changes))
    kept, rows = await stored(ctx, execution.id)
    assert kept == rows
    assert rows.keys() == {"kept", "changed", *(f"n{number}" for number in range(8))}
    with pytest.raises(InvalidInput):
        await label_execution(ctx, execution.id, LabelChanges(set={f"m{number}": "" for number in range(30)}))
    assert await stored(ctx, execution.id) == (kept, rows)
    await label_execution(ctx, execution.id, LabelChanges(remove=[*rows]))
    assert await stored(ctx, execution.id) == (None, {})


FILTERS: list[tuple[Json, str]] = [
    ({"labels": [{"key": "team", "value": "x"}]}, "ix_execution_label_pair"),
    ({"labels": [{"key": "team"}]}, "ix_execution_label_key"),
    ({"labels": [{"key": "team", "value": "x"}, {"key": "env"}]}, "ix_execution_label_"),
    ({"wait_reason": ["approval"]}, "ix_expectation_oldest"),
    ({"wait_reason": ["worker"]}, "ix_execution_runnable"),
    ({"wait_reason": ["workflow_limit"]}, "ix_execution_group"),
]


@pytest.mark.parametrize(("asked", "index"), FILTERS)
async def test_an_index_serves_each_filter_in_the_order_of_the_list(ctx: Context, asked: Json, index: str) -> None:
    """At a million executions nobody may go through all of them, nor sort what has a label."""
    command = parse(ExecutionFilter, asked)

    def explain(connection: Connection) -> tuple[bool, str]:
        is_postgres = connection.dialect.name == "postgresql"
        if is_postgres:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
            connection.execute(text("SET LOCAL enable_hashjoin = off"))
            connection.execute(text("SET LOCAL enable_mergejoin = off"))
        sought = conditions(connection, ctx.user, command, datetime.now(UTC))
        order = sought.order
        statement = (
            select(*SUMMARY_COLUMNS)
            .select_from(sought.source)
            .where(*sought.where)
            .order_by(order.column.desc(), order.id_.desc())
            .limit(50)
        )
        compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
        prefix = "EXPLAIN " if is_postgres else "EXPLAIN QUERY PLAN "
        rows = connection.exec_driver_sql(prefix + str(compiled).replace("%", "%%"))
        return is_postgres, "\n".join(str(row[-1]) for row in rows)

    is_postgres, plan = await ctx.services.database.read(explain)
    if is_postgres:
        index = index.removesuffix("pair")  # where there is nothing yet, each of the two is as good
    assert index in plan, plan
    assert "ix_execution_newest" not in plan, plan
    if "labels" in asked:
        assert "Sort" not in plan and "TEMP B-TREE" not in plan, plan
    assert await count_executions(ctx, command) == 0


async def test_what_is_deleted_leaves_no_label(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("a"))
    execution = await execute(ctx, workflow_id, async_execution=False, labels={"a": "1"})

    def remove(connection: Connection) -> Any:
        delete_ended(connection, [execution.id], ctx.services.clock.now())
        return connection.execute(select(LABELS)).all()

    assert await ctx.services.database.transaction(remove) == []

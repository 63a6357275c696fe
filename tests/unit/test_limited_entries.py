"""What a journal's transaction costs: without a limit nothing is asked of groups, and with one an index answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, insert, update

from engine.acceptance import new_row
from engine.dag import compile_plan
from engine.groups import EXECUTIONS, OLDEST, QUEUE, RUNNING, SIZE, TURNS, all_turns, whose_turn_it_is
from engine.journal_rows import write_entries
from engine.limited_entries import Writer, write
from engine.projection import Entry, project
from engine.run import Run
from engine.state import fold
from models.entities import Event
from models.ids import new_id
from models.migrations.upgrade import upgrade
from models.tables import Workflow, table
from models.words import EventType

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAN = compile_plan([], [{"action_id": "note", "action_type": "notification"}])
WRITER = Writer(0, None, new_id, lambda _connection, _ids: [])
GROUP = {"of_workflow": "wf_1", "with_key": ""}


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A migrated database with one workflow."""
    engine = create_engine("sqlite://")
    with engine.begin() as made:
        upgrade(made)
        row: dict[str, Any] = {"concurrency": {"key": None, "limit": 1, "on_limit": "queue"}, "tags": []}
        words = {"tenant": "default", "created_by": "ada", "name": "w", "status": "active", "search_text": "w"}
        made.execute(
            insert(table(Workflow)).values(id="wf_1", revision=0, created_at=NOW, updated_at=NOW, **words, **row)
        )
        yield made
    engine.dispose()


def arrival(number: int, key: str | None) -> Entry:
    """The acceptance of an execution."""
    run = Run(
        execution_id=f"exec_{number}",
        tenant="default",
        workflow_id="wf_1",
        revision=0,
        created_by="ada",
        created_at=NOW,
        parameters={},
        timeout_seconds=60,
        plan=PLAN,
        concurrency_key=key,
    )
    events = [Event(1, EventType.EXECUTION_QUEUED, NOW, None, {})]
    fixed = {**new_row(run), "node_id": None}
    return project(run, events, fold(events), new_id, "own_1", new_execution=fixed)


def statements(connection: Connection, entries: list[Entry]) -> list[str]:
    """The statements that it takes to write entries."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(connection.engine, "before_cursor_execute", note)
    write(connection, entries, WRITER)
    event.remove(connection.engine, "before_cursor_execute", note)
    return found


def test_without_a_limit_no_statement_asks_for_one(connection: Connection) -> None:
    asked = statements(connection, [arrival(number, None) for number in range(3)])
    assert not [statement for statement in asked if statement.startswith("SELECT")]
    assert not [statement for statement in asked if "concurrency" in statement and not statement.startswith("INSERT")]


def test_with_a_limit_a_batch_costs_the_same_few_statements_however_large_it_is(connection: Connection) -> None:
    few = statements(connection, [arrival(1, "")])
    many = statements(connection, [arrival(number, "") for number in range(2, 50)])
    assert len(few) == len(many)


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (RUNNING, GROUP),
        (SIZE, GROUP),
        (QUEUE, {**GROUP, "room": 1}),
        (OLDEST, {**GROUP, "of_status": "queued", "count": 1}),
    ],
    ids=["running", "size", "queue", "oldest"],
)
def test_an_index_of_live_rows_answers(connection: Connection, statement: Any, values: dict[str, Any]) -> None:
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        plans.extend(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {text}", parameters).fetchall())

    event.listen(connection.engine, "before_cursor_execute", explain)
    connection.execute(statement, values)
    event.remove(connection.engine, "before_cursor_execute", explain)
    assert [plan for plan in plans if "ix_execution_group" in plan] == plans


def test_a_sweep_looks_at_nothing_but_live_rows_of_groups(connection: Connection) -> None:
    text = str(TURNS.compile(connection, compile_kwargs={"literal_binds": True}))
    plans = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    read = [plan for plan in plans if plan.startswith(("SCAN", "SEARCH"))]
    looks = [plan for plan in read if " execution " in plan or " others " in plan]
    assert len(looks) == 3
    assert [plan for plan in looks if "ix_execution_group" in plan and "SEARCH" in plan] == looks


@pytest.mark.parametrize("limit", [1, 2, 3, None])
def test_a_sweep_and_who_ends_one_agree_on_whose_turn_it_is(connection: Connection, limit: int | None) -> None:
    chance = Random(limit)  # noqa: S311
    rule = {"key": "{{customer}}", "limit": limit, "on_limit": "queue"}
    connection.execute(update(table(Workflow)).values(concurrency=rule if limit else None))
    keys = ["a", "b", "c", None]
    write_entries(connection, [arrival(number, chance.choice(keys)) for number in range(60)], 0)
    for number in range(60):
        status = chance.choice([*["queued"] * 8, "running", *["completed"] * 8])
        moment = NOW + timedelta(seconds=chance.randint(0, 9))
        changed = update(EXECUTIONS).where(EXECUTIONS.c.id == f"exec_{number}")
        connection.execute(changed.values(status=status, created_at=moment))
    own = whose_turn_it_is(connection, [("wf_1", key) for key in keys if key])
    assert sorted(own, key=str) == sorted(all_turns(connection), key=str)
    assert all_turns(connection, "wf_1") == all_turns(connection)
    assert all_turns(connection, "wf_2") == []
    assert own or limit is not None

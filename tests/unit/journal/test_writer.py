"""What a journal's transaction costs: without a limit nothing is asked of groups, and with one an index answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, insert, select, update

from engine.core.run import Run
from engine.core.state import fold
from engine.definition.acceptance import new_row
from engine.definition.compiling import compile_plan
from engine.dispatch.setting_aside import set_aside, stumbled_over, take_back
from engine.journal.groups import (
    EXECUTIONS,
    FIRST_PLACE,
    GROUPS_AT_ONCE,
    OLDEST,
    QUEUE,
    RUNNING,
    SIZE,
    WAITING_GROUPS,
    Group,
    turns_from,
    turns_of,
    whose_turn_it_is,
)
from engine.journal.lives import count, spare
from engine.journal.projection import Entry, project
from engine.journal.queue import NODES, Taker, next_moment, take
from engine.journal.rows import write_entries
from engine.journal.writer import Writer, write
from models.database.tables import WorkflowRow, table
from models.entities.executions import Event
from models.ids import new_id
from models.migrations.upgrade import upgrade
from models.words import EventType
from tests.support.core.turns import all_turns

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAN = compile_plan([], [{"action_id": "note", "action_type": "notification"}])
WRITER = Writer(0, "node_1", new_id, lambda _connection, _ids: [])
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
            insert(table(WorkflowRow)).values(id="wf_1", revision=0, created_at=NOW, updated_at=NOW, **words, **row)
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
    return project(run, events, fold(events), new_id, "own_1", new_execution=new_row(run))


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
    assert not [statement for statement in asked if "concurrency" in statement and "INSERT INTO" not in statement]


def test_with_a_limit_a_batch_costs_the_same_few_statements_however_large_it_is(connection: Connection) -> None:
    few = statements(connection, [arrival(1, "")])
    many = statements(connection, [arrival(number, "") for number in range(2, 34)])  # a power of two goes at once
    assert len(few) == len(many)


def plans_of(connection: Connection, statement: Any, values: dict[str, Any]) -> list[str]:
    """How SQLite goes about a statement."""
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        plans.extend(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {text}", parameters).fetchall())

    event.listen(connection.engine, "before_cursor_execute", explain)
    connection.execute(statement, values)
    event.remove(connection.engine, "before_cursor_execute", explain)
    return plans


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
    read = [plan for plan in plans_of(connection, statement, values) if " execution " in plan]
    assert read
    assert [plan for plan in read if "SEARCH" in plan and "ix_execution_group (status=?" in plan] == read


def test_a_sweep_takes_a_step_in_the_index_for_each_group(connection: Connection) -> None:
    plans = plans_of(connection, WAITING_GROUPS, {"from_workflow": "", "from_key": ""})
    read = [plan for plan in plans if " execution " in plan]
    assert len(read) == 5  # where to begin, the two columns of the next group, who runs there, and who is paused
    assert [plan for plan in read if "SEARCH" in plan and "ix_execution_group (status=?" in plan] == read


def test_a_sweep_goes_on_where_the_one_before_it_ended(connection: Connection) -> None:
    keys = [f"key_{number:04}" for number in range(2 * GROUPS_AT_ONCE + 1)]
    write_entries(connection, [arrival(number, key) for number, key in enumerate(keys)], 0)
    seen: list[int] = []
    found: list[str] = []
    place: Group | None = FIRST_PLACE
    while place is not None:
        turns = turns_from(connection, place)
        found += [turn.execution_id for turn in turns.found]
        seen.append(len(turns.found))
        place = turns.next_place
    assert seen == [GROUPS_AT_ONCE, GROUPS_AT_ONCE, 1]
    assert found == [f"exec_{number}" for number in range(len(keys))]


@pytest.mark.parametrize("limit", [1, 2, 3, None])
def test_a_sweep_and_who_ends_one_agree_on_whose_turn_it_is(connection: Connection, limit: int | None) -> None:
    chance = Random(limit)  # noqa: S311 - to be repeatable is its purpose
    rule = {"key": "{{customer}}", "limit": limit, "on_limit": "queue"}
    connection.execute(update(table(WorkflowRow)).values(concurrency=rule if limit else None))
    keys = ["a", "b", "c", None]
    write_entries(connection, [arrival(number, chance.choice(keys)) for number in range(60)], 0)
    for number in range(60):
        status = chance.choice([*["queued"] * 8, "running", *["completed"] * 8])
        moment = NOW + timedelta(seconds=chance.randint(0, 9))
        changed = update(EXECUTIONS).where(EXECUTIONS.c.id == f"exec_{number}")
        connection.execute(changed.values(status=status, created_at=moment))
    own = whose_turn_it_is(connection, [("wf_1", key) for key in keys if key])
    assert sorted(own, key=str) == sorted(all_turns(connection), key=str)
    assert turns_of(connection, "wf_1") == all_turns(connection)
    assert turns_of(connection, "wf_2") == []
    assert own or limit is not None


def test_what_is_set_aside_in_the_line_lets_those_behind_it_begin(connection: Connection) -> None:
    write(connection, [arrival(0, ""), arrival(1, "")], WRITER)
    connection.execute(update(EXECUTIONS).where(EXECUTIONS.c.id == "exec_0").values(node_id="node_1", runnable_at=None))
    assert next_moment(connection) is None
    assert set_aside(connection, stumbled_over(connection, ["exec_0"]), NOW, "node_1")
    assert take_all(connection, NOW) == ["exec_1"]
    assert take_all(connection, NOW + timedelta(seconds=1)) == ["exec_0"]


def take_all(connection: Connection, now: datetime) -> list[str]:
    values = {"shard": 0, "kind": "all", "started_at": NOW, "expires_at": NOW}
    connection.execute(insert(NODES).prefix_with("OR IGNORE").values(id="node_2", **values))
    return list(take(connection, Taker("node_2", "process"), now, 9).counted)


def test_what_is_stumbled_over_again_and_again_is_tried_less_and_less_often(connection: Connection) -> None:
    write_entries(connection, [arrival(0, None)], 0)
    connection.execute(update(EXECUTIONS).values(node_id="node_1"))
    wakes = select(EXECUTIONS.c.runnable_at).where(EXECUTIONS.c.id == "exec_0")

    def stumble() -> float:
        set_aside(connection, stumbled_over(connection, ["exec_0"]), NOW, "node_1")
        until: datetime = connection.execute(wakes).scalar_one()
        take_back(connection, ["exec_0"])
        connection.execute(update(EXECUTIONS).values(node_id="node_1"))
        count(connection, ["exec_0"], "one")
        return (until - NOW).total_seconds()

    assert [stumble() for _ in range(4)] == [1, 2, 4, 8]
    spare(connection, ["exec_0"])  # it has made progress
    assert stumble() == 1

"""What bounds the descendants of an execution, and that nobody passes by what is parked to know it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, ReturnsRows, create_engine, event, insert, update
from sqlalchemy.sql import ClauseElement

from engine.core.run import Parent, Run
from engine.core.state import fold
from engine.definition.acceptance import new_row
from engine.definition.compiling import compile_plan
from engine.dispatch.claims import UNKNOWN
from engine.dispatch.store import NEWEST_MOMENTS
from engine.journal.descendants import (
    ABOVE,
    COUNT,
    EXECUTIONS,
    Headroom,
    Starter,
    StartRefused,
    check_recursion,
    check_start,
    refused_starts,
)
from engine.journal.mailbox import EXPECTED
from engine.journal.projection import Entry, project
from engine.journal.queue import NEXT, NEXT_LAPSE, TAKE
from engine.journal.released import LEFT, left, release
from engine.journal.rows import write_entries
from models.database.tables import WorkflowRow, table
from models.entities.executions import Event
from models.ids import new_id
from models.migrations.upgrade import upgrade
from models.words import EventType, OnParentEnd

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAN = compile_plan([], [{"action_id": "note", "action_type": "notification"}])
MOST = 100


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A migrated database with one workflow."""
    engine = create_engine("sqlite://")
    with engine.begin() as made:
        upgrade(made)
        words = {
            "tenant": "default",
            "created_by": "ada",
            "name": "w",
            "status": "active",
            "search_text": "w",
            "tags": [],
        }
        made.execute(insert(table(WorkflowRow)).values(id="wf_1", revision=0, created_at=NOW, updated_at=NOW, **words))
        yield made
    engine.dispose()


def run(execution_id: str, parent: Parent | None = None) -> Run:
    return Run(
        execution_id=execution_id,
        tenant="default",
        workflow_id="wf_1",
        revision=0,
        created_by="ada",
        created_at=NOW,
        parameters={},
        timeout_seconds=60,
        plan=PLAN,
        parent=parent,
    )


def below(name: str, above: Run, on_end: OnParentEnd = OnParentEnd.CANCEL) -> Run:
    return run(name, Parent(above.execution_id, above.root_id, above.depth, on_end))


def acceptance(accepted: Run) -> Entry:
    events = [Event(1, EventType.EXECUTION_QUEUED, NOW, None, {})]
    return project(accepted, events, fold(events), new_id, "own_1", new_execution=new_row(accepted))


def starting(starter: Run, *started: Run) -> Entry:
    """An entry with which an execution starts others."""
    events = [Event(1, EventType.EXECUTION_QUEUED, NOW, None, {}), Event(2, EventType.EXECUTION_STARTED, NOW, None, {})]
    entry = project(starter, events[1:], fold(events), new_id, "own_1")
    entry.children.extend(acceptance(child) for child in started)
    return entry


def write(connection: Connection, *accepted: Run) -> None:
    write_entries(connection, [acceptance(found) for found in accepted], 0)


def end(connection: Connection, ended: Run) -> None:
    connection.execute(update(EXECUTIONS).where(EXECUTIONS.c.id == ended.execution_id).values(status="cancelled"))


ROOT = run("exec_root")
MIDDLE = below("exec_middle", ROOT)
LEAF = below("exec_leaf", MIDDLE)
ONE_MORE = starting(LEAF, below("exec_more", LEAF))


def refusal(connection: Connection, entry: Entry) -> str | None:
    """The code with which the start of an entry is refused."""
    found = refused_starts(connection, [entry], MOST).get(0)
    return found.code.value if isinstance(found, StartRefused) else None


def test_nothing_starts_below_one_that_has_ended(connection: Connection) -> None:
    write(connection, ROOT, MIDDLE, LEAF)
    assert refusal(connection, ONE_MORE) is None
    end(connection, MIDDLE)
    assert refusal(connection, ONE_MORE) == "PARENT_ENDED"
    assert refusal(connection, starting(MIDDLE, below("exec_more", MIDDLE))) == "PARENT_ENDED"
    assert refusal(connection, starting(ROOT, below("exec_more", ROOT))) is None


def test_nothing_starts_below_one_that_is_to_be_cancelled(connection: Connection) -> None:
    write(connection, ROOT, MIDDLE, LEAF)
    release(connection, [msgspec.structs.replace(acceptance(ROOT), released=["exec_middle"])])
    assert left(connection, NOW, MOST) == ["exec_middle"]
    assert refusal(connection, ONE_MORE) == "PARENT_ENDED"


def test_what_goes_on_alone_is_bound_to_nobody_above_it(connection: Connection) -> None:
    alone = below("exec_alone", MIDDLE, OnParentEnd.ABANDON)
    write(connection, ROOT, MIDDLE, alone)
    end(connection, ROOT)
    end(connection, MIDDLE)
    assert refusal(connection, starting(alone, below("exec_more", alone))) is None
    release(connection, [msgspec.structs.replace(acceptance(ROOT), released=["exec_alone"])])
    assert left(connection, NOW, MOST) == []


def test_what_goes_on_alone_starts_no_more_of_itself_once_the_root_has_ended(connection: Connection) -> None:
    alone = msgspec.structs.replace(below("exec_alone", MIDDLE, OnParentEnd.ABANDON), workflow_id="wf_itself")
    write(connection, ROOT, MIDDLE, alone)
    starter = Starter(alone.execution_id, "exec_root", cleans_up=False)
    above = [ROOT.workflow_id, "wf_itself"]
    for workflow_id in above:
        check_recursion(connection, starter, workflow_id)
    end(connection, ROOT)
    check_recursion(connection, starter, "wf_another")
    for workflow_id in above:
        with pytest.raises(StartRefused) as caught:
            check_recursion(connection, starter, workflow_id)
        assert caught.value.code == "PARENT_ENDED"


def test_the_clean_up_after_a_cancel_starts_what_it_starts(connection: Connection) -> None:
    write(connection, ROOT, MIDDLE, LEAF)
    end(connection, MIDDLE)
    assert refusal(connection, msgspec.structs.replace(ONE_MORE, cleans_up=True)) is None


def test_what_is_live_of_a_root_is_bounded_within_a_batch_too(connection: Connection) -> None:
    children = [below(f"exec_child_{number}", ROOT) for number in range(MOST)]
    write(connection, ROOT, *children[:-2])
    batch = [
        starting(ROOT, below("exec_a", ROOT)),
        starting(children[0], below("exec_b", children[0])),
        starting(children[1], below("exec_c", children[1])),
        starting(children[1]),  # what follows a refused entry is refused with it
        starting(run("exec_other"), below("exec_d", run("exec_other"))),
    ]
    refused = refused_starts(connection, batch, MOST)
    assert sorted(refused) == [2, 3]
    assert refused[2] is refused[3]
    end(connection, children[2])
    assert sorted(refused_starts(connection, batch, MOST)) == []


def test_half_of_the_headroom_needs_no_count(connection: Connection) -> None:
    write(connection, ROOT, *[below(f"exec_{number}", ROOT) for number in range(90)])
    starter, headroom = Starter("exec_root", "exec_root", cleans_up=False), Headroom(MOST)
    assert not headroom.take("exec_root")
    check_start(connection, starter, headroom, is_spared=False)
    assert [headroom.take("exec_root") for _ in range(6)] == [True] * 5 + [False]
    write(connection, *[below(f"exec_more_{number}", ROOT) for number in range(10)])
    with pytest.raises(StartRefused):
        check_start(connection, starter, headroom, is_spared=False)


GIVEN = ("SCAN json_each", "SCAN CONSTANT ROW")
"""What the statement was given."""


def plans(connection: Connection, statement: ClauseElement, values: dict[str, Any]) -> list[str]:
    found: list[str] = []

    def explain(_connection: Any, cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        found.extend(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {text}", parameters).fetchall())

    event.listen(connection.engine, "before_cursor_execute", explain)
    assert isinstance(statement, ReturnsRows)
    connection.execute(statement, values)  # type: ignore[call-overload] # any statement that returns rows
    event.remove(connection.engine, "before_cursor_execute", explain)
    return [plan for plan in found if plan.startswith(("SCAN", "SEARCH")) and not plan.startswith(GIVEN)]


TAKEN = {"node": "node_1", "process": "one", "now": NOW, "room": 1}
LOOKS: dict[str, tuple[ClauseElement, dict[str, Any], str]] = {
    "next moment": (NEXT, {}, "INDEX ix_execution_"),
    "unknown nodes": (UNKNOWN, {}, "ix_execution_held"),
    "next lapse": (NEXT_LAPSE, {}, "INDEX ix_execution_lapsing"),
    "live of a root": (COUNT, {"of_root": "exec_1"}, "COVERING INDEX ix_execution_live_of_root"),
    "released": (LEFT, {"before": NOW, "most": 1}, "COVERING INDEX ix_released_execution_at"),
    "expected": (EXPECTED, {"addresses": ["execution:exec_1"]}, "COVERING INDEX ix_expectation_address"),
}


@pytest.mark.parametrize(("statement", "values", "index"), LOOKS.values(), ids=LOOKS.keys())
def test_each_look_has_an_index_in_which_what_is_parked_is_not_passed(
    connection: Connection, statement: ClauseElement, values: dict[str, Any], index: str
) -> None:
    found = plans(connection, statement, values)
    assert [plan for plan in found if index in plan] == found


def test_to_take_reads_two_indexes_and_what_is_taken(connection: Connection) -> None:
    found = [plan for plan in plans(connection, TAKE, TAKEN) if "execution" in plan]
    wanted = [
        "ix_execution_lapsing",
        "ix_execution_runnable (status=? AND runnable_at>? AND runnable_at<?)",
        "USING PRIMARY KEY",
    ]
    assert {plan for plan in found if not any(word in plan for word in wanted)} == set()
    assert sum("ix_execution_runnable" in plan for plan in found) >= 2


@pytest.mark.parametrize("look", NEWEST_MOMENTS, ids=range(len(NEWEST_MOMENTS)))
def test_a_start_looks_for_the_newest_moment_by_indexes(connection: Connection, look: ClauseElement) -> None:
    found = plans(connection, look, {})
    assert [plan for plan in found if "INDEX ix_" in plan or "PRIMARY KEY" in plan] == found


def test_what_is_above_one_is_found_by_primary_keys(connection: Connection) -> None:
    of_tables = [plan for plan in plans(connection, ABOVE, {"ids": ["exec_1"]}) if plan != "SCAN above"]
    assert len(of_tables) == 3
    assert [plan for plan in of_tables if "USING PRIMARY KEY" in plan] == of_tables

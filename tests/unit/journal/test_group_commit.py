"""The group commit under faults at each of its awaits: nobody waits for ever, and what is on disk is never refused."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, Engine, create_engine, insert, select
from sqlalchemy.pool import StaticPool

from engine.core.run import Run
from engine.core.state import ExecutionState
from engine.definition.acceptance import new_row
from engine.definition.compiling import compile_plan
from engine.journal import group_commit
from engine.journal.broadcast import Broadcast
from engine.journal.found import Found
from engine.journal.interventions import Intervention
from engine.journal.journal import EVENTS, Journal, read_events_of
from engine.journal.refusals import Fenced, KeyTaken
from engine.journal.stream import Stream
from engine.journal.writer import GroupFull
from engine.running.endings import cancellation
from models.database.tables import WorkflowRow, table
from models.entities.audit import AuditNote
from models.errors import Unavailable
from models.ids import new_id
from models.migrations.upgrade import upgrade
from models.words import EventType, ExecutionStatus

pytestmark = pytest.mark.asyncio

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAN = compile_plan([], [{"action_id": "note", "action_type": "notification"}])
PATIENCE_SECONDS = 5.0
NOTE = AuditNote(
    tenant="default",
    at=NOW,
    actor="ada",
    credential=None,
    action="cancel_execution",
    target=None,
    outcome="succeeded",
    request_id=None,
    address=None,
    details={},
)


class FaultyDatabase:
    """A real database in memory, and the faults of the transactions to come: what each is to do before, and after."""

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect()
        self.before: list[Any] = []
        self.after: list[Any] = []
        self.transactions = 0

    async def transaction(self, work: Callable[[Connection], Any]) -> Any:
        """See `Database.transaction`."""
        self.transactions += 1
        await _happen(self.before)
        with self.connection.begin():
            result = work(self.connection)
        await _happen(self.after)
        return result

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        """See `Database.read`."""
        raise AssertionError("the group commit reads in its transactions alone")

    change_schema = transaction

    async def close(self) -> None:
        """See `Database.close`."""

    def events(self) -> dict[str, list[str]]:
        """The types of the events on disk, by execution."""
        found: dict[str, list[str]] = {}
        with self.connection.begin():
            for row in self.connection.execute(select(EVENTS).order_by(EVENTS.c.execution_id, EVENTS.c.sequence)):
                found.setdefault(row.execution_id, []).append(row.type)
        return found


async def _happen(faults: list[Any]) -> None:
    fault = faults.pop(0) if faults else None
    if isinstance(fault, Exception):
        raise fault
    if fault is not None:
        await fault()


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyDatabase]:
    """A migrated database with one workflow; nobody waits long for it to come back."""
    monkeypatch.setattr(group_commit, "RETRY_SECONDS", (0.0,))
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as made:
        upgrade(made)
        words = {"tenant": "default", "created_by": "ada", "name": "w", "status": "active", "search_text": "w"}
        row: dict[str, Any] = {"id": "wf_1", "revision": 0, "created_at": NOW, "updated_at": NOW, "tags": []}
        row["concurrency"] = {"key": None, "limit": 1, "on_limit": "queue"}
        made.execute(insert(table(WorkflowRow)).values(**row, **words))
    yield FaultyDatabase(engine)
    engine.dispose()


class World:
    """A journal and the executions that are known to it."""

    def __init__(self, database: FaultyDatabase) -> None:
        self.runs: dict[str, Run] = {}
        self.broadcast = Broadcast()
        self.journal = Journal(database, self.broadcast, new_id, self._journals)

    def _journals(self, connection: Connection, ids: Any) -> list[Found]:
        known = read_events_of(connection, ids)
        return [
            Found(execution_id, "default", None, self.runs[execution_id], events, fault=None, faults=0, lives=0)
            for execution_id, events in known.items()
            if events
        ]

    def stream(self, number: int, state: ExecutionState | None = None, group: str | None = None) -> Stream:
        """Another hold on an execution, perhaps one of a limited group."""
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
            concurrency_key=group,
        )
        self.runs[run.execution_id] = run
        return self.journal.open(run, state or ExecutionState())

    def accept(self, number: int, key: str | None = None, group: str | None = None) -> Stream:
        """A new execution on its way to the disk."""
        stream = self.stream(number, group=group)
        stream.record(EventType.EXECUTION_QUEUED, NOW, None, {})
        stream.commit(new_row(stream.run, key, "same"))
        return stream

    async def cancel(self, number: int) -> ExecutionState:
        """What a person does."""
        return await self.journal.intervene(f"exec_{number}", _cancel)


def _cancel(run: Run, state: ExecutionState) -> Intervention | None:
    if state.status is ExecutionStatus.CANCELLED:
        return None
    events = cancellation(run, state, NOW, {"user_id": "ada"})
    return Intervention(events, NOTE) if events else None


@pytest_asyncio.fixture
async def world(database: FaultyDatabase) -> World:
    """A journal on the database."""
    return World(database)


def begin(stream: Stream) -> None:
    stream.record(EventType.EXECUTION_STARTED, NOW, None, {})
    stream.commit()


async def settled(*streams: Stream) -> list[Exception | None]:
    """What became of all that was handed over, in time."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return [
            outcome if isinstance(outcome, Exception) else None
            for outcome in await asyncio.gather(*(stream.durable() for stream in streams), return_exceptions=True)
        ]


FAULTS = {
    "unavailable": lambda: Unavailable("away"),
    "a bug": lambda: RuntimeError("a bug"),
    "the operating system": lambda: OSError("no space"),
}
MOMENTS = ("before", "after")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_one_fault_of_the_database_refuses_nothing_that_was_accepted(
    database: FaultyDatabase, world: World, place: int, fault: Callable[[], Exception], moment: str
) -> None:
    streams = [world.accept(number) for number in range(4)]
    assert await settled(*streams) == [None] * 4
    for stream in streams:
        begin(stream)
    cancelling = asyncio.create_task(world.cancel(3))
    getattr(database, moment).extend([None] * place + [fault()])
    outcomes = await settled(*streams[:3])
    assert outcomes == [None] * 3
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(cancelling, return_exceptions=True)
    found = database.events()
    assert [found[f"exec_{number}"] for number in range(3)] == [["execution_queued", "execution_started"]] * 3
    assert found["exec_3"][:2] == ["execution_queued", "execution_started"]
    assert found["exec_3"].count("execution_cancelled") <= 1
    if cancelling.exception() is None:
        assert found["exec_3"][-1] == "execution_cancelled"


async def test_who_has_begun_already_is_not_kept_out_by_itself(database: FaultyDatabase, world: World) -> None:
    first, second = world.accept(1, group=""), world.accept(2, group="")
    assert await settled(first, second) == [None, None]
    database.after.append(Unavailable("away"))
    begin(first)
    begin(second)
    assert [type(outcome) for outcome in await settled(first, second)] == [type(None), GroupFull]


async def test_many_interventions_outlast_a_moment_without_the_database(
    database: FaultyDatabase, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.journal.journal.PAUSES_SECONDS", (0.0, 0.0))
    assert await settled(*(world.accept(number) for number in range(250))) == [None] * 250
    database.before.extend([None, Unavailable("away")])
    database.after.extend([None, Unavailable("away")])
    answers = await world.journal.intervene_many(list(world.runs), _cancel)
    assert [answer for answer in answers.values() if isinstance(answer, Exception)] == []
    assert all(kinds.count("execution_cancelled") == 1 for kinds in database.events().values())


async def test_a_lasting_bug_is_told_to_everybody_who_waits(database: FaultyDatabase, world: World) -> None:
    database.before.extend(RuntimeError("a bug") for _ in range(20))
    streams = [world.accept(number) for number in range(4)]
    outcomes = await settled(*streams)
    assert {type(outcome) for outcome in outcomes} == {RuntimeError}
    assert database.events() == {}
    database.before.clear()
    assert await settled(world.accept(9)) == [None]


async def test_an_entry_that_cannot_be_written_is_found_by_halves(database: FaultyDatabase, world: World) -> None:
    streams = [world.stream(number) for number in range(64)]
    for number, stream in enumerate(streams):
        stream.record(EventType.EXECUTION_QUEUED, NOW, None, {"bad": object()} if number == 40 else {})
        stream.commit(new_row(stream.run))
    outcomes = await settled(*streams)
    assert [number for number, outcome in enumerate(outcomes) if outcome is not None] == [40]
    assert len(database.events()) == 63
    assert database.transactions <= 2 * 6 + 1


async def test_what_fails_after_the_commit_refuses_nothing(database: FaultyDatabase, world: World) -> None:
    def fail(_topics: Any) -> None:
        raise RuntimeError("a listener's bug")

    world.broadcast.tell_others = fail
    streams = [world.accept(number) for number in range(3)]
    assert await settled(*streams) == [None] * 3
    assert (await world.cancel(1)).status is ExecutionStatus.CANCELLED
    assert database.transactions <= 2


async def test_a_flush_that_is_cut_off_leaves_nobody_waiting(database: FaultyDatabase, world: World) -> None:
    begun = asyncio.Event()

    async def hang() -> None:
        begun.set()
        await asyncio.Event().wait()

    database.before.append(hang)
    first = world.accept(1)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await begun.wait()
    behind, wish = world.accept(2), asyncio.create_task(world.cancel(1))
    await asyncio.sleep(0)
    await world.journal.close(0)
    outcomes = [*await settled(first, behind), *await asyncio.gather(wish, return_exceptions=True)]
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    assert await settled(world.accept(3)) == [None]


async def test_a_flush_that_is_cut_off_before_its_first_step_leaves_nobody_waiting(world: World) -> None:
    stream = world.accept(1)
    await world.journal.close(0)
    assert {type(outcome) for outcome in await settled(stream)} <= {Unavailable, type(None)}


@pytest.mark.parametrize("failure", [RuntimeError("a bug"), Unavailable("away")])
async def test_a_fault_while_it_waits_for_the_database_leaves_nobody_waiting(
    database: FaultyDatabase, world: World, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    sleep, naps = asyncio.sleep, 0

    async def fail_once(seconds: float) -> None:
        nonlocal naps
        naps += 1
        if naps == 2:  # the first one is before the commit
            raise failure
        await sleep(seconds)

    [stream] = streams = [world.accept(1)]
    assert await settled(*streams) == [None]
    monkeypatch.setattr("engine.journal.group_commit.asyncio.sleep", fail_once)
    database.before.append(Unavailable("away"))
    begin(stream)
    [outcome] = await settled(stream)
    assert outcome is failure
    assert await settled(world.accept(2)) == [None]


async def test_refusals_cost_their_neighbours_no_transaction(database: FaultyDatabase, world: World) -> None:
    assert await settled(world.accept(0, "key")) == [None]
    before = database.transactions
    stale = [world.stream(0) for _ in range(10)]
    for stream in stale:
        stream.record(EventType.EXECUTION_QUEUED, NOW, None, {})
        stream.commit()
    twice = [world.accept(number, "key") for number in range(100, 110)]
    good = [world.accept(number, f"key {number}") for number in range(200, 230)]
    outcomes = await settled(*stale, *twice, *good)
    assert {type(outcome) for outcome in outcomes[:10]} == {Fenced}
    assert {type(outcome) for outcome in outcomes[10:20]} == {KeyTaken}
    assert outcomes[20:] == [None] * 30
    assert database.transactions - before == 2  # one that found out, and one that looked first


async def test_of_one_key_in_one_batch_the_first_is_accepted(database: FaultyDatabase, world: World) -> None:
    streams = [world.accept(number, "key") for number in range(20)]
    outcomes = await settled(*streams)
    assert outcomes[0] is None
    assert {type(outcome) for outcome in outcomes[1:]} == {KeyTaken}
    assert list(database.events()) == ["exec_0"]
    assert database.transactions <= 3


def resume(stream: Stream) -> None:
    stream.record(EventType.EXECUTION_RESUMED, NOW, None, {})
    stream.commit()


async def test_of_two_owners_in_one_batch_one_goes_on(database: FaultyDatabase, world: World) -> None:
    first = world.accept(1)
    assert await settled(first) == [None]
    second = world.stream(1, first.state)
    begin(first)
    for _ in range(3):
        resume(second)
    assert [type(outcome) for outcome in await settled(first, second)] == [type(None), Fenced]
    assert database.events() == {"exec_1": ["execution_queued", "execution_started"]}


async def test_what_follows_a_refused_entry_in_its_batch_leaves_no_gap(database: FaultyDatabase, world: World) -> None:
    first = world.accept(1)
    stale = world.stream(1, first.state)
    begin(first)
    assert await settled(first) == [None]
    for _ in range(3):
        resume(stale)
    assert [type(outcome) for outcome in await settled(stale)] == [Fenced]
    assert database.events() == {"exec_1": ["execution_queued", "execution_started"]}


async def test_one_cancel_in_a_batch_is_no_fence_for_the_owner_whose_entry_comes_with_it(
    database: FaultyDatabase, world: World
) -> None:
    stream = world.accept(1)
    assert await settled(stream) == [None]
    begin(stream)
    state = await world.cancel(1)
    assert await settled(stream) == [None]
    assert state.status is ExecutionStatus.CANCELLED
    assert database.events() == {"exec_1": ["execution_queued", "execution_started", "execution_cancelled"]}
    begin(stream)
    assert [type(outcome) for outcome in await settled(stream)] == [Fenced]

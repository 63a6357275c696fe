"""What the queue of executions promises, on each database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import Connection, insert, select, text, update

from engine.actions.protocol import Message
from engine.core.decide import wake_at
from engine.core.run import Parent, Run, child_address
from engine.core.state import fold
from engine.definition.acceptance import new_row
from engine.definition.compiling import compile_plan
from engine.dispatch.claims import give_back, hand_over
from engine.dispatch.nodes import Membership
from engine.dispatch.setting_aside import set_aside, stumbled_over
from engine.journal.broadcast import Broadcast
from engine.journal.lives import MAX_LIVES, SUSPECT_LIVES
from engine.journal.mailbox import send
from engine.journal.projection import Entry, project
from engine.journal.queue import EXECUTIONS, Taken, Taker, next_moment, put, take
from engine.journal.writer import GroupFull, Writer, Written, write
from models.database.connect import connect
from models.database.database import Database
from models.database.tables import WorkflowRow, table
from models.entities.executions import Event
from models.errors import Unavailable
from models.ids import new_id
from models.words import EventType, OnParentEnd, WaitReason
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
ADDRESS = "signal:go"
PLAN = compile_plan([], [{"action_id": "pause", "action_type": "wait", "config": {"signal": "go"}}])
RACES = 60
"""Executions for which many take at once."""

TIMEOUT = timedelta(hours=1)
QUEUED = (EventType.EXECUTION_QUEUED, None, {})
STARTED = (EventType.EXECUTION_STARTED, None, {})
ACTION_STARTED = (EventType.ACTION_STARTED, "pause", {"attempt": 1})
COMPLETED = (EventType.EXECUTION_COMPLETED, None, {"outputs": {}})


def waiting(address: str = ADDRESS) -> Any:
    """What begins to wait for a message."""
    return EventType.ACTION_WAITING, "pause", {"reason": WaitReason.SIGNAL.value, "address": address, "notes": {}}


class Queue:
    """A database with a workflow and nodes, and what is done to it: each method is a transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = MovableClock()

    async def member(self) -> Membership:
        """A node that does nothing but be one."""
        membership = Membership(self.database, Broadcast(), self.clock, new_id)
        await membership.join()
        return membership

    async def write(self, *entries: Entry, node: str = "") -> Written:
        """Write entries as the journal does."""
        writer = Writer(0, node, new_id, lambda _connection, _ids: [])
        return await self.database.transaction(lambda connection: write(connection, entries, writer))

    async def take(self, node: Membership, now: datetime = NOW, room: int = 10, process: str = "one") -> list[str]:
        """What a node takes, in its order."""
        return list((await self.taken(node, now, room, process)).counted)

    async def taken(self, node: Membership, now: datetime = NOW, room: int = 10, process: str = "one") -> Taken:
        work = partial(take, taker=Taker(node.id, process), now=now, room=room)
        return await self.database.transaction(work)

    async def next_moment(self, *, has_room: bool = True) -> datetime | None:
        return await self.database.read(partial(next_moment, has_room=has_room))

    async def send(self, execution_id: str, address: str = ADDRESS) -> None:
        message = Message(new_id("msg_"), address, {"payload": 1}, "ada", NOW)
        await self.database.transaction(lambda connection: send(connection, execution_id, message, NOW))

    async def change(self, execution_id: str, **values: Any) -> None:
        statement = update(EXECUTIONS).where(EXECUTIONS.c.id == execution_id).values(**values)
        await self.database.transaction(lambda connection: connection.execute(statement).rowcount)

    async def in_hand(self) -> dict[str, str | None]:
        rows = select(EXECUTIONS.c.id, EXECUTIONS.c.node_id)
        found = await self.database.read(lambda connection: connection.execute(rows).all())
        return {row.id: row.node_id for row in found}


@pytest_asyncio.fixture
async def queue(database_url: str) -> AsyncIterator[Queue]:
    database = await connect(database_url)
    words = {"tenant": "default", "created_by": "ada", "status": "active", "search_text": "w", "tags": []}
    rule = {"key": None, "limit": 1, "on_limit": "queue"}

    def fill(connection: Connection) -> None:
        for name, concurrency in (("free", None), ("limited", rule)):
            values = {"id": name, "name": name, "concurrency": concurrency, "created_at": NOW, "updated_at": NOW}
            connection.execute(insert(table(WorkflowRow)).values(revision=0, **words, **values))

    await database.transaction(fill)
    yield Queue(database)
    await database.close()


def a_run(name: str, *, seconds: float = 0, **fields: Any) -> Run:
    """An execution that was accepted so many seconds after `NOW`."""
    values: dict[str, Any] = {
        "execution_id": name,
        "tenant": "default",
        "workflow_id": "free",
        "revision": 0,
        "created_by": "ada",
        "created_at": NOW + timedelta(seconds=seconds),
        "parameters": {},
        "timeout_seconds": int(TIMEOUT.total_seconds()),
        "plan": PLAN,
    }
    return Run(**(values | fields))


def entry(run: Run, before: int, *facts: Any, parks: bool = False, node: str | None = None) -> Entry:
    """What an owner appends after so many events; with `node` it is begun by the node that accepts it."""
    events = [Event(number, kind, run.created_at, name, data) for number, (kind, name, data) in enumerate(facts, 1)]
    state = fold(events)
    row = None
    if not before:
        row = new_row(run) if node is None else new_row(run) | {"node_id": node, "runnable_at": None}
    until = wake_at(run.plan, state, run.deadline(state)) if parks else None
    return project(run, events[before:], state, new_id, "own_1", row, parks_at=until)


def accepted(run: Run, node: str | None = None) -> Entry:
    return entry(run, 0, QUEUED, node=node)


PARKED = (QUEUED, STARTED, ACTION_STARTED, waiting())


def parked(run: Run) -> Entry:
    return entry(run, 0, *PARKED, parks=True)


# --- who takes ------------------------------------------------------------------------------------


async def test_each_is_taken_once_however_many_take(queue: Queue) -> None:
    names = [f"exec_{number:03}" for number in range(RACES)]
    await queue.write(*(accepted(a_run(name)) for name in names))
    members = [await queue.member() for _ in range(4)]
    got: list[tuple[str, str]] = []

    async def drain(node: Membership) -> None:
        while found := await queue.take(node, room=3):
            got.extend((name, node.id) for name in found)

    await asyncio.gather(*(drain(node) for node in members))
    await drain(members[0])  # what all passed by because others were about to take it, and did not
    assert sorted(name for name, _ in got) == names
    assert await queue.in_hand() == dict(got)


async def test_what_is_taken_or_begun_at_once_is_not_in_the_line(queue: Queue) -> None:
    node = await queue.member()
    await queue.write(accepted(a_run("exec_1")), accepted(a_run("exec_2"), node=node.id))
    assert await queue.take(node) == ["exec_1"]
    assert await queue.take(node) == []
    assert await queue.next_moment() is None


async def test_what_is_rolled_back_is_as_it_was(queue: Queue) -> None:
    node = await queue.member()

    def dying(connection: Connection, work: Any) -> None:
        work(connection)
        raise Unavailable("the node dies here")

    writer = Writer(0, node.id, new_id, lambda _connection, _ids: [])
    accept = partial(write, entries=[accepted(a_run("exec_1"))], writer=writer)
    with pytest.raises(Unavailable):
        await queue.database.transaction(partial(dying, work=accept))
    assert await queue.take(node) == []
    await queue.write(accepted(a_run("exec_1")))
    with pytest.raises(Unavailable):
        await queue.database.transaction(
            partial(dying, work=partial(take, taker=Taker(node.id, "one"), now=NOW, room=1))
        )
    assert await queue.take(node) == ["exec_1"]


async def test_a_node_that_was_taken_for_dead_takes_nothing(queue: Queue) -> None:
    node, other = await queue.member(), await queue.member()
    await queue.write(accepted(a_run("exec_1")))
    await queue.database.transaction(partial(hand_over, node_id=node.id, now=NOW))
    assert await queue.take(node) == []
    assert await queue.take(other) == ["exec_1"]


async def test_what_a_node_had_in_hand_goes_back_when_it_is_dead(queue: Queue) -> None:
    dead, other = await queue.member(), await queue.member()
    await queue.write(accepted(a_run("exec_1")), accepted(a_run("exec_2"), node=dead.id))
    assert await queue.take(dead) == ["exec_1"]
    assert await queue.database.transaction(partial(hand_over, node_id=dead.id, now=NOW)) == 2
    assert await queue.take(other) == ["exec_1", "exec_2"]


# --- when, and in which order ---------------------------------------------------------------------


async def test_nothing_is_taken_before_its_moment_and_the_next_moment_is_exact(queue: Queue) -> None:
    node = await queue.member()
    await queue.write(parked(a_run("exec_1")), accepted(a_run("exec_2", seconds=90)))
    assert await queue.next_moment() == NOW + timedelta(seconds=90)
    assert await queue.take(node, NOW + timedelta(seconds=89.999)) == []
    assert await queue.take(node, NOW + timedelta(seconds=90)) == ["exec_2"]
    assert await queue.next_moment() == NOW + TIMEOUT
    assert await queue.take(node, NOW + TIMEOUT) == ["exec_1"]
    assert await queue.next_moment() is None


async def test_what_has_begun_comes_before_what_is_new_and_the_longest_waiting_first(queue: Queue) -> None:
    node = await queue.member()
    await queue.write(*(accepted(a_run(f"exec_{number}", seconds=number)) for number in (3, 1, 2)))
    await queue.write(parked(a_run("exec_9", seconds=9)))
    late = NOW + timedelta(hours=2)
    assert await queue.take(node, late, room=2) == ["exec_9", "exec_1"]
    assert await queue.take(node, late, room=2) == ["exec_2", "exec_3"]


async def test_what_was_queued_for_too_long_is_taken_where_there_is_no_room(queue: Queue) -> None:
    node = await queue.member()
    group = {"workflow_id": "limited", "concurrency_key": ""}
    await queue.write(accepted(a_run("exec_1")), accepted(a_run("exec_2", queue_timeout_seconds=60)))
    await queue.write(accepted(a_run("exec_3", **group), node=node.id))
    await queue.write(accepted(a_run("exec_4", queue_timeout_seconds=70, **group)))
    assert await queue.next_moment(has_room=False) == NOW + timedelta(seconds=60)
    assert await queue.take(node, NOW + timedelta(seconds=59), room=0) == []
    assert await queue.take(node, NOW + timedelta(seconds=70), room=0) == ["exec_2", "exec_4"]
    assert await queue.next_moment(has_room=False) is None
    assert await queue.take(node, room=1) == ["exec_1"]


# --- what makes one runnable ----------------------------------------------------------------------


async def test_a_message_has_who_waits_for_it_taken(queue: Queue) -> None:
    node = await queue.member()
    await queue.write(parked(a_run("exec_1")), parked(a_run("exec_2")))
    await queue.send("exec_1", "signal:another")
    assert await queue.take(node) == []
    await queue.send("exec_2")
    assert await queue.take(node) == ["exec_2"]
    await queue.send("exec_2")  # its owner looks for it
    assert await queue.take(node) == []


async def test_a_message_that_comes_while_its_owner_lets_go_is_not_missed(queue: Queue) -> None:
    node = await queue.member()
    runs = [a_run(f"exec_{number:03}") for number in range(RACES)]
    await queue.write(*(entry(run, 0, *PARKED[:-1], node=node.id) for run in runs))

    async def race(run: Run) -> None:
        await asyncio.gather(queue.write(entry(run, 3, *PARKED, parks=True)), queue.send(run.execution_id))

    await asyncio.gather(*(race(run) for run in runs))
    assert await queue.take(node, room=RACES) == [run.execution_id for run in runs]


async def test_who_lets_go_without_an_entry_misses_no_message_either(queue: Queue) -> None:
    node = await queue.member()
    runs = [a_run(f"exec_{number:03}") for number in range(RACES)]
    await queue.write(*(entry(run, 0, *PARKED, node=node.id) for run in runs))

    async def race(name: str) -> None:
        back = partial(give_back, node_id=node.id, moments={name: NOW + TIMEOUT})
        await asyncio.gather(queue.database.transaction(back), queue.send(name))

    await asyncio.gather(*(race(run.execution_id) for run in runs))
    assert await queue.take(node, room=RACES) == [run.execution_id for run in runs]


async def test_the_end_of_one_has_the_one_that_waits_for_it_taken(queue: Queue) -> None:
    node = await queue.member()
    child = a_run("exec_child", parent=Parent("exec_1", "exec_1", 0, OnParentEnd.CANCEL))
    waits = (*PARKED[:-1], waiting(child_address("exec_child")))
    await queue.write(entry(a_run("exec_1"), 0, *waits, parks=True), accepted(child, node=node.id))
    assert await queue.take(node) == []
    await queue.write(entry(child, 1, QUEUED, STARTED, COMPLETED))
    assert await queue.take(node) == ["exec_1"]


async def test_in_a_group_only_those_are_taken_whose_turn_it_is(queue: Queue) -> None:
    node = await queue.member()
    runs = [a_run(f"exec_{number}", seconds=number, workflow_id="limited", concurrency_key="") for number in range(3)]
    late = NOW + timedelta(minutes=1)
    await queue.write(*(accepted(run) for run in runs))
    assert await queue.take(node, late) == ["exec_0"]
    refused = (await queue.write(entry(runs[1], 1, QUEUED, STARTED), node=node.id)).refused
    assert [type(error) for error in refused.values()] == [GroupFull]
    await queue.write(entry(runs[0], 1, QUEUED, STARTED), node=node.id)
    assert await queue.take(node, late) == []
    await queue.write(entry(runs[0], 2, QUEUED, STARTED, COMPLETED), node=node.id)
    assert await queue.take(node, late) == ["exec_1"]


async def test_who_begins_at_once_where_its_group_is_full_waits_in_no_hand(queue: Queue) -> None:
    node = await queue.member()
    first, second = [a_run(name, workflow_id="limited", concurrency_key="") for name in ("exec_1", "exec_2")]
    await queue.write(accepted(first, node=node.id), entry(first, 1, QUEUED, STARTED), node=node.id)
    await queue.write(accepted(second, node=node.id), entry(second, 1, QUEUED, STARTED), node=node.id)
    assert await queue.in_hand() == {"exec_1": node.id, "exec_2": None}
    assert await queue.take(node) == []
    await queue.write(entry(first, 2, QUEUED, STARTED, COMPLETED), node=node.id)
    assert await queue.take(node) == ["exec_2"]


async def test_a_cancel_that_leads_to_a_clean_up_takes_it_out_of_its_owners_hand(queue: Queue) -> None:
    node, other = await queue.member(), await queue.member()
    stopping = (EventType.EXECUTION_STOPPING, None, {"outcome": "cancelled", "error": None, "user_id": "ada"})
    await queue.write(entry(a_run("exec_1"), 0, QUEUED, STARTED, ACTION_STARTED, node=node.id))
    await queue.write(entry(a_run("exec_1"), 3, QUEUED, STARTED, ACTION_STARTED, stopping))
    assert await queue.take(other) == ["exec_1"]


async def test_what_has_ended_is_not_in_the_line_whatever_is_put_there(queue: Queue) -> None:
    node = await queue.member()
    await queue.write(accepted(a_run("exec_1")))
    cancelled = (EventType.EXECUTION_CANCELLED, None, {"user_id": "ada"})
    await queue.write(entry(a_run("exec_1"), 1, QUEUED, cancelled))
    await queue.database.transaction(partial(put, execution_ids=["exec_1"], moment=NOW))
    assert await queue.take(node) == []
    assert await queue.next_moment() is None


# --- what cannot be read, and what kills ----------------------------------------------------------


async def test_what_cannot_be_read_keeps_nobody_from_taking_it_or_others(queue: Queue) -> None:
    node = await queue.member()
    await queue.write(*(accepted(a_run(f"exec_{number}")) for number in (1, 2)))
    broken = text("UPDATE execution SET parameters = '[1' WHERE id = 'exec_1'")
    if "sqlite" in str(type(queue.database)).lower():
        await queue.database.transaction(lambda connection: connection.execute(broken).rowcount)
    await queue.change("exec_1", status="queued", error={"code": "none"}, workflow_id="free", revision=99)
    assert await queue.take(node) == ["exec_1", "exec_2"]


async def test_what_is_set_aside_comes_back_after_its_back_off(queue: Queue) -> None:
    node = await queue.member()
    await queue.write(accepted(a_run("exec_1")))
    for wait in (1, 2, 4):
        assert await queue.take(node) == ["exec_1"]

        def aside(connection: Connection) -> bool:
            return set_aside(connection, stumbled_over(connection, ["exec_1"]), NOW, node.id)

        await queue.database.transaction(aside)
        assert await queue.next_moment() == NOW + timedelta(seconds=wait)
        assert await queue.take(node, NOW + timedelta(seconds=wait - 0.001)) == []
        await queue.change("exec_1", runnable_at=NOW)


@pytest.mark.parametrize("lost", [0, 1, SUSPECT_LIVES, MAX_LIVES - 1, MAX_LIVES])
async def test_a_life_is_counted_with_the_taking_but_for_a_suspects(queue: Queue, lost: int) -> None:
    node = await queue.member()
    await queue.write(accepted(a_run("exec_1")))
    await queue.change("exec_1", lives=lost, taken_by="another")
    taken = await queue.taken(node)
    is_suspect = SUSPECT_LIVES <= lost < MAX_LIVES
    assert msgspec.structs.astuple(taken) == (([], [(lost, "exec_1")]) if is_suspect else (["exec_1"], []))
    lives = select(EXECUTIONS.c.lives)
    assert await queue.database.read(lambda connection: connection.execute(lives).scalar_one()) == lost + (
        not is_suspect
    )

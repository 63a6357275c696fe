"""Two nodes and more in one process, on a real PostgreSQL: who has what in hand, and what is left by whom."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_network
from itertools import chain
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import Connection, func, select, update

from app.composition import running_services
from app.settings.settings import Settings
from engine.core.clock import SystemClock
from engine.dispatch.claims import DELIVERIES, dead_nodes, hand_over, hand_over_orphans
from engine.dispatch.nodes import Membership, Pace
from engine.dispatch.sweeps import Sweeps
from engine.journal.broadcast import Broadcast
from engine.journal.queue import EXECUTIONS, NODES, Taker, take
from models.database.connect import connect
from models.database.database import Database
from models.ids import new_id
from models.words import DeliveryStatus, ExecutionStatus, NodeKind
from resolvers.executions import executions
from tests.support.calls import PATIENCE_SECONDS, call, held, notify, soon
from tests.support.engine_calls import (
    assert_gap_free,
    create,
    execute,
    execute_many,
    journal,
    journals,
    kinds,
)
from tests.support.nodes import nodes
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

RACES = 100


# --- what goes where -----------------------------------------------------------------------------


async def test_a_worker_carries_out_what_a_node_without_executions_accepts(
    settings: Settings, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    async with nodes(settings, NodeKind.API, NodeKind.WORKER) as (api, worker):
        execution = await execute(api, await create(api, call("step", "/held")))
        await soon(scripted.arrived)
        assert (api.services.dispatcher.running_count, worker.services.dispatcher.running_count) == (0, 1)
        scripted.released.set()
        assert kinds(await journal(api, execution.id))[-1] == "execution_completed"


async def test_what_is_waited_for_is_carried_out_by_the_node_that_accepts_it(settings: Settings) -> None:
    async with nodes(settings, NodeKind.API) as (api,):
        execution = await execute(api, await create(api, notify("step")), async_execution=False)
    assert execution.status is ExecutionStatus.COMPLETED


async def test_what_overflows_one_node_is_carried_out_by_all_of_them_and_no_node_has_more_than_it_may(
    settings: Settings, scripted: ScriptedService
) -> None:
    at_once, most = 0, 0

    async def count(_: ScriptedService, send: Any) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        at_once -= 1
        await send({"type": "http.response.body", "body": b""})

    scripted.answers["/count"] = count
    async with nodes(settings, NodeKind.ALL, NodeKind.WORKER, concurrency=2) as (ctx, _):
        ids = await execute_many(ctx, await create(ctx, call("work", "/count")), 100)
        ended = await journals(ctx, ids)
    for events in ended:
        assert_gap_free(events)
        assert kinds(events).count("execution_completed") == 1
    assert most <= 4
    calls = Counter(request["headers"]["idempotency-key"] for request in scripted.requests)
    assert calls == {f"{execution_id}:work": 1 for execution_id in ids}


async def test_an_execution_that_is_queued_for_too_long_fails_though_no_node_has_room(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    async with nodes(settings, NodeKind.ALL, concurrency=1) as (ctx,):
        slow = await execute(ctx, await create(ctx, call("slow", "/held"), name="slow"))
        await soon(scripted.arrived)
        late = await execute(ctx, await create(ctx, notify("note"), name="late", queue_timeout_seconds=1))
        events = await journal(ctx, late.id)
        assert kinds(events) == ["execution_queued", "execution_failed"]
        assert events[-1].data["error"]["code"] == "TIMEOUT"
        scripted.released.set()
        assert kinds(await journal(ctx, slow.id))[-1] == "execution_completed"


async def test_a_wait_is_taken_up_by_whoever_is_there_when_it_is_over(
    settings: Settings, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.running.runner.PARK_SECONDS", 0)
    scripted.answers["/busy"] = (503, {}, b"")
    retry = {"initial_delay_seconds": 0.5, "jitter": False}
    async with nodes(settings, NodeKind.API) as (api,):
        async with nodes(settings, NodeKind.WORKER):
            execution = await execute(api, await create(api, call("step", "/busy", retry=retry)))
            await soon(scripted.arrived)
        del scripted.answers["/busy"]
        async with nodes(settings, NodeKind.WORKER):
            events = await journal(api, execution.id)
    assert kinds(events)[-1] == "execution_completed"
    assert kinds(events).count("action_retry_scheduled") == 1


async def test_a_cancel_reaches_the_node_that_carries_it_out(settings: Settings, scripted: PartnerService) -> None:
    async with nodes(settings, NodeKind.API, NodeKind.API, NodeKind.WORKER) as (one, other, _):
        execution = await execute(one, await create(one, call("step", "/hang")))
        await soon(scripted.arrived)
        cancelled = await executions.cancel_execution(other, execution.id)
        assert cancelled.status is ExecutionStatus.CANCELLED
        await soon(scripted.given_up)
        scripted.dismiss()


async def test_what_a_node_lets_go_of_at_its_stop_goes_on_elsewhere(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    async with nodes(settings, NodeKind.API) as (api,):
        workflow = await create(api, call("step", "/held"))
        async with running_services(
            msgspec.structs.replace(settings, node_kind=NodeKind.WORKER), grace_seconds=0
        ) as worker:
            ids = await execute_many(api, workflow, 5)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(scripted.requests) < 5:
                    scripted.arrived.clear()
                    await scripted.arrived.wait()
            assert worker.dispatcher.running_count == 5
        scripted.released.set()
        async with nodes(settings, NodeKind.WORKER):
            ended = await journals(api, ids)
    assert {kinds(events)[-1] for events in ended} == {"execution_completed"}
    assert {kinds(events).count("execution_resumed") for events in ended} == {1}


async def test_what_came_of_a_cancelled_execution_ends_whatever_node_has_it(
    settings: Settings, scripted: PartnerService
) -> None:
    async with nodes(settings, NodeKind.API, NodeKind.WORKER) as (api, worker):
        leaf = await create(api, call("step", "/hang"), name="leaf")
        for level in range(3):
            action = {"action_id": "sub", "action_type": "sub_workflow", "config": {"workflow_id": leaf}}
            leaf = await create(api, action, name=f"level {level}")
        root = await execute(api, leaf)
        await soon(scripted.arrived)
        assert worker.services.dispatcher.running_count == 1
        await executions.cancel_execution(api, root.id)
        below = select(EXECUTIONS.c.id).where(EXECUTIONS.c.root_id == root.id)
        ids = await api.services.database.read(lambda connection: list(connection.execute(below).scalars()))
        assert len(ids) == 3
        assert {kinds(events)[-1] for events in await journals(api, ids)} == {"execution_cancelled"}
        await soon(scripted.given_up)


# --- claims, leases and who leads ------------------------------------------------------------------


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database without a node."""
    opened = await connect(database_url)
    yield opened
    await opened.close()


async def queued(settings: Settings, count: int) -> list[str]:
    """Executions that nobody carries out yet."""
    async with nodes(settings, NodeKind.API) as (api,):
        return sorted(await execute_many(api, await create(api, notify("note")), count))


async def member(database: Database) -> Membership:
    """A node that does nothing but be one."""
    membership = Membership(database, Broadcast(), SystemClock(), new_id, NodeKind.WORKER)
    await membership.join()
    return membership


async def holders(database: Database) -> set[str | None]:
    """Who has executions in hand."""
    rows = select(EXECUTIONS.c.node_id)
    return set(await database.read(lambda connection: connection.execute(rows).scalars().all()))


async def taken(database: Database, node: Membership) -> list[str]:
    """What a node takes."""
    now = datetime.now(UTC) + timedelta(hours=1)
    work = partial(take, taker=Taker(node.id, "process"), now=now, room=RACES)
    return sorted((await database.transaction(work)).counted)


async def expire(database: Database, node: Membership) -> None:
    lapsed = update(NODES).where(NODES.c.id == node.id).values(expires_at=func.now())
    await database.transaction(lambda connection: connection.execute(lapsed).rowcount)


async def test_what_a_dead_node_had_in_hand_is_handed_over_once_and_the_node_forgotten(
    settings: Settings, database: Database
) -> None:
    ids = await queued(settings, 3)
    dead, other = [await member(database) for _ in range(2)]
    assert await taken(database, dead) == ids
    assert await holders(database) == {dead.id}
    await expire(database, dead)
    now = datetime.now(UTC)

    def bury(connection: Connection) -> list[int]:
        return [hand_over(connection, node_id, now) for node_id in dead_nodes(connection, func.now())]

    buried = await asyncio.gather(*(database.transaction(bury) for _ in range(5)))
    assert list(chain.from_iterable(buried)) == [3]
    assert await holders(database) == {None}
    assert await taken(database, dead) == []
    assert await taken(database, other) == ids


async def test_what_is_in_the_hand_of_a_node_that_nobody_knows_is_handed_over(
    settings: Settings, database: Database
) -> None:
    ids = await queued(settings, 2)
    node = await member(database)
    assert await taken(database, node) == ids
    unknown = update(EXECUTIONS).values(node_id="node_unknown")
    await database.transaction(lambda connection: connection.execute(unknown).rowcount)
    assert await database.transaction(partial(hand_over_orphans, now=datetime.now(UTC))) == 2
    assert await taken(database, node) == ids


async def test_nodes_take_the_lowest_shard_that_is_free(database: Database) -> None:
    members = await asyncio.gather(*(member(database) for _ in range(4)))
    assert sorted(node.shard for node in members) == [0, 1, 2, 3]
    second = next(node for node in members if node.shard == 1)
    await database.transaction(partial(hand_over, node_id=second.id, now=datetime.now(UTC)))
    assert (await member(database)).shard == 1


async def test_of_the_nodes_that_are_alive_one_leads_and_another_one_once_its_lease_is_over(
    database: Database,
) -> None:
    members = [await member(database) for _ in range(3)]

    async def leading() -> list[bool]:
        return [(await database.transaction(node._beat))[1] for node in members]

    assert await leading() == [True, False, False]
    first = members.pop(0)
    await expire(database, first)
    assert await leading() == [True, False]
    assert (await database.transaction(first._beat))[:2] == (True, True)  # it was not gone after all
    assert await leading() == [False, False]


async def test_only_who_leads_sweeps_for_all(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[Sweeps] = []

    async def sweep(sweeps: Sweeps) -> None:
        swept.append(sweeps)

    monkeypatch.setattr("engine.dispatch.sweeps.SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(Sweeps, "_sweep_for_all", sweep)
    monkeypatch.setattr("app.composition.Membership", partial(Membership, pace=Pace(beat_seconds=0.05)))
    async with nodes(settings, NodeKind.API, NodeKind.WORKER, NodeKind.ALL) as (first, *_), asyncio.timeout(10):
        while len(swept) < 20:  # noqa: ASYNC110 - nothing tells of a sweep
            await asyncio.sleep(0.01)
        assert set(swept) == {first.services.dispatcher._sweeps}


# --- callbacks -----------------------------------------------------------------------------------


async def test_of_many_nodes_one_delivers_a_callback(settings: Settings, scripted: ScriptedService) -> None:
    local = msgspec.structs.replace(settings, allow_private_networks=(ip_network("127.0.0.0/8"),))
    async with nodes(local, NodeKind.ALL, NodeKind.ALL, NodeKind.ALL) as (ctx, *_):
        workflow = await create(ctx, notify("step"))
        url = f"{scripted.url}/told"
        started = [await execute(ctx, workflow, callback_url=url) for _ in range(20)]
        pending = select(DELIVERIES.c.id).where(DELIVERIES.c.status == DeliveryStatus.PENDING.value)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await ctx.services.database.read(lambda connection: connection.execute(pending).first()):
                scripted.arrived.clear()
                await asyncio.wait([asyncio.create_task(scripted.arrived.wait())], timeout=0.05)
    told = Counter(request["headers"]["webhook-id"] for request in scripted.requests)
    assert len(told) == len(started)
    assert set(told.values()) == {1}

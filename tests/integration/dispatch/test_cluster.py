"""Two nodes and more in one process, on a real PostgreSQL: who has what in hand, and what is left by whom."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_network
from itertools import chain
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import Connection, func, select, text, update

from app.composition import running_services
from app.settings.settings import Settings
from engine.dispatch.claims import DELIVERIES, EXECUTIONS, NODES, claim, dead_nodes, enqueue_strays, hand_over
from engine.dispatch.job_queue import EXECUTE, EXPIRE, take
from engine.dispatch.nodes import Membership
from engine.journal.broadcast import Broadcast
from models.database.connect import connect
from models.database.database import Database
from models.errors import Unavailable
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


# --- claims --------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database without a node."""
    opened = await connect(database_url)
    yield opened
    await opened.close()


async def queued(settings: Settings, count: int) -> list[str]:
    """Executions that nobody carries out yet."""
    async with nodes(settings, NodeKind.API) as (api,):
        return await execute_many(api, await create(api, notify("note")), count)


async def member(database: Database) -> Membership:
    """A node that does nothing but be one."""
    membership = Membership(database, Broadcast(), new_id, NodeKind.WORKER)
    await membership.join()
    return membership


def taken(connection: Connection, limit: int = 10) -> list[str]:
    """The executions of the next jobs, which are done with."""
    connection.execute(select(1))
    return sorted(take(connection, limit, [EXECUTE, EXPIRE], uuid4()))


async def holders(database: Database) -> dict[str, str | None]:
    """Who has which execution in hand."""
    rows = await database.read(
        lambda connection: connection.execute(select(EXECUTIONS.c.id, EXECUTIONS.c.node_id)).all()
    )
    return {row.id: row.node_id for row in rows}


async def test_of_two_nodes_that_claim_one_execution_one_gets_it(settings: Settings, database: Database) -> None:
    ids = await queued(settings, RACES)
    members = [await member(database) for _ in range(2)]

    async def race(execution_id: str) -> list[str]:
        """Claim it by both nodes at the same moment; the names of those that got it."""
        works = [partial(claim, node_id=node.id, execution_ids=[execution_id]) for node in members]
        got = await asyncio.gather(*(database.transaction(work) for work in works))
        return [node.id for node, claimed in zip(members, got, strict=True) if claimed]

    owners = [await race(execution_id) for execution_id in ids]
    assert {len(names) for names in owners} == {1}
    assert await holders(database) == {execution_id: name for execution_id, (name,) in zip(ids, owners, strict=True)}


async def test_one_job_is_taken_once_however_many_take(settings: Settings, database: Database) -> None:
    ids = await queued(settings, RACES)
    works = [partial(taken, limit=3)] * 10
    got: list[str] = []
    while any(found := await asyncio.gather(*(database.transaction(work) for work in works))):
        got += chain.from_iterable(found)
    assert sorted(got) == sorted(ids)


async def test_a_job_that_is_taken_in_a_transaction_that_fails_is_still_there(
    settings: Settings, database: Database
) -> None:
    ids = await queued(settings, 1)

    def dying(connection: Connection) -> None:
        assert taken(connection) == ids
        raise Unavailable("the node dies here")

    with pytest.raises(Unavailable):
        await database.transaction(dying)
    assert await database.transaction(taken) == ids


async def test_a_lost_job_is_asked_for_again_and_one_that_is_there_is_not(
    settings: Settings, database: Database
) -> None:
    ids = sorted(await queued(settings, 3))
    assert await database.transaction(taken) == ids  # and nobody claims them: the jobs are lost
    for _ in range(2):
        await database.transaction(partial(enqueue_strays, now=datetime.now(UTC)))
    assert await database.transaction(taken) == ids
    assert await database.transaction(taken) == []


async def test_what_a_dead_node_had_in_hand_is_handed_over_once_and_the_node_forgotten(
    settings: Settings, database: Database
) -> None:
    ids = sorted(await queued(settings, 3))
    dead, _ = [await member(database) for _ in range(2)]
    await database.transaction(taken)
    await database.transaction(partial(claim, node_id=dead.id, execution_ids=ids))
    expire = update(NODES).where(NODES.c.id == dead.id).values(expires_at=func.now())
    await database.transaction(lambda connection: connection.execute(expire).rowcount)

    def bury(connection: Connection) -> list[int]:
        return [hand_over(connection, node_id) for node_id in dead_nodes(connection)]

    buried = await asyncio.gather(*(database.transaction(bury) for _ in range(5)))
    assert list(chain.from_iterable(buried)) == [3]
    assert set((await holders(database)).values()) == {None}
    assert await database.transaction(taken) == ids
    with pytest.raises(Unavailable, match="taken for dead"):
        await database.transaction(partial(claim, node_id=dead.id, execution_ids=ids))


async def test_what_is_in_the_hand_of_a_node_that_nobody_knows_is_found(settings: Settings, database: Database) -> None:
    ids = sorted(await queued(settings, 2))
    await database.transaction(taken)
    unknown = update(EXECUTIONS).values(node_id="node_unknown")
    await database.transaction(lambda connection: connection.execute(unknown).rowcount)
    await database.transaction(partial(enqueue_strays, now=datetime.now(UTC)))
    assert await database.transaction(taken) == ids
    assert set((await holders(database)).values()) == {None}


async def test_nodes_take_the_lowest_shard_that_is_free(database: Database) -> None:
    members = await asyncio.gather(*(member(database) for _ in range(4)))
    assert sorted(node.shard for node in members) == [0, 1, 2, 3]
    second = next(node for node in members if node.shard == 1)
    await database.transaction(partial(hand_over, node_id=second.id))
    assert (await member(database)).shard == 1


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


async def test_the_queue_notifies_nobody_itself(database: Database) -> None:
    """NOTIFY makes all commits of a database wait for each other, and what wakes nodes is sent apart from them."""
    triggers = text("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'pgqueuer'::regclass AND NOT tgisinternal")
    assert await database.read(lambda connection: connection.execute(triggers).scalar_one()) == 0

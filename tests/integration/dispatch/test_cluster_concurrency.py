"""The limits of a workflow over many nodes: one group, whoever accepts, begins and ends its executions."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest
from sqlalchemy import func, select, update

from app.composition import running_services
from app.settings.settings import Settings
from engine.journal.queue import EXECUTIONS, NODES
from models.errors import ConcurrencyLimitReached
from models.words import ExecutionStatus, NodeKind
from resolvers.context import Context
from tests.support.calls import call, notify, soon
from tests.support.crowd import PATH, Crowd
from tests.support.engine_calls import ADA, assert_gap_free, create, execute, journal, journals, kinds
from tests.support.nodes import nodes
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

THREE = (NodeKind.ALL, NodeKind.ALL, NodeKind.WORKER)


async def accepted_by_all(ctxs: Sequence[Context], workflow: str, count: int) -> list[str]:
    """Start executions on nodes in turn, all at the same moment."""
    answers = await asyncio.gather(*(execute(ctxs[number % len(ctxs)], workflow) for number in range(count)))
    return [answer.id for answer in answers]


async def test_nodes_that_race_never_begin_more_than_may_run_and_leave_nobody_behind(
    settings: Settings, scripted: ScriptedService
) -> None:
    crowd = Crowd(scripted)
    async with nodes(settings, *THREE) as (one, other, _):
        workflow = await create(one, call("step", PATH), concurrency={"limit": 3})
        ids = await accepted_by_all((one, other), workflow, 60)
        crowd.let_go(60)
        ended = await journals(one, ids)
    for events in ended:
        assert_gap_free(events)
        assert kinds(events).count("execution_started") == 1
        assert kinds(events)[-1] == "execution_completed"
    assert crowd.most <= 3
    assert sorted(crowd.order) == sorted(ids)


async def test_of_many_starts_on_many_nodes_as_many_as_may_are_accepted(
    settings: Settings, scripted: ScriptedService
) -> None:
    crowd = Crowd(scripted)
    async with nodes(settings, *THREE) as (one, other, _):
        workflow = await create(one, call("step", PATH), concurrency={"limit": 2, "on_limit": "fail"})
        works = [execute((one, other)[number % 2], workflow) for number in range(30)]
        answers = await asyncio.gather(*works, return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, ConcurrencyLimitReached)]
        assert len(refused) == 28
        crowd.let_go(2)
        for answer in answers:
            if not isinstance(answer, BaseException):
                assert kinds(await journal(one, answer.id))[-1] == "execution_completed"


async def test_an_end_on_one_node_lets_the_next_begin_on_another_that_has_room(
    settings: Settings, scripted: ScriptedService
) -> None:
    crowd = Crowd(scripted)
    async with nodes(settings, NodeKind.API, NodeKind.WORKER) as (api, worker):
        workflow = await create(api, call("step", PATH), concurrency={"limit": 1})
        first = asyncio.create_task(execute(api, workflow, async_execution=False))
        await crowd.arrived()  # the API node itself carries out what is waited for
        second = await execute(api, workflow)
        crowd.let_go()
        assert (await first).status is ExecutionStatus.COMPLETED
        await crowd.arrived()
        assert (api.services.dispatcher.running_count, worker.services.dispatcher.running_count) == (0, 1)
        crowd.let_go()
        assert kinds(await journal(api, second.id))[-1] == "execution_completed"


async def test_the_oldest_is_aborted_on_whatever_node_it_runs(settings: Settings, scripted: PartnerService) -> None:
    async with nodes(settings, NodeKind.API, NodeKind.WORKER) as (api, _):
        workflow = await create(api, call("step", "/hang"), concurrency={"limit": 1, "on_limit": "cancel_oldest"})
        first = await execute(api, workflow)
        await soon(scripted.arrived)
        await execute(api, workflow)
        await soon(scripted.given_up)
        assert kinds(await journal(api, first.id))[-1] == "execution_cancelled"
        scripted.dismiss()


async def test_a_limit_that_is_raised_lets_begin_whoever_may_though_nobody_was_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.dispatch.sweeps.SWEEP_SECONDS", 0.2)
    async with nodes(settings, NodeKind.API) as (api,):
        workflow = await create(api, notify("note"), concurrency={"limit": 1})
        ids = [(await execute(api, workflow)).id for _ in range(3)]
        lost = update(EXECUTIONS).values(runnable_at=None)
        await api.services.database.transaction(lambda connection: connection.execute(lost).rowcount)
        async with nodes(settings, NodeKind.WORKER):
            ended = await journals(api, ids)
    assert {kinds(events)[-1] for events in ended} == {"execution_completed"}


async def test_what_a_dead_node_ran_counts_until_another_one_has_ended_it(
    settings: Settings, scripted: ScriptedService
) -> None:
    crowd = Crowd(scripted)
    async with nodes(settings, NodeKind.API) as (api,):
        workflow = await create(api, call("step", PATH), concurrency={"limit": 1})
        async with running_services(
            msgspec.structs.replace(settings, node_kind=NodeKind.WORKER), grace_seconds=0
        ) as worker:
            ids = [(await execute(api, workflow)).id for _ in range(3)]
            await crowd.arrived()
            assert Context(ADA, worker).services.dispatcher.running_count == 1
        crowd.let_go(4)
        async with nodes(settings, NodeKind.WORKER):
            ended = await journals(api, ids)
    assert {kinds(events)[-1] for events in ended} == {"execution_completed"}
    assert crowd.order == [ids[0], *ids]


async def test_a_node_that_is_gone_between_the_taking_and_the_start_leaves_the_turn_to_others(
    settings: Settings,
) -> None:
    async with nodes(settings, NodeKind.API) as (api,):
        workflow = await create(api, notify("note"), concurrency={"limit": 1})
        ids = [(await execute(api, workflow)).id for _ in range(2)]
        database = api.services.database
        node = select(NODES.c.id).scalar_subquery()
        taken = update(EXECUTIONS).where(EXECUTIONS.c.id == ids[0]).values(node_id="node_dead", runnable_at=None)
        dead = NODES.insert().values(
            id="node_dead", kind="worker", shard=99, started_at=func.now(), expires_at=func.now()
        )
        assert await database.read(lambda connection: connection.execute(select(node)).scalar_one())
        await database.transaction(lambda connection: connection.execute(dead).rowcount)
        await database.transaction(lambda connection: connection.execute(taken).rowcount)
        async with nodes(settings, NodeKind.WORKER):
            ended = await journals(api, ids)
    assert {kinds(events)[-1] for events in ended} == {"execution_completed"}

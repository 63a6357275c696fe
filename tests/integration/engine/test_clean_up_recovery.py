"""A clean-up goes on from wherever it was cut off, and is begun by whichever node is there, on both databases."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from app.composition import running_services
from app.settings.settings import Settings
from models.entities.executions import Event
from models.words import EventType, ExecutionStatus, NodeKind
from resolvers.context import Context
from resolvers.executions import executions
from tests.support.calls import Json, answer, call, held, notify, soon
from tests.support.engine_calls import (
    ADA,
    ONE_PROCESS,
    assert_gap_free,
    crashing,
    create,
    execute,
    journal,
    kinds,
    redispatched,
    seen,
)
from tests.support.nodes import nodes
from tests.support.scripted_service import PartnerService, ScriptedService

pytestmark = pytest.mark.asyncio

ONCE = {"retry": {"max_attempts": 1}}
CLUSTER = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
UNDONE = ["second.compensate", "first.compensate", "end"]


def saga(last: str) -> list[Json]:
    """Two actions that can be undone, and one at `last`."""

    def undo(path: str) -> Json:
        config = {"service": "scripted", "endpoint": path, "method": "PUT"}
        return {"compensate": {"action_type": "service_call", "config": config}}

    return [
        call("first", "/first", **undo("/undo-first")),
        call("second", "/second", depends_on=["first"], **undo("/undo-second")),
        call("last", last, depends_on=["second"], **ONCE),
    ]


async def arrived(scripted: ScriptedService, path: str, count: int = 1) -> None:
    while [request["path"] for request in scripted.requests].count(path) < count:
        scripted.arrived.clear()
        await soon(scripted.arrived)


def successes(events: list[Event]) -> list[Any]:
    return [event.action_id for event in events if event.type == EventType.ACTION_SUCCEEDED]


async def test_a_crash_amid_a_compensation_repeats_nothing_that_was_journaled(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers |= {"/bad": answer({}, 500), "/undo-first": held}
    async with crashing(settings) as ctx:
        execution = await execute(ctx, await create(ctx, *saga("/bad"), on_exit=[notify("end")]))
        await arrived(scripted, "/undo-first")

    scripted.released.set()
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        events = await journal(ctx, execution.id)
        read = await executions.get_execution(ctx, execution.id)
    assert_gap_free(events)
    assert (kinds(events).count("execution_stopping"), kinds(events).count("execution_resumed")) == (1, 1)
    assert successes(events) == ["first", "second", *UNDONE]
    assert read.status is ExecutionStatus.FAILED
    calls = Counter(request["headers"]["idempotency-key"] for request in scripted.requests)
    assert calls[f"{execution.id}:second.compensate"] == 1
    assert calls[f"{execution.id}:first.compensate"] == 2


async def test_a_cancel_that_was_committed_before_a_crash_is_cleaned_up_by_the_next_start(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    async with crashing(settings) as ctx:
        execution = await execute(ctx, await create(ctx, *saga("/held"), on_exit=[notify("end")]))
        await arrived(scripted, "/held")
        await ctx.services.dispatcher.stop(grace_seconds=0)
        cancelled = await executions.cancel_execution(ctx, execution.id)
        assert (cancelled.status, cancelled.stopping) == (ExecutionStatus.RUNNING, ExecutionStatus.CANCELLED)
    async with running_services(settings) as services:
        events = await journal(Context(ADA, services), execution.id)
    assert events[-1].type == "execution_cancelled"
    assert events[-1].data["user_id"] == "ada"
    assert successes(events) == ["first", "second", *UNDONE]


async def test_an_execution_that_waits_for_a_timer_is_cleaned_up_at_once(
    settings: Settings, scripted: PartnerService
) -> None:
    """Nobody has it in hand, and its timer is due in an hour."""
    scripted.answers["/busy"] = (503, {"retry-after": "3600"}, b"")
    actions = saga("/busy")
    actions[-1]["retry"] = {"max_attempts": 2, "max_delay_seconds": 3600}
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        execution = await execute(ctx, await create(ctx, *actions, timeout_seconds=7200, on_exit=[notify("end")]))
        await seen(ctx, execution.id, EventType.ACTION_RETRY_SCHEDULED, "last")
        await executions.cancel_execution(ctx, execution.id)
        events = await journal(ctx, execution.id)
        assert successes(events) == ["first", "second", *UNDONE]
        assert events[-1].type == "execution_cancelled"
        read = await executions.get_execution(ctx, execution.id)
    assert read.actions[2].status == "cancelled"


@ONE_PROCESS
async def test_a_process_that_is_full_cleans_up_what_was_stopped_in_it(ctx: Context, scripted: PartnerService) -> None:
    scripted.answers["/held"] = held
    async with redispatched(ctx, max_running=1) as narrow_ctx:
        workflow_id = await create(ctx, *saga("/held"), on_exit=[notify("end")])
        first, second = [await execute(narrow_ctx, workflow_id) for _ in range(2)]
        await arrived(scripted, "/held")
        cancelled = await executions.cancel_execution(narrow_ctx, second.id)
        assert cancelled.status is ExecutionStatus.CANCELLED  # it never left the queue
        await executions.cancel_execution(narrow_ctx, first.id)
        assert successes(await journal(ctx, first.id)) == ["first", "second", *UNDONE]


@CLUSTER
async def test_a_cancel_on_one_node_stops_the_work_on_another_and_a_node_cleans_up(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    async with nodes(settings, NodeKind.API, NodeKind.WORKER) as (api, worker):
        execution = await execute(api, await create(api, *saga("/held"), on_exit=[notify("end")]))
        await arrived(scripted, "/held")
        assert worker.services.dispatcher.running_count == 1
        await executions.cancel_execution(api, execution.id)
        events = await journal(api, execution.id)
    assert_gap_free(events)
    assert events[-1].type == "execution_cancelled"
    assert successes(events) == ["first", "second", *UNDONE]


@CLUSTER
async def test_what_a_node_that_only_answers_has_in_hand_is_cleaned_up_too(
    settings: Settings, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    async with nodes(settings, NodeKind.API, NodeKind.WORKER) as (api, _):
        workflow_id = await create(api, *saga("/held"), on_exit=[notify("end")])
        waited_for = asyncio.create_task(execute(api, workflow_id, async_execution=False))
        await arrived(scripted, "/held")
        key = scripted.requests[-1]["headers"]["idempotency-key"]
        await executions.cancel_execution(api, key.partition(":")[0])
        ended = await waited_for
    assert ended.status is ExecutionStatus.CANCELLED
    assert successes(list(ended.events)) == ["first", "second", *UNDONE]

"""What one execution may keep, and have in hand at a time: a request of 1 MB does not become gigabytes of memory."""

import asyncio
from typing import Any

import pytest

from engine.core import state
from engine.core.bounds import MAX_IN_HAND_BYTES
from engine.core.truncation import is_cut
from engine.journal.journal import read_events_of
from models.words import EventType, ExecutionStatus
from resolvers.context import Context
from tests.support.calls import PATIENCE_SECONDS, Json
from tests.support.engine_calls import create, execute, journal
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

SIZE = 900_000
TEXT = {"name": "text", "type": "string", "required": True}
LIST = {"name": "list", "type": "array", "required": True}
ROOM = 5_000_000
TOO_MANY = ROOM // SIZE + 3


@pytest.fixture
def small_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """An execution may keep less than usual, so that little has to be written."""
    assert ROOM < state.MAX_JOURNAL_BYTES == 67_108_864
    monkeypatch.setattr(state, "MAX_JOURNAL_BYTES", ROOM)


def longer(action_id: str = "longer", **more: Any) -> Json:
    """It gives a text of its own for each item."""
    config = {"output": "{{text}}{{item}}"}
    return {"action_id": action_id, "action_type": "transform", "config": config, **more}


def each(**more: Any) -> Json:
    return {"for_each": {"in": "{{list}}", "max_concurrency": 1_000, **more}}


def given(count: int) -> Json:
    return {"parameters": {"text": "a" * SIZE, "list": list(range(count))}}


@pytest.mark.usefixtures("small_room")
async def test_what_the_actions_of_an_execution_give_is_bounded(ctx: Context) -> None:
    bounded = longer(**each(tolerated_failure_percentage=100))
    workflow_id = await create(ctx, bounded, parameters=[TEXT, LIST])
    events = await journal(ctx, (await execute(ctx, workflow_id, **given(TOO_MANY))).id)
    assert events[-1].type == EventType.EXECUTION_COMPLETED
    kept = [event for event in events if event.type == EventType.ACTION_SUCCEEDED and "item" in event.data]
    failed = [event.data["error"] for event in events if event.type == EventType.ACTION_FAILED]
    assert len(kept) == ROOM // SIZE
    assert {error["code"] for error in failed} == {"EXECUTION_TOO_LARGE"}
    assert "keep less by `output`" in failed[0]["message"]


@pytest.mark.usefixtures("small_room")
async def test_the_clean_up_has_room_of_its_own(ctx: Context) -> None:
    clean_up = {"action_id": "after", "action_type": "transform", "config": {"output": "{{text}}"}}
    workflow_id = await create(ctx, longer(**each()), parameters=[TEXT, LIST], on_exit=[clean_up])
    events = await journal(ctx, (await execute(ctx, workflow_id, **given(TOO_MANY))).id)
    after = [event for event in events if event.action_id == "after"]
    assert [event.type for event in after] == [EventType.ACTION_STARTED, EventType.ACTION_SUCCEEDED]
    assert events[-1].data["error"]["code"] == "ITEMS_FAILED"


async def test_attempts_that_are_large_are_in_hand_few_at_a_time(ctx: Context, scripted: ScriptedService) -> None:
    places = MAX_IN_HAND_BYTES // SIZE + 1
    arrived, released = asyncio.Event(), asyncio.Event()

    async def hold(service: ScriptedService, send: Any) -> None:
        if len(service.requests) == places:
            arrived.set()
        await released.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b"{}"})

    scripted.answers["/hold"] = hold
    config = {"service": "scripted", "endpoint": "/hold", "method": "POST", "parameters": {"text": "{{text}}{{item}}"}}
    call = {"action_id": "call", "action_type": "service_call", "config": config, **each()}
    workflow_id = await create(ctx, call, parameters=[TEXT, LIST])
    execution_id = (await execute(ctx, workflow_id, **given(3 * places))).id
    async with asyncio.timeout(PATIENCE_SECONDS):
        await arrived.wait()
    # What reaches out is on disk before: no more have begun, and been filled in, than are in hand.
    found = await ctx.services.database.read(lambda connection: read_events_of(connection, [execution_id]))
    so_far = found[execution_id]
    assert sum(event.type == EventType.ACTION_STARTED and "item" in event.data for event in so_far) == places
    released.set()
    events = await journal(ctx, execution_id)
    assert events[-1].type == EventType.EXECUTION_COMPLETED
    assert len(scripted.requests) == 3 * places


async def test_a_parent_is_told_the_beginning_of_a_large_result_and_the_outputs_whole(ctx: Context) -> None:
    child = await create(
        ctx, longer(**each()), name="child", parameters=[TEXT, LIST], outputs={"count": "{{longer.response | length}}"}
    )
    config = {"workflow_id": child, "parameters": {"text": "{{text}}", "list": "{{list}}"}}
    parent = await create(
        ctx, {"action_id": "sub", "action_type": "sub_workflow", "config": config}, parameters=[TEXT, LIST]
    )
    detail = await execute(ctx, parent, async_execution=False, **given(5))
    assert detail.status is ExecutionStatus.COMPLETED
    events = await journal(ctx, detail.id)
    response = next(event.data["response"] for event in events if event.type == EventType.ACTION_SUCCEEDED)
    assert response["outputs"] == {"count": 5}
    assert is_cut(response["result"])

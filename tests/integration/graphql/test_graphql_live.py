"""Live lists and many listeners: each change once, resumable by cursor, on both databases."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from typing import Any, cast

import httpx
import pytest
from websockets.asyncio.client import connect as dial
from websockets.typing import Subprotocol

from engine.journal.broadcast import Broadcast, feed_of
from models.commands.filters import ExecutionFilter
from models.database.changes import Horizon, horizon, take_change
from models.database.connect import connect
from resolvers.context import Context
from resolvers.executions.feeds import execution_changes
from resolvers.shared_reads import SharedReads
from tests.support.calls import PATIENCE_SECONDS, Json, call, create, held, notify, run, soon, sse, start, token
from tests.support.scripted_service import ScriptedService
from tests.support.sockets import receive, send, signed_in

pytestmark = pytest.mark.asyncio

EXECUTIONS = """
subscription ($filter: ExecutionFilterInput, $after: String) {
  executions(filter: $filter, after: $after) { cursor execution { id status workflow { name } } }
}
"""
ACTIVITY = """
subscription ($filter: ActivityFilterInput, $after: String) {
  activity(filter: $filter, after: $after) { cursor activity { id type workflowId executionId } }
}
"""
LISTENERS = 1_000
OPERATIONS_PER_SOCKET = 100


async def live(client: httpx.AsyncClient, query: str, **variables: Any) -> AsyncGenerator[Json, None]:
    """The messages of a subscription, each within the time limit."""
    messages = cast(AsyncGenerator[Json, None], sse(client, query, **variables))
    async with aclosing(messages), asyncio.timeout(PATIENCE_SECONDS):
        async for message in messages:
            assert "errors" not in message, message
            (payload,) = message["data"].values()
            yield payload


async def until_completed(changes: AsyncIterator[Json], execution_id: str) -> list[Json]:
    seen = []
    async for change in changes:
        seen.append(change)
        if change["execution"]["id"] == execution_id and change["execution"]["status"] == "COMPLETED":
            break
    return seen


WHOSE = "subscription { executionChanges { execution { id status createdBy workflow { name } viewerCan { rerun } } } }"


async def test_each_of_many_is_told_what_is_so_for_him(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "told", notify("note")))["workflow_id"]
    who = [token("ada", "default", "editor"), token("bob", "default", "viewer"), token("ada", "default", "editor")]
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(signed_in(client, headers)) for headers in who]
        for socket in sockets:
            await send(socket, id="1", type="subscribe", payload={"query": WHOSE})
            assert (await receive(socket))["payload"]["data"] == {"executionChanges": {"execution": None}}
        started = await start(client, workflow_id)
        told: list[list[Json]] = [[] for _ in sockets]
        for socket, seen in zip(sockets, told, strict=True):
            while not seen or seen[-1]["status"] != "COMPLETED":
                seen.append((await receive(socket))["payload"]["data"]["executionChanges"]["execution"])
    assert told[0] == told[2]
    for seen, may_rerun in zip(told, (True, False, True), strict=True):
        assert {(one["id"], one["createdBy"], one["workflow"]["name"]) for one in seen} == {(started, "ada", "told")}
        assert seen[-1]["viewerCan"]["rerun"] is may_rerun


async def test_a_list_is_told_of_every_change_and_can_be_resumed_at_each(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    slow = (await create(client, "slow", call("wait", "/held")))["workflow_id"]
    quick = (await create(client, "quick", notify("note")))["workflow_id"]
    before = await run(client, quick)
    changes = live(client, EXECUTIONS)
    first = await anext(changes)
    assert first["execution"] is None
    held_one = await start(client, slow)
    await soon(scripted.arrived)
    quick_one = await start(client, quick)
    seen = await until_completed(changes, quick_one)
    scripted.released.set()
    seen += await until_completed(changes, held_one)
    await changes.aclose()
    told = [(change["execution"]["id"], change["execution"]["status"]) for change in seen]
    assert before["execution_id"] not in [execution_id for execution_id, _ in told]
    assert max(Counter(told).values()) == 1
    assert [status for execution_id, status in told if execution_id == held_one][-1] == "COMPLETED"
    assert {change["execution"]["workflow"]["name"] for change in seen} == {"slow", "quick"}
    again = live(client, EXECUTIONS, after=first["cursor"])
    latest = await until_completed(again, held_one)
    await again.aclose()
    assert [change["execution"]["id"] for change in latest] == [quick_one, held_one]
    resumed = live(client, EXECUTIONS, after=latest[0]["cursor"])
    assert [change["execution"]["id"] for change in await until_completed(resumed, held_one)] == [held_one]
    await resumed.aclose()


async def test_a_list_is_filtered_and_shows_no_other_tenant(client: httpx.AsyncClient, server: str) -> None:
    one, other = await create(client, "one", notify("note")), await create(client, "other", notify("note"))
    changes = live(client, EXECUTIONS, filter={"workflowId": other["workflow_id"], "status": "COMPLETED"})
    cursor = (await anext(changes))["cursor"]
    await run(client, one["workflow_id"])
    wanted = (await run(client, other["workflow_id"]))["execution_id"]
    seen = await until_completed(changes, wanted)
    assert [change["execution"]["id"] for change in seen] == [wanted]
    await changes.aclose()
    async with httpx.AsyncClient(base_url=server, headers=token("sam", "elsewhere", "admin")) as stranger:
        theirs = (await create(stranger, "theirs", notify("note")))["workflow_id"]
        foreign = live(stranger, EXECUTIONS, after=cursor)
        own = (await run(stranger, theirs))["execution_id"]
        assert {change["execution"]["id"] for change in await until_completed(foreign, own)} == {own}
        await foreign.aclose()


async def test_the_activity_feed_is_live_and_resumable(client: httpx.AsyncClient) -> None:
    feed = live(client, ACTIVITY)
    first = await anext(feed)
    workflow = (await create(client, "watched", notify("note")))["workflow_id"]
    execution = (await run(client, workflow))["execution_id"]
    await client.delete(f"/workflows/{workflow}")
    seen = [await anext(feed) for _ in range(4)]
    await feed.aclose()
    assert Counter(change["activity"]["type"] for change in seen) == Counter(
        ["WORKFLOW_CREATED", "WORKFLOW_EXECUTED", "EXECUTION_COMPLETED", "WORKFLOW_DELETED"]
    )
    assert {change["activity"]["executionId"] for change in seen} == {None, execution}
    for number, cursor in enumerate([first["cursor"], *(change["cursor"] for change in seen[:-1])]):
        resumed = live(client, ACTIVITY, after=cursor)
        rest = [await anext(resumed) for _ in seen[number:]]
        await resumed.aclose()
        assert rest == seen[number:]
    only = live(client, ACTIVITY, after=first["cursor"], filter={"type": ["WORKFLOW_DELETED"]})
    assert (await anext(only))["activity"]["type"] == "WORKFLOW_DELETED"
    await only.aclose()


async def test_what_is_no_cursor_of_a_feed_is_refused(client: httpx.AsyncClient) -> None:
    executions, activity = live(client, EXECUTIONS), live(client, ACTIVITY)
    of_activity = (await anext(activity))["cursor"]
    assert (await anext(executions))["execution"] is None
    await executions.aclose()
    await activity.aclose()
    for cursor in ("", "x", "é", of_activity, "ZXhlY3V0aW9uczo5OTk5OTk5OTk5OTk5fA", "ZXhlY3V0aW9uczotMXw"):
        body = {"query": EXECUTIONS, "variables": {"after": cursor}}
        answered = await client.post("/graphql", json=body, headers={"Accept": "text/event-stream"})
        messages = [json.loads(line[6:]) for line in answered.text.splitlines() if line.startswith("data: {")]
        codes = [error["extensions"]["code"] for message in messages for error in message["errors"]]
        assert (cursor, codes) == (cursor, ["VALIDATION_ERROR"])


async def test_what_commits_late_is_told_all_the_same(database_url: str) -> None:
    """A reader must not pass by the number of a transaction that is still open."""
    database = await connect(database_url)
    numbers = []
    for _ in range(3):
        numbers.append(await database.transaction(take_change))
        assert await database.read(horizon) == Horizon(numbers[-1], numbers[-1])
    assert numbers == sorted(set(numbers))
    if database_url.startswith("sqlite"):  # where the next writer waits for the one before it
        await database.close()
        return

    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(database_url)
    async with engine.begin() as late:
        number = await late.run_sync(take_change)
        quick = await database.transaction(take_change)
        seen = await database.read(horizon)
    assert numbers[-1] == seen.settled < number < quick == seen.taken
    assert await database.read(horizon) == Horizon(quick, quick)
    await engine.dispose()
    await database.close()


async def test_a_thousand_listeners_of_one_execution_all_get_all_events(
    client: httpx.AsyncClient, server: str, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    actions = [call("wait", "/held"), notify("last", "{{wait.status}}")]
    execution_id = await start(client, (await create(client, "watched", *actions))["workflow_id"])
    await soon(scripted.arrived)
    query = "subscription ($id: ID!) { executionEvents(executionId: $id) { sequence type } }"
    seen: Counter[tuple[int, str]] = Counter()
    ended: Counter[str] = Counter()
    waiting = asyncio.Semaphore(0)

    async def listen(number: int, stack: AsyncExitStack) -> None:
        subprotocols = [Subprotocol("graphql-transport-ws")]
        socket = await stack.enter_async_context(
            dial(f"{server.replace('http', 'ws')}/graphql", subprotocols=subprotocols)
        )
        await socket.send(json.dumps({"type": "connection_init", "payload": {"X-User-ID": "ada"}}))
        await socket.recv()
        for operation in range(OPERATIONS_PER_SOCKET):
            payload = {"query": query, "variables": {"id": execution_id}}
            await socket.send(json.dumps({"type": "subscribe", "id": f"{number}-{operation}", "payload": payload}))
        live = OPERATIONS_PER_SOCKET
        while live:
            message = json.loads(await socket.recv())
            if message["type"] == "complete":
                live -= 1
                ended[message["id"]] += 1
                continue
            assert "errors" not in message["payload"], message
            event = message["payload"]["data"]["executionEvents"]
            seen[event["sequence"], event["type"]] += 1
            if event["type"] == "ACTION_STARTED" and event["sequence"] == 3:
                waiting.release()

    async with AsyncExitStack() as stack, asyncio.timeout(50):
        listening = [asyncio.create_task(listen(number, stack)) for number in range(LISTENERS // OPERATIONS_PER_SOCKET)]
        for _ in range(LISTENERS):
            await waiting.acquire()
        scripted.released.set()
        await asyncio.gather(*listening)
    assert sorted(seen.values()) == [LISTENERS] * 7
    assert [sequence for sequence, _ in sorted(seen)] == list(range(1, 8))
    assert len(ended) == LISTENERS


async def test_those_who_are_woken_together_share_one_read() -> None:
    reads: list[int] = []
    broadcast, shared, begun = Broadcast(), SharedReads(), asyncio.Event()

    async def read() -> int:
        reads.append(len(reads) + 1)
        number = reads[-1]
        begun.set()
        await asyncio.sleep(0)
        return number

    async def listener() -> int:
        with broadcast.listen("topic") as woken:
            await woken.wait()
            return await shared.read("key", read)

    tasks = [asyncio.create_task(listener()) for _ in range(50)]
    await asyncio.sleep(0)
    broadcast.publish(["topic"])
    assert await asyncio.gather(*tasks) == [1] * 50
    begun.clear()
    earlier = asyncio.create_task(shared.read("key", read))
    await soon(begun)
    assert await shared.read("key", read) == 3  # a read that has begun takes nobody in
    assert await earlier == 2


async def test_a_listener_that_goes_away_leaves_nothing_behind(ctx: Context) -> None:
    feed = execution_changes(ctx, ExecutionFilter(), None)
    assert (await anext(feed)).node is None
    waiting = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await feed.aclose()
    assert feed_of(ctx.user.tenant) not in vars(ctx.services.broadcast)["_listeners"]

"""Live executions over Server-Sent Events and over the graphql-transport-ws protocol, on both databases."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.support.calls import (
    EVENTS,
    PATIENCE_SECONDS,
    Json,
    call,
    create,
    events,
    held,
    notify,
    run,
    soon,
    sse,
    start,
    token,
)
from tests.support.scripted_service import PartnerService, ScriptedService
from tests.support.sockets import receive, send

pytestmark = pytest.mark.asyncio

ADA = {"X-User-ID": "ada"}
PROTOCOL = Subprotocol("graphql-transport-ws")
SNAPSHOTS = """
subscription ($id: ID!) {
  execution(id: $id) { status progress { completedActions currentAction percentage } result }
}
"""


@asynccontextmanager
async def opened(server: str) -> AsyncIterator[ClientConnection]:
    """A WebSocket to the GraphQL edge, not yet initialised."""
    async with connect(f"{server.replace('http', 'ws')}/graphql", subprotocols=[PROTOCOL]) as socket:
        yield socket


@asynccontextmanager
async def signed_in(server: str, payload: Json) -> AsyncIterator[ClientConnection]:
    """A WebSocket that is initialised with the credentials of `payload`."""
    async with opened(server) as socket:
        await send(socket, type="connection_init", payload=payload)
        assert (await receive(socket))["type"] == "connection_ack"
        yield socket


async def subscribe(socket: ClientConnection, id_: str, query: str, **variables: Any) -> None:
    await send(socket, type="subscribe", id=id_, payload={"query": query, "variables": variables})


async def operation(socket: ClientConnection, id_: str) -> AsyncIterator[Json]:
    """The payloads of one operation until it is complete."""
    while (message := await receive(socket))["type"] == "next":
        assert message["id"] == id_
        yield message["payload"]
    assert (message["type"], message["id"]) == ("complete", id_)


async def refusal(socket: ClientConnection) -> list[str]:
    """The codes with which an operation was refused, before or while it was carried out."""
    message = await receive(socket)
    if message["type"] == "error":
        errors = message["payload"]
    else:
        errors = message["payload"]["errors"]
        assert (await receive(socket))["type"] == "complete"
    return [error["extensions"]["code"] for error in errors]


async def held_workflow(client: httpx.AsyncClient, scripted: ScriptedService) -> str:
    """The id of a workflow whose second of three actions waits until the test releases it."""
    scripted.answers["/held"] = held
    actions = [notify("first"), call("second", "/held", depends_on=["first"]), notify("third", "{{second.status}}")]
    return str((await create(client, "watched", *actions))["workflow_id"])


WHOLE_JOURNAL = [
    ("EXECUTION_QUEUED", None),
    ("EXECUTION_STARTED", None),
    ("ACTION_STARTED", "first"),
    ("ACTION_SUCCEEDED", "first"),
    ("ACTION_STARTED", "second"),
    ("ACTION_SUCCEEDED", "second"),
    ("ACTION_STARTED", "third"),
    ("ACTION_SUCCEEDED", "third"),
    ("EXECUTION_COMPLETED", None),
]
HELD_AT = ("ACTION_STARTED", "second")


def told(event: Json) -> tuple[str, str | None]:
    return event["type"], event["actionId"]


# --- Server-Sent Events --------------------------------------------------------------------------


async def test_a_running_execution_is_seen_live(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    execution_id = await start(client, await held_workflow(client, scripted))
    seen: list[Json] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in events(client, execution_id):
            seen.append(event)
            if told(event) == HELD_AT:  # nothing releases the action but having seen it start
                scripted.released.set()
    assert [told(event) for event in seen] == WHOLE_JOURNAL
    assert [event["sequence"] for event in seen] == list(range(1, len(WHOLE_JOURNAL) + 1))


async def test_resuming_after_any_cursor_misses_nothing_and_repeats_nothing(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    execution_id = await start(client, await held_workflow(client, scripted))
    seen: list[Json] = []
    stream = events(client, execution_id)
    async for event in stream:
        seen.append(event)
        if told(event) == HELD_AT:
            break
    await stream.aclose()  # type: ignore[attr-defined]  # the listener goes away in the middle
    scripted.released.set()
    seen += [event async for event in events(client, execution_id, after=seen[-1]["sequence"])]
    assert [told(event) for event in seen] == WHOLE_JOURNAL
    for after in range(len(seen) + 2):
        assert [event async for event in events(client, execution_id, after)] == seen[after:]
    from_the_beginning = (
        "subscription ($id: ID!, $after: Int) { executionEvents(executionId: $id, after: $after) { type } }"
    )
    told_again = [message["data"] async for message in sse(client, from_the_beginning, id=execution_id, after=None)]
    assert [message["executionEvents"]["type"] for message in told_again] == [event["type"] for event in seen]


async def test_many_listeners_each_see_every_event(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    execution_id = await start(client, await held_workflow(client, scripted))
    arrived = asyncio.Barrier(20)

    async def listen() -> list[tuple[str, str | None]]:
        seen = []
        async for event in events(client, execution_id):
            seen.append(told(event))
            if told(event) == HELD_AT:
                await arrived.wait()
                scripted.released.set()
        return seen

    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await asyncio.gather(*(listen() for _ in range(20))) == [WHOLE_JOURNAL] * 20


async def test_the_snapshots_of_an_execution_end_with_its_result(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    execution_id = await start(client, await held_workflow(client, scripted))
    await soon(scripted.arrived)
    snapshots: list[Json] = []
    async for message in sse(client, SNAPSHOTS, id=execution_id):
        snapshots.append(message["data"]["execution"])
        scripted.released.set()
    assert snapshots[0] == {
        "status": "RUNNING",
        "progress": {"completedActions": 1, "currentAction": "second", "percentage": 33.33},
        "result": None,
    }
    assert (snapshots[-1]["status"], snapshots[-1]["progress"]["percentage"]) == ("COMPLETED", 100.0)
    assert list(snapshots[-1]["result"]) == ["first", "second", "third"]
    assert [snapshot["status"] for snapshot in snapshots].count("COMPLETED") == 1


async def test_a_cancellation_ends_every_stream(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    workflow_id = (await create(client, "cancelled", call("slow", "/hang")))["workflow_id"]
    execution_id = await start(client, workflow_id)
    seen = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in events(client, execution_id):
            seen.append(told(event))
            if told(event) == ("ACTION_STARTED", "slow"):
                await client.post(f"/workflows/executions/{execution_id}/cancel")
    assert seen[-1] == ("EXECUTION_CANCELLED", None)


async def test_what_cannot_be_watched_is_told_with_its_code(client: httpx.AsyncClient) -> None:
    ended = await run(client, (await create(client, "w"))["workflow_id"])
    stranger = token("sam", "elsewhere", "admin")
    for query, variables, headers, code in (
        (EVENTS, {"id": "exec_0", "after": 0}, {}, "EXECUTION_NOT_FOUND"),
        (SNAPSHOTS, {"id": "exec_0"}, {}, "EXECUTION_NOT_FOUND"),
        (EVENTS, {"id": ended["execution_id"], "after": 0}, stranger, "EXECUTION_NOT_FOUND"),
        (SNAPSHOTS, {"id": ended["execution_id"]}, stranger, "EXECUTION_NOT_FOUND"),
        (EVENTS, {"id": ended["execution_id"], "after": -1}, {}, "VALIDATION_ERROR"),
    ):
        body = {"query": query, "variables": variables}
        answered = await client.post("/graphql", json=body, headers={"Accept": "text/event-stream", **headers})
        messages = [json.loads(line[6:]) for line in answered.text.splitlines() if line.startswith("data: {")]
        (message,) = messages
        assert [error["extensions"]["code"] for error in message["errors"]] == [code]


async def test_a_listener_without_credentials_sees_nothing(client: httpx.AsyncClient, server: str) -> None:
    execution_id = (await run(client, (await create(client, "w"))["workflow_id"]))["execution_id"]
    body = {"query": EVENTS, "variables": {"id": execution_id, "after": 0}}
    async with httpx.AsyncClient(base_url=server, headers={"Accept": "text/event-stream"}) as anonymous:
        answered = await anonymous.post("/graphql", json=body)
        assert "UNAUTHENTICATED" in answered.text
        assert 'executionEvents":{' not in answered.text.replace(" ", "")
        refused = await anonymous.post("/graphql", json=body, headers={"X-API-Key": "wrong"})
        assert refused.status_code == 401


# --- WebSocket -----------------------------------------------------------------------------------


async def test_a_socket_sees_a_running_execution_live(
    client: httpx.AsyncClient, server: str, scripted: ScriptedService
) -> None:
    execution_id = await start(client, await held_workflow(client, scripted))
    seen = []
    async with signed_in(server, ADA) as socket:
        assert socket.subprotocol == PROTOCOL
        await subscribe(socket, "1", EVENTS, id=execution_id, after=0)
        async for payload in operation(socket, "1"):
            event = payload["data"]["executionEvents"]
            seen.append(event)
            if told(event) == HELD_AT:
                scripted.released.set()
        await subscribe(socket, "2", EVENTS, id=execution_id, after=4)
        again = [payload["data"]["executionEvents"] async for payload in operation(socket, "2")]
    assert [told(event) for event in seen] == WHOLE_JOURNAL
    assert again == seen[4:]


async def test_a_socket_carries_many_operations_and_each_can_be_stopped(
    client: httpx.AsyncClient, server: str, scripted: ScriptedService
) -> None:
    execution_id = await start(client, await held_workflow(client, scripted))
    await soon(scripted.arrived)
    async with signed_in(server, ADA) as socket:
        await subscribe(socket, "watch", SNAPSHOTS, id=execution_id)
        assert (await receive(socket))["payload"]["data"]["execution"]["status"] == "RUNNING"
        await subscribe(socket, "read", "{ workflows { totalCount } }")
        answers = [payload["data"] async for payload in operation(socket, "read")]
        assert answers == [{"workflows": {"totalCount": 1}}]
        await send(socket, type="ping")
        assert (await receive(socket))["type"] == "pong"
        await send(socket, type="complete", id="watch")
        scripted.released.set()
        ended = [event async for event in events(client, execution_id)][-1]
        assert ended["type"] == "EXECUTION_COMPLETED"
        await send(socket, type="ping")
        assert (await receive(socket))["type"] == "pong"  # and nothing of the stopped operation before it


async def test_a_socket_is_told_of_an_unknown_execution_and_stays_open(client: httpx.AsyncClient, server: str) -> None:
    async with signed_in(server, ADA) as socket:
        for query, variables in ((EVENTS, {"id": "exec_0", "after": 0}), (SNAPSHOTS, {"id": "exec_0"})):
            await subscribe(socket, "1", query, **variables)
            assert await refusal(socket) == ["EXECUTION_NOT_FOUND"]
        await subscribe(socket, "2", "{ __typename }")
        assert [payload["data"] async for payload in operation(socket, "2")] == [{"__typename": "Query"}]


async def close_code(server: str, message: Json) -> int:
    """The code with which a socket is closed whose first message is `message`."""
    async with opened(server) as socket:
        await send(socket, **message)
        with pytest.raises(ConnectionClosed) as closed:
            await receive(socket)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


async def test_bad_credentials_close_a_socket_with_4403_and_a_missing_init_with_4401(server: str) -> None:
    for payload in ({"X-API-Key": "wrong"}, {"Authorization": "Bearer nonsense", **ADA}, {"x-user-id": ""}):
        assert await close_code(server, {"type": "connection_init", "payload": payload}) == 4403
    early = {"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}
    assert await close_code(server, early) == 4401


async def test_a_socket_without_credentials_can_do_nothing(server: str) -> None:
    async with signed_in(server, {}) as socket:
        for query in ("{ workflows { totalCount } }", 'subscription { execution(id: "exec_0") { id } }'):
            await subscribe(socket, "1", query)
            assert await refusal(socket) == ["UNAUTHENTICATED"]

"""Answers are bounded in bytes: what is too large is null with its error, or a 422; the rest is there (S22, F51)."""

import asyncio
import json
import socket as sockets
import threading
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from app.asgi import create_app
from app.server.large_answers import give_back_memory
from app.server.patience import Patience
from app.server.serving import serving
from app.settings.settings import Settings
from models import answer_budget
from tests.support.calls import NO_TLS, PATIENCE_SECONDS, Json, assert_envelope, create, notify, run, sse, start

ROOM = 10_000
LARGE = "x" * 3_000
WORD = {"name": "w", "type": "string", "required": True}
RESOLVERS = Path(__file__).parents[3] / "resolvers"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers have little room."""
    monkeypatch.setattr(answer_budget, "MAX_ANSWER_BYTES", ROOM)
    monkeypatch.setattr("rest_compat.responses.MAX_ANSWER_BYTES", ROOM)


async def executed(client: httpx.AsyncClient, count: int = 6) -> list[str]:
    """So many executions that have ended, oldest first, with 3,000 bytes of parameters and of a response each."""
    workflow = await create(client, "large", notify("a", "{{w}}"), parameters=[WORD])
    return [(await run(client, workflow["workflow_id"], w=LARGE))["execution_id"] for _ in range(count)]


async def asked(client: httpx.AsyncClient, query: str, **variables: Any) -> Json:
    answered = await client.post("/graphql", json={"query": query, "variables": variables})
    assert answered.status_code == 200
    assert len(answered.content) < 2 * ROOM
    return dict(answered.json())


def refused(body: Json) -> set[str]:
    """The fields that were too large, by their paths with a star for a number; there are no other errors."""
    assert {error["extensions"]["code"] for error in body["errors"]} <= {"ANSWER_TOO_LARGE"}
    assert all("ask for fewer" in error["message"] for error in body["errors"])
    return {".".join("*" if isinstance(part, int) else part for part in error["path"]) for error in body["errors"]}


@pytest.mark.asyncio
@pytest.mark.parametrize("field", ["parameters", "result", "actions { response }", "events { data }"])
async def test_a_list_gives_what_there_is_room_for_and_says_what_is_missing(
    client: httpx.AsyncClient, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await executed(client)
    monkeypatch.setattr(answer_budget, "MAX_ANSWER_BYTES", ROOM)
    body = await asked(client, f"{{ executions {{ nodes {{ id status {field} }} }} }}")
    nodes = body["data"]["executions"]["nodes"]
    assert [node["status"] for node in nodes] == ["COMPLETED"] * 6
    given = [node for node in nodes if LARGE in str(node)]
    assert 0 < len(given) < 6
    last = field.split(maxsplit=1)[0] if "{" not in field else field.split("{", maxsplit=1)[0].rsplit(maxsplit=1)[-1]
    assert refused(body) & {f"executions.nodes.*.{last}"}


@pytest.mark.asyncio
async def test_each_alias_counts(client: httpx.AsyncClient, small: None) -> None:
    workflow = await create(client, "large", notify("a", "a"), parameters=[WORD])
    await start(client, workflow["workflow_id"], w=LARGE)
    aliases = " ".join(f"p{number}: parameters" for number in range(10))
    body = await asked(client, f"{{ executions {{ nodes {{ {aliases} }} }} }}")
    (node,) = body["data"]["executions"]["nodes"]
    assert [node[f"p{number}"] is None for number in range(10)] == [False] * 3 + [True] * 7


@pytest.mark.asyncio
async def test_long_texts_count_as_well(client: httpx.AsyncClient, small: None) -> None:
    for number in range(6):
        body = {"name": f"w{number}", "description": "d" * 2_000, "actions": []}
        assert (await client.post("/workflows", json=body)).status_code == 201
    answered = await asked(client, "{ workflows { nodes { name description } } }")
    given = [node["description"] for node in answered["data"]["workflows"]["nodes"]]
    assert 0 < given.count(None) == len(answered["errors"]) < 6
    assert refused(answered) == {"workflows.nodes.*.description"}


@pytest.mark.asyncio
async def test_what_is_not_asked_for_is_not_read(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await executed(client)
    monkeypatch.setattr(answer_budget, "MAX_ANSWER_BYTES", 1_000)
    for query in ("{ executions { nodes { id status } } }", "{ workflows { nodes { executions { nodes { id } } } } }"):
        body = await asked(client, query)
        assert "errors" not in body
        assert all(execution_id in str(body["data"]) for execution_id in ids)


@pytest.mark.asyncio
async def test_rest_answers_what_fits_and_refuses_what_does_not(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (execution_id, *_) = await executed(client)
    workflow_id = (await client.get("/workflows")).json()["workflows"][0]["workflow_id"]
    monkeypatch.setattr(answer_budget, "MAX_ANSWER_BYTES", 5_000)
    listed = await client.get(f"/workflows/{workflow_id}/executions")
    assert len(listed.json()["executions"]) == 6
    refusal = await client.get(f"/workflows/executions/{execution_id}")
    assert "ask for fewer" in assert_envelope(refusal, 422, "ANSWER_TOO_LARGE")
    # What is not an answer is not bounded by one.
    again = await run(client, workflow_id, w=LARGE)
    assert again["status"] == "completed"


@pytest.mark.asyncio
async def test_an_execution_whose_answer_is_too_large_is_told_to_be_accepted(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = await create(client, "large", notify("a", "{{w}}"), parameters=[WORD])
    path = f"/workflows/{workflow['workflow_id']}"
    monkeypatch.setattr("rest_compat.responses.MAX_ANSWER_BYTES", 5_000)
    refusal = await client.post(f"{path}/execute", json={"parameters": {"w": LARGE}, "async_execution": False})
    detail = assert_envelope(refusal, 422, "ANSWER_TOO_LARGE")
    (accepted,) = (await client.get(f"{path}/executions")).json()["executions"]
    assert accepted["status"] == "completed" and f"{accepted['execution_id']} was accepted" in detail


@pytest.mark.asyncio
async def test_a_stream_gives_each_event_room_of_its_own(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (execution_id, *_) = await executed(client, 1)
    monkeypatch.setattr(answer_budget, "MAX_ANSWER_BYTES", ROOM)
    query = "subscription ($id: ID!) { executionEvents(executionId: $id) { sequence data a: data b: data } }"
    messages = [message async for message in sse(client, query, id=execution_id)]
    assert [message["data"]["executionEvents"]["sequence"] for message in messages] == list(range(1, len(messages) + 1))
    assert all("errors" not in message for message in messages) and str(messages).count(LARGE) == 3


SPARE_BYTES = 200_000_000


@pytest.mark.asyncio
async def test_a_hundred_executions_of_a_megabyte_take_neither_the_memory_nor_the_answer(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    workflow = await create(client, "large", notify("a", "a"), parameters=[WORD])
    for _ in range(40):
        await start(client, workflow["workflow_id"], w="x" * 1_000_000)
    before = psutil.Process().memory_info().rss
    query = "{ executions(first: 40) { nodes { parameters result } edges { node { a: parameters b: parameters } } } }"
    answered = await client.post("/graphql", json={"query": query})
    assert 10_000_000 < len(answered.content) < 18_000_000
    assert psutil.Process().memory_info().rss - before < SPARE_BYTES  # the client's own copies too
    assert refused(answered.json())


DEAF = 6
KEPT_BYTES = 80_000_000
"""What may be left of 6 answers of 16 MB, whose clients read nothing of them, once those have been dropped."""


@pytest.mark.asyncio
async def test_what_clients_do_not_read_is_given_back(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop, tidied = asyncio.get_running_loop(), asyncio.Event()

    def give_back_and_tell() -> None:
        give_back_memory()
        loop.call_soon_threadsafe(tidied.set)

    monkeypatch.setattr("app.server.large_answers.give_back_memory", give_back_and_tell)
    app = create_app(Settings(data_dir=data_dir))
    async with (
        serving(app, patience=Patience(stall_seconds=0.5)) as url,
        httpx.AsyncClient(base_url=url, headers={"X-User-ID": "ada"}, timeout=30, verify=NO_TLS) as client,
    ):
        workflow = await create(client, "large", notify("a", "a"), parameters=[WORD])
        for _ in range(17):
            await start(client, workflow["workflow_id"], w="x" * 1_000_000)
        before = psutil.Process().memory_info().rss
        deaf = [await asyncio.to_thread(never_reading, client) for _ in range(DEAF)]
        async with asyncio.timeout(PATIENCE_SECONDS):
            others = True
            while others:
                others = (await client.get("/metrics")).json()["application"]["active_connections"] > 1
            tidied.clear()
            await tidied.wait()
        assert psutil.Process().memory_info().rss - before < KEPT_BYTES
        for connection in deaf:
            connection.close()


def never_reading(client: httpx.AsyncClient) -> sockets.socket:
    """A connection that asks for a large answer, and leaves it where it is."""
    body = json.dumps({"query": "{ executions { nodes { parameters } } }"}).encode()
    connection = sockets.socket()
    connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
    connection.connect((client.base_url.host, client.base_url.port))
    connection.sendall(
        b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-User-ID: ada\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    return connection


@pytest.mark.asyncio
async def test_a_client_that_reads_slowly_is_served_to_the_end(data_dir: Path) -> None:
    app = create_app(Settings(data_dir=data_dir))
    async with (
        serving(app, patience=Patience(stall_seconds=1.0)) as url,
        httpx.AsyncClient(base_url=url, headers={"X-User-ID": "ada"}, timeout=30, verify=NO_TLS) as client,
    ):
        workflow = await create(client, "large", notify("a", "a"), parameters=[WORD])
        for _ in range(3):
            await start(client, workflow["workflow_id"], w="x" * 1_000_000)
        connection = await asyncio.to_thread(never_reading, client)
        read = await asyncio.to_thread(read_slowly, connection)
        assert read.startswith(b"HTTP/1.1 200") and len(read) > 3_000_000


def read_slowly(connection: sockets.socket) -> bytes:
    """Read for longer than a stalled client is waited for, with a few pauses that are shorter."""
    found, paused, pause = b"", 0, threading.Event()
    with connection:
        while len(found) < 3_000_000 and (chunk := connection.recv(65_536)):
            found += chunk
            if len(found) // 300_000 > paused:
                paused += 1
                pause.wait(0.15)
    return found


def test_no_use_case_reads_past_the_budget() -> None:
    past = [
        file.name
        for file in RESOLVERS.rglob("*.py")
        if "services.database.read(" in file.read_text() and file.name not in ("context.py", "worker.py")
    ]
    assert past == []

"""Attacks by much of something: messages (S21), bytes and work (S22), bad handshakes (S25), pages elsewhere (S27)."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.server import ServerProtocol

from models import answer_budget
from resolvers.context import Context
from tests.attacks.edges import PATIENCE_SECONDS, PROTOCOL, socket_url
from tests.attacks.target import EDITOR, Target, attack, patched, set_to

MANY = 2_000
ROOM = 50_000
FRIEND = "https://console.example.com"
WORD = {"name": "word", "type": "string", "required": True}


@attack("S21", patched("resolvers.access.token_bucket.TokenBucket.take", lambda *_: True))
async def a_socket_that_sends_without_end(target: Target) -> None:
    is_closed = False
    try:
        async with connect(socket_url(target), subprotocols=PROTOCOL) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": EDITOR}))
            await socket.recv()
            for _ in range(MANY):
                await socket.send(json.dumps({"type": "pong"}))
                await asyncio.sleep(0)
    except ConnectionClosed:
        is_closed = True
    assert is_closed


@attack("S21", patched("schema.transport.socket.MAX_EARLY_MESSAGES", MANY))
async def a_socket_that_talks_before_it_says_who_it_is(target: Target) -> None:
    async with connect(socket_url(target), subprotocols=PROTOCOL) as socket, asyncio.timeout(PATIENCE_SECONDS):
        for _ in range(50):
            await socket.send(json.dumps({"type": "ping"}))
        answered = 0
        try:
            while answered < 50:
                await socket.recv()
                answered += 1
        except ConnectionClosed as error:
            assert error.rcvd is not None and error.rcvd.code == 4429
        assert answered < 50


def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_budget, "MAX_ANSWER_BYTES", ROOM)


def uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.answer_budget.AnswerBudget.reading", lambda *_: None)
    monkeypatch.setattr("models.answer_budget.AnswerBudget.writing", lambda *_: None)


@attack("S22", uncounted, arrange=little_room)
async def an_answer_of_all_that_there_is(target: Target) -> None:
    action = {"action_id": "a", "action_type": "notification", "config": {"message": "{{word}}"}}
    workflow_id = await target.workflow(action, parameters=[WORD])
    for _ in range(4):
        await target.run(workflow_id, parameters={"word": "x" * 20_000})
    query = "{ executions { nodes { parameters result } edges { node { a: parameters b: result } } } }"
    answered = await target.client.post("/graphql", json={"query": query}, headers=EDITOR)
    assert len(answered.content) < 2 * ROOM
    codes = {error["extensions"]["code"] for error in answered.json()["errors"]}
    assert codes == {"ANSWER_TOO_LARGE"}


@attack("S22", patched("schema.transport.guard.MAX_EVENT_COST", 10**9))
async def a_subscription_that_is_dear_at_each_event(target: Target) -> None:
    page = "executions(first: 100) { nodes { actions { actionId attempts { number } } timeline { actionId } } }"
    query = f'subscription {{ execution(id: "exec_0") {{ workflow {{ {page} }} }} }}'
    headers = {**EDITOR, "Accept": "text/event-stream"}
    stream = await target.client.post("/graphql", json={"query": query}, headers=headers)
    assert '"OPERATION_TOO_COSTLY"' in stream.text


@attack("S22", patched("resolvers.context.Context.excuse", lambda ctx: _always_excused(ctx)), rate_limit=5)
async def refusals_without_end(target: Target) -> None:
    statuses = []
    for number in range(20):
        query = {"query": f"{{ nosuch{number} }}"}
        statuses.append((await target.client.post("/graphql", json=query, headers=EDITOR)).status_code)
    assert statuses[0] == 200 and statuses[-1] == 429


async def _always_excused(ctx: Context) -> None:
    await ctx.settle(0)


@attack("S25", patched("app.server.socket_limits.Handshake.reject", ServerProtocol.reject))
async def a_handshake_that_is_none(target: Target) -> None:
    url = target.client.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: none\r\n\r\n"
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
    writer.close()
    assert b" 400 " in head
    assert b"x-content-type-options: nosniff" in head and b"frame-ancestors 'none'" in head


@attack("S27", set_to(allowed_origins=frozenset({"*"})), allowed_origins=frozenset({FRIEND}))
async def a_page_of_another_site_that_reads(target: Target) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answers: list[Any] = [
        await target.client.options("/graphql", headers={"Origin": "https://evil.example", **asked}),
        await target.client.get("/workflows", headers={"Origin": "https://evil.example", **EDITOR}),
        await target.client.get("/workflows", headers={"Origin": "null", **EDITOR}),
    ]
    assert not any("access-control-allow-origin" in answer.headers for answer in answers)
    friend = await target.client.get("/workflows", headers={"Origin": FRIEND, **EDITOR})
    assert friend.headers["access-control-allow-origin"] == FRIEND
    assert "access-control-allow-credentials" not in friend.headers

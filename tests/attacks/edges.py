"""Attacks at the edges: what is for tests alone (S11), headers (S12), sockets (S14), floods (S15), bugs (S16)."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from app import api_routes
from tests.attacks.target import ADMIN, EDITOR, Target, attack, patched, set_to

SECRET_OF_THE_HOUSE = "SELECT password FROM /etc/passwd"
PROTOCOL = [Subprotocol("graphql-transport-ws")]
PATIENCE_SECONDS = 20


@attack(
    "S11", patched("app.api_routes.rest_routes", lambda **given: rest_routes(**{**given, "test_environment": True}))
)
async def the_test_environment_in_production(target: Target) -> None:
    for path in ("/test/setup", "/test/cleanup", "/test/mock-service"):
        assert (await target.client.post(path, json={}, headers=ADMIN)).status_code == 404
    answer = await target.graphql("mutation { cleanUpTestData(input: {}) { userErrors { code } } }", ADMIN)
    assert answer["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"


rest_routes = api_routes.rest_routes


@attack("S12", patched("app.server.headers.SECURITY_HEADERS", ()))
async def answers_in_a_hostile_page(target: Target) -> None:
    for path in ("/workflows", "/nothing", "/graphql", "/workflows/health"):
        headers = (await target.client.get(path, headers=EDITOR)).headers
        assert headers.get("cache-control") == "no-store"
        assert headers.get("x-content-type-options") == "nosniff"
        assert "frame-ancestors 'none'" in headers.get("content-security-policy", "")
        assert headers.get("referrer-policy") == "no-referrer"
        assert not {"server", "set-cookie", "access-control-allow-origin"} & set(headers)


def socket_url(target: Target) -> str:
    return f"{str(target.client.base_url).replace('http', 'ws', 1).rstrip('/')}/graphql"


@attack("S14", set_to(allowed_origins=frozenset({"*"})))
async def a_socket_from_the_page_of_another_site(target: Target) -> None:
    refused = False
    try:
        async with connect(socket_url(target), subprotocols=PROTOCOL, origin=Origin("https://evil.example")):
            pass
    except InvalidStatus as error:
        refused = error.response.status_code == 403
    assert refused


async def closed_by(target: Target, *messages: Any) -> int:
    """The code by which a socket was closed that sent these messages; 0 where it was not."""
    async with connect(socket_url(target), subprotocols=PROTOCOL) as socket, asyncio.timeout(PATIENCE_SECONDS):
        try:
            for message in messages:
                await socket.send(json.dumps(message))
            await socket.send(json.dumps({"type": "ping"}))
            while json.loads(await socket.recv())["type"] != "pong":
                continue
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else 1006
    return 0


@attack("S14", patched("app.server.listening.MAX_MESSAGE_BYTES", 10**8))
async def a_message_without_end(target: Target) -> None:
    init = {"type": "connection_init", "payload": EDITOR}
    assert await closed_by(target, init, {"type": "ping", "payload": {"x": "x" * 200_000}}) == 1009


@attack("S14", patched("schema.transport.socket.Conversation.on_ws_connect", lambda *_: _welcome()))
async def a_socket_without_a_credential(target: Target) -> None:
    assert await closed_by(target, {"type": "connection_init", "payload": {"Authorization": "Bearer x"}}) == 4403
    assert await closed_by(target, {"type": "connection_init"}) == 4401


async def _welcome() -> Any:
    from strawberry.types.unset import UNSET

    return UNSET


@attack("S15", set_to(rate_limit=0), rate_limit=5)
async def more_requests_than_a_user_may_send(target: Target) -> None:
    answers = [await target.client.get("/workflows", headers=EDITOR) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    guesses = [await target.client.get("/workflows", headers={"X-API-Key": f"orc_{n}"}) for n in range(6)]
    assert guesses[-1].status_code == 429


def a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> Any:
        raise RuntimeError(SECRET_OF_THE_HOUSE)

    monkeypatch.setattr("resolvers.operations.statistics.get_statistics", broken)
    monkeypatch.setattr("rest_compat.statistics.get_statistics", broken)
    monkeypatch.setattr("schema.queries.get_statistics", broken)


@attack("S16", patched("schema.errors.unexpected", lambda cause, where="": _told(cause)), arrange=a_bug)
async def a_bug_that_talks(target: Target) -> None:
    rest = await target.client.get("/workflows/statistics", headers=EDITOR)
    graphql = await target.graphql("{ statistics { totalWorkflows } }", EDITOR)
    assert (rest.status_code, rest.json()["error_id"][:4]) == (500, "err_")
    assert graphql["errors"][0]["extensions"]["code"] == "INTERNAL_ERROR"
    for told in (rest.text, json.dumps(graphql)):
        assert not any(word in told for word in ("SELECT", "/etc", "Traceback", "RuntimeError"))


def _told(cause: Exception) -> Any:
    from graphql import GraphQLError

    return GraphQLError(str(cause), extensions={"code": "INTERNAL_ERROR", "error_id": "err_0"})

"""What the integration tests share: small workflows, calls of both edges, and waiting on events instead of time."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt

from tests.support.scripted_service import ScriptedService

Json = dict[str, Any]

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of a server on the loopback: by default each would read all the certificates of the machine."""

JWT_SECRET = "a secret of the tests, at least 32 bytes long"
PATIENCE_SECONDS = 20
ENVELOPE = {"detail", "error_code", "timestamp", "request_id", "path", "method"}
EVENTS = """
subscription ($id: ID!, $after: Int!) {
  executionEvents(executionId: $id, after: $after) { sequence type actionId data }
}
"""


def notify(action_id: str, message: str = "hello", **more: Any) -> Json:
    """A `notification` action."""
    return {"action_id": action_id, "action_type": "notification", "config": {"message": message}, **more}


def call(action_id: str, endpoint: str, config: Json | None = None, **more: Any) -> Json:
    """A `service_call` action to the scripted service."""
    config = {"service": "scripted", "endpoint": endpoint, **(config or {})}
    return {"action_id": action_id, "action_type": "service_call", "config": config, **more}


def answer(value: Any, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    """A JSON answer of the scripted service."""
    return status, {"content-type": "application/json"}, json.dumps(value).encode()


async def held(service: ScriptedService, send: Any) -> None:
    """Answer `{"held": true}`, but not before the test sets `released`."""
    await service.released.wait()
    status, headers, body = answer({"held": True})
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def soon(event: asyncio.Event) -> None:
    """Wait for an event that must come."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await event.wait()


async def create(client: httpx.AsyncClient, name: str, *actions: Json, **fields: Any) -> Json:
    """Create a workflow and return its body."""
    created = await client.post("/workflows", json={"name": name, "actions": list(actions), **fields})
    assert created.status_code == 201, created.text
    return dict(created.json())


async def start(client: httpx.AsyncClient, workflow_id: str, **parameters: Any) -> str:
    """Start an execution and return its id."""
    accepted = await client.post(f"/workflows/{workflow_id}/execute", json={"parameters": parameters})
    assert accepted.status_code == 202, accepted.text
    return str(accepted.json()["execution_id"])


async def run(client: httpx.AsyncClient, workflow_id: str, **parameters: Any) -> Json:
    """Execute a workflow synchronously and return the body of the answer."""
    ended = await client.post(
        f"/workflows/{workflow_id}/execute", json={"parameters": parameters, "async_execution": False}
    )
    assert ended.status_code == 200, ended.text
    return dict(ended.json())


async def events(client: httpx.AsyncClient, execution_id: str, after: int = 0) -> AsyncIterator[Json]:
    """Yield the journal live, over Server-Sent Events, until the execution has ended."""
    async for message in sse(client, EVENTS, id=execution_id, after=after):
        assert "errors" not in message, message
        yield message["data"]["executionEvents"]


async def sse(client: httpx.AsyncClient, query: str, **variables: Any) -> AsyncIterator[Json]:
    """Yield the messages of a subscription over Server-Sent Events."""
    body = {"query": query, "variables": variables}
    headers = {"Accept": "text/event-stream"}
    async with client.stream("POST", "/graphql", json=body, headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        kind = ""
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data" and kind == "next":
                yield json.loads(value)


async def ended(client: httpx.AsyncClient, execution_id: str) -> Json:
    """Wait until an execution has ended and return its documented status."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for _ in events(client, execution_id):
            pass
    return dict((await client.get(f"/workflows/executions/{execution_id}")).json())


async def graphql(client: httpx.AsyncClient, query: str, **variables: Any) -> Json:
    """The `data` of an operation that must not fail."""
    answered = await client.post("/graphql", json={"query": query, "variables": variables})
    body = answered.json()
    assert (answered.status_code, "errors" in body) == (200, False), body
    return dict(body["data"])


def token(user: str, tenant: str = "default", *roles: str, secret: str = JWT_SECRET, **claims: Any) -> dict[str, str]:
    """The header of a signed bearer token, which outlives the run of all tests."""
    now = datetime.now(UTC)
    payload = {
        "sub": user,
        "iat": now,
        "exp": now + timedelta(hours=1),
        "iss": "orchestrator",
        "aud": "orchestrator",
        "tenant": tenant,
        "roles": list(roles),
        **claims,
    }
    return {"Authorization": f"Bearer {jwt.encode(payload, secret, algorithm='HS256')}"}


def assert_envelope(refused: httpx.Response, status: int, code: str) -> Any:
    """Check a failure against the documented envelope and return its `detail`."""
    assert refused.status_code == status, refused.text
    body = refused.json()
    assert set(body) - {"hint"} == ENVELOPE
    assert body["error_code"] == code
    assert body["request_id"] == refused.headers["x-request-id"]
    assert (body["path"], body["method"]) == (refused.request.url.path, refused.request.method)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(body["timestamp"])) < timedelta(minutes=1)
    assert body["timestamp"].endswith("Z")
    return body["detail"]


def faults(refused: httpx.Response) -> list[tuple[list[str | int], str]]:
    """`(loc, type)` of every fault of a 422, which must be in the documented form."""
    detail = assert_envelope(refused, 422, "VALIDATION_ERROR")
    assert all(set(fault) == {"loc", "msg", "type"} and fault["msg"] for fault in detail)
    return [(fault["loc"], fault["type"]) for fault in detail]

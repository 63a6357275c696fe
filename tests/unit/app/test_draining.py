"""Whoever still waits when the server's time for its stop is over gets an answer, and nothing is logged as a fault."""

import asyncio
from typing import Any

import msgspec
import pytest

from app.server.draining import with_drained_requests
from resolvers.context import Origin

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("has_begun", [False, True])
async def test_a_request_that_is_cancelled_is_refused_unless_its_answer_has_begun(has_begun: bool) -> None:
    sent: list[Any] = []
    waits = asyncio.Event()

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        if has_begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        waits.set()
        await asyncio.Event().wait()

    origin = Origin("req_1", None)
    scope: Any = {"type": "http", "path": "/workflows", "method": "POST", "state": {"origin": origin}}
    task = asyncio.create_task(with_drained_requests(app)(scope, None, send))  # type: ignore[arg-type]  # reads nothing
    await waits.wait()
    task.cancel()
    await task
    statuses = [message["status"] for message in sent if message["type"] == "http.response.start"]
    if has_begun:
        assert (statuses, len(sent)) == ([200], 1)
    else:
        assert statuses == [503]
        assert (b"retry-after", b"1") in sent[0]["headers"]
        assert msgspec.json.decode(sent[1]["body"])["error_code"] == "UNAVAILABLE"

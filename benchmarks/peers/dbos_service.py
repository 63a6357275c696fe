"""What DBOS executes, on its SQLite: one durable step, and a chain of three calls, each a step that is journaled."""

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import called
from dbos import DBOS, DBOSConfig

config: DBOSConfig = {"name": "bench", "system_database_url": os.environ["BENCH_DATABASE"], "run_admin_server": False}
DBOS(config=config)
call = DBOS.step()(called.call)


@DBOS.step()
async def echo(said: str) -> str:
    """Say something."""
    return said


@DBOS.workflow()
async def one(said: str) -> str:
    """One step."""
    return await echo(said)


@DBOS.workflow()
async def chain() -> None:
    """Three calls one after the other."""
    for number in range(3):
        await call(number)


Scope = MutableMapping[str, Any]


async def app(scope: Scope, receive: Callable[[], Awaitable[Scope]], send: Callable[[Scope], Awaitable[None]]) -> None:
    """`/one`, `/chain` and `/list`."""
    if scope["type"] == "lifespan":
        await receive()
        DBOS.launch()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        DBOS.destroy()
        await called.session().close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await receive()
    answer: Any = {"status": "completed"}
    if scope["path"] == "/one":
        await one("Hello")
    elif scope["path"] == "/chain":
        await chain()
    else:
        answer = [each.workflow_id for each in await DBOS.list_workflows_async(limit=50, sort_desc=True)]
    body = json.dumps(answer, separators=(",", ":")).encode()
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

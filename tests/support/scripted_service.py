"""Real HTTP services whose answers a test writes, and which remember what they were asked."""

import asyncio
from typing import Any

from engine.services.registry import Service


class ScriptedService:
    """A real HTTP service whose answers the test writes; it remembers each request it got."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.released = asyncio.Event()
        self.arrived = asyncio.Event()

    def service(self, name: str, **options: Any) -> Service:
        """Its entry in a service registry."""
        return Service(name=name, url=self.url, **options)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer as `answers[path]` says: `(status, headers, body)`, or a coroutine function given `(self, send)`."""
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append(
            {
                "method": scope["method"],
                "path": scope["path"],
                "raw_path": scope["raw_path"].decode(),
                "query": scope["query_string"].decode(),
                "headers": headers,
                "body": body,
            }
        )
        self.arrived.set()
        answer = self.answers.get(scope["path"], (200, {"content-type": "application/json"}, b"{}"))
        if callable(answer):
            await answer(self, send)
            return
        status, extra, content = answer
        raw = [(name.encode(), value.encode()) for name, value in extra.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content})


class PartnerService(ScriptedService):
    """A scripted service whose `/hang` never answers, and notices when its caller gives up."""

    def __init__(self) -> None:
        super().__init__()
        self.given_up = asyncio.Event()
        self.dismissed = asyncio.Event()

    def dismiss(self) -> None:
        """Release what is held and begin to stop, at the same time as the service under test."""
        self.released.set()
        self.dismissed.set()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer by the script, except to `/hang`."""
        if scope.get("path") != "/hang":
            await super().app(scope, receive, send)
            return
        self.requests.append({"path": "/hang"})
        self.arrived.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        self.given_up.set()


async def hang_until_released(service: ScriptedService, send: Any) -> None:
    """Answer only when the test says so."""
    await service.released.wait()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})

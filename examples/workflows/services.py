"""Serves the systems of the examples on one port, and prints each call: `python -m examples.workflows.services`.

`--fail "chat POST /messages=503"` takes a call away: it is answered with that status, and only twice with `=503x2`.
"""

import argparse
import json
import socket
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from examples.workflows.systems import SYSTEMS, Call, Refused, Systems

PORT = 9100
SILENCE = 0
"""In the place of a status: no answer at all, until the caller gives up."""


class Services:
    """An ASGI application. `<base>/<system>/<path>` is a call of a system; `fail` takes some of them away."""

    def __init__(self, *, prints: bool = False) -> None:
        self.systems = Systems()
        self._prints = prints
        self._failing: dict[str, list[int]] = {}

    def fail(self, line: str, status: int, times: int = 1_000_000) -> None:
        """Answer the next `times` calls of `system METHOD /path` with a status, or with `SILENCE`."""
        self._failing[line] = [status, times]

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """Take one request."""
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        call = _call(scope, await _body(receive))
        status, answer = self._answered(call)
        if self._prints:
            print(f"{call.line} {json.dumps(dict(call.data))} -> {status or 'silence'}", flush=True)
        if status == SILENCE:
            while (await receive())["type"] != "http.disconnect":
                continue
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answered(self, call: Call) -> tuple[int, Any]:
        if (call.method, call.path) == ("GET", "/health"):  # which the orchestrator asks of each service, now and then
            return 200, {"status": "ok"}
        failing = self._failing.get(call.line)
        if failing is not None and failing[1] > 0:
            failing[1] -= 1
            self.systems.calls.append(call)
            return failing[0], {"reason": "it was told to fail"}
        try:
            return 200, self.systems.answer(call)
        except Refused as refused:
            return refused.status, {"reason": str(refused)}


def registry(base: str) -> dict[str, str]:
    """What ORCHESTRATOR_SERVICES must say where the services are served at `base`."""
    return {system: f"{base}/{system}" for system in SYSTEMS}


async def _body(receive: Any) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _call(scope: Mapping[str, Any], body: bytes) -> Call:
    _, system, path = scope["path"].split("/", 2) if scope["path"].count("/") > 1 else ("", scope["path"][1:], "")
    query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    return Call(system, scope["method"], f"/{path}", json.loads(body) if body else query, headers)


def _told_to_fail(services: Services, words: Iterable[str]) -> None:
    for word in words:
        line, _, told = word.rpartition("=")
        status, _, times = told.partition("x")
        services.fail(line, int(status), int(times or 1_000_000))


def main() -> None:
    """Serve until interrupted, or print the setting."""
    parser = argparse.ArgumentParser(prog="python -m examples.workflows.services", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--fail", action="append", default=[], metavar="CALL=STATUS[xTIMES]")
    parser.add_argument("--registry", action="store_true", help="print the value of ORCHESTRATOR_SERVICES, and no more")
    words = parser.parse_args()
    if words.registry:
        print(json.dumps(registry(f"http://127.0.0.1:{words.port}")))
        return
    services = Services(prints=True)
    _told_to_fail(services, words.fail)

    async def app(scope: Any, receive: Any, send: Any) -> None:  # a plain function is what the server takes for ASGI 3
        await services.app(scope, receive, send)

    with socket.create_server(("127.0.0.1", words.port)) as listening:  # from here on a call waits for its answer
        print(f"The systems of the examples are on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


if __name__ == "__main__":
    main()

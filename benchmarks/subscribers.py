"""A thousand sockets that watch one execution, or the list of all: how long an event takes to reach them."""

import argparse
import asyncio
import base64
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from benchmarks.load import exchange, request_bytes
from benchmarks.one_action import create_workflow
from benchmarks.servers import orchestrator_process

HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-User-ID: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)
MASK = bytes(4)
"""Of zeros: a frame is masked by it and looks as it is."""

EVENTS = "subscription ($id: ID!) { executionEvents(executionId: $id) { sequence type at actionId data } }"
CHANGES = "subscription { executionChanges { cursor execution { id status createdAt workflow { name } } } }"
WAVES = 20
SIGNAL_SECONDS = 0.25
OF_AN_ADDRESS = 100
"""So many sockets come from each: of one the server takes 200 at once, and then 20 a second."""

WAITING = {
    "name": "Waits",
    "actions": [
        {"action_id": f"wait_{number}", "action_type": "wait", "config": {"signal": f"go_{number}"},
         "depends_on": [f"wait_{number - 1}"] if number else []}
        for number in range(WAVES)
    ],
}  # fmt: skip


class Watcher:
    """One socket with one subscription; `tell` is given each result when it comes."""

    def __init__(
        self, port: int, address: str, query: str, variables: dict[str, Any], tell: Callable[[Any, float], None]
    ) -> None:
        self._port = port
        self._address = address
        self._payload = {"query": query, "variables": variables}
        self._tell = tell

    async def watch(self, is_live: Callable[[], None]) -> None:
        """Until the subscription ends."""
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", self._port, local_addr=(self._address, 0)
        )
        self._writer.write(HANDSHAKE.format(key=base64.b64encode(os.urandom(16)).decode()).encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        self._send({"type": "connection_init"})
        self._send({"id": "1", "type": "subscribe", "payload": self._payload})
        try:
            while (message := await self._next())["type"] != "complete":
                now = time.time()
                if message["type"] == "connection_ack":
                    is_live()
                elif message["type"] == "next":
                    assert "errors" not in message["payload"], message
                    self._tell(message["payload"]["data"], now)
        finally:
            self._writer.close()

    def _send(self, message: Any) -> None:
        text = msgspec.json.encode(message)
        length = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0xFE]) + len(text).to_bytes(2, "big")
        self._writer.write(b"\x81" + length + MASK + text)

    async def _next(self) -> Any:
        first, length = await self._reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await self._reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await self._reader.readexactly(8), "big")
        text = await self._reader.readexactly(length)
        return msgspec.json.decode(text) if first & 0x0F == 1 else {"type": "control"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=1_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = {"ORCHESTRATOR_MAX_CONNECTIONS_PER_USER": str(10 * given.sockets)}
        with orchestrator_process(["dev", "--data-dir", folder], environ) as (port, pid):
            uvloop.run(_measure(port, pid, given.sockets))


async def _measure(port: int, pid: int, sockets: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def asked(method: str, path: str, body: Any = None) -> Any:
        _, answer = await exchange(reader, writer, request_bytes(method, path, body))
        return msgspec.json.decode(answer)

    workflow_id = create_workflow(port, WAITING)
    for name, query in (("one execution", EVENTS), ("the list", CHANGES)):
        executed = await asked("POST", f"/workflows/{workflow_id}/execute", {})
        await _figures(name, query, executed["execution_id"], workflow_id, asked, port, pid, sockets)


async def _figures(
    name: str,
    query: str,
    id_: str,
    workflow_id: str,
    asked: Callable[..., Awaitable[Any]],
    port: int,
    pid: int,
    sockets: int,
) -> None:
    latencies: list[float] = []
    live = asyncio.Semaphore(0)
    is_measuring = False

    def tell(data: Any, now: float) -> None:
        [told] = data.values()
        moment = told.get("at") or (told.get("execution") or {}).get("createdAt")
        if is_measuring and moment is not None:
            latencies.append(now - datetime.fromisoformat(moment).timestamp())

    variables = {"id": id_} if query is EVENTS else {}
    async with asyncio.TaskGroup() as group:
        addresses = [f"127.0.{query is EVENTS:d}.{last}" for last in range(2, 2 + sockets // OF_AN_ADDRESS + 1)]
        watching = []
        for number in range(sockets):
            watching.append(
                group.create_task(
                    Watcher(port, addresses[number % len(addresses)], query, variables, tell).watch(live.release)
                )
            )
            if number % 50 == 49:
                await asyncio.sleep(0.05)
        for _ in range(sockets):
            await live.acquire()
        await asyncio.sleep(2)
        is_measuring, before = True, _seconds(pid)
        for wave in range(WAVES):
            if query is EVENTS:
                signal = {"query": SIGNAL, "variables": {"input": {"executionId": id_, "name": f"go_{wave}"}}}
                await asked("POST", "/graphql", signal)
            else:
                await asked("POST", f"/workflows/{workflow_id}/execute", {})
            await asyncio.sleep(SIGNAL_SECONDS)
        await asyncio.sleep(1)
        spent = _seconds(pid) - before
        for task in watching:
            task.cancel()
    cuts = statistics.quantiles(latencies, n=100)
    print(
        f"{name:14} {len(latencies):7,} messages   p50 {cuts[49] * 1e3:6.1f} ms   p99 {cuts[98] * 1e3:6.1f} ms   "
        f"{spent / len(latencies) * 1e6:5.0f} us of the processor for each"
    )


SIGNAL = "mutation ($input: SendSignalInput!) { sendSignal(input: $input) { userErrors { code } } }"


def _seconds(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


if __name__ == "__main__":
    main()

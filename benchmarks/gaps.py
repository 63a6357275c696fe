"""What the engine takes between: until the first step, from step to step, and around many calls that go at once.

The called service is in this process, and notes on one clock when it was asked and when it had answered. Each execution
begins when the one before has ended.
"""

import asyncio
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.load import Client
from benchmarks.one_action import create_workflow
from benchmarks.servers import on_postgres, orchestrator_process, orchestrator_server, postgres_server

EXECUTIONS = 60
WARM_UP = 5
STEPS = 10
PARALLEL = 256
PARALLEL_ROUNDS = 5
CALL_SECONDS = 1.0
COMPLETED = "COMPLETED"
READ = "query ($id: ID!) { execution(id: $id) { status } }"
PATIENCE_SECONDS = 60.0
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


class Called:
    """A service that answers at `/` at once and at `/late` after a second, and knows when."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float]] = []
        self.told = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                asked = time.perf_counter()
                start = head.index(b"content-length:") + 15
                await reader.readexactly(int(head[start : head.index(b"\r\n", start)]))
                if head.startswith(b"post /late "):
                    await asyncio.sleep(CALL_SECONDS)
                writer.write(ANSWER)
                self.spans.append((asked, time.perf_counter()))
                self.told.set()
        except asyncio.IncompleteReadError:
            writer.close()

    async def taken(self, count: int) -> list[tuple[float, float]]:
        """When each of so many requests was asked and answered, by the order of their answers; begins anew after it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.spans) < count:
                self.told.clear()
                await self.told.wait()
        spans, self.spans = self.spans, []
        return spans


def main() -> None:
    """Measure each way to run it, and print a line for each figure."""
    uvloop.run(_measure_all())


async def _measure_all() -> None:
    called = Called()
    server = await asyncio.start_server(called.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    environ = {"ORCHESTRATOR_SERVICES": json.dumps({"here": {"url": url, "max_concurrency": PARALLEL}})}
    with tempfile.TemporaryDirectory() as folder, orchestrator_server(Path(folder), environ) as port:
        await _measure("SQLite, one process", port, called)
    with tempfile.TemporaryDirectory() as folder, _api_and_worker(Path(folder), environ) as port:
        await _measure("PostgreSQL, handed over to a worker", port, called)
    server.close()


@contextmanager
def _api_and_worker(folder: Path, environ: Mapping[str, str]) -> Iterator[int]:
    """An API process and a worker; gives the port of the first."""
    with ExitStack() as stack:
        url = stack.enter_context(postgres_server(folder / "postgres"))
        shared = {**environ, **on_postgres(folder, url)}
        of_api = {**shared, "ORCHESTRATOR_NODE_KIND": "api"}
        port, _ = stack.enter_context(orchestrator_process(["dev"], of_api))
        stack.enter_context(orchestrator_process(["worker"], shared))
        yield port


async def _measure(way: str, port: int, called: Called) -> None:
    client = await Client(port).open()
    chain = create_workflow(port, {"name": "Chain", "actions": [_call(number, "/") for number in range(STEPS)]})
    first: list[float] = []
    between: list[float] = []
    for number in range(WARM_UP + EXECUTIONS):
        began, execution_id = await _execute(client, chain)
        spans = await called.taken(STEPS)
        await _ended(client, execution_id)
        if number >= WARM_UP:
            first.append(spans[0][0] - began)
            between += [later[0] - earlier[1] for earlier, later in itertools.pairwise(spans)]
    beside = [_call(number, "/late", after=False) for number in range(PARALLEL)]
    wide = create_workflow(port, {"name": "Wide", "actions": beside})
    added: list[float] = []
    for _ in range(PARALLEL_ROUNDS):
        began, execution_id = await _execute(client, wide)
        added.append(max(answered for _, answered in await called.taken(PARALLEL)) - began - CALL_SECONDS)
        await _ended(client, execution_id)
    print(f"{way}:")
    print(f"  to the first step   {_quartiles(first)}")
    print(f"  from step to step   {_quartiles(between)}")
    print(f"  {PARALLEL} calls of {CALL_SECONDS:g} s add {_quartiles(added)}", flush=True)


async def _execute(client: Client, workflow: str) -> tuple[float, str]:
    """Ask for an execution; return when that was, and its id, once it is accepted."""
    began = time.perf_counter()
    accepted = await client.send(f"/workflows/{workflow}/execute", {"parameters": {}})
    return began, accepted["execution_id"]


async def _ended(client: Client, execution_id: str) -> None:
    """Wait until an execution has completed. Raises `TimeoutError`."""
    status = None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while status != COMPLETED:
            status = (await client.graphql(READ, id=execution_id))["execution"]["status"]


def _call(number: int, endpoint: str, *, after: bool = True) -> dict[str, Any]:
    config = {"service": "here", "endpoint": endpoint, "parameters": {"number": number}}
    needs = [f"call_{number - 1}"] if after and number else []
    return {"action_id": f"call_{number}", "action_type": "service_call", "config": config, "depends_on": needs}


def _quartiles(seconds: list[float]) -> str:
    _, half, three_quarters = statistics.quantiles(seconds, n=4)
    return f"p50 {half * 1e3:7.2f} ms   p75 {three_quarters * 1e3:7.2f} ms"


if __name__ == "__main__":
    main()

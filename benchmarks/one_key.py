"""What a storm of requests with one idempotency key costs its neighbours over HTTP, on both edges."""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import uvloop

from benchmarks.graphql import EXECUTE
from benchmarks.load import exchange, request_bytes
from benchmarks.one_action import EXECUTION, create_workflow
from benchmarks.servers import orchestrator_server

NEIGHBOURS = 32
STORMERS = 32

Request = Callable[[int], bytes]
"""What a connection sends, given a number that counts up."""


class Storm(msgspec.Struct, frozen=True):
    """What each of the storm's connections sends again and again."""

    name: str
    request: Request


def storms(workflow_id: str) -> list[Storm]:
    """The same key for ever, and a fresh one for as many requests as there are connections, on both edges."""

    def rest(key: str) -> bytes:
        plain = request_bytes("POST", f"/workflows/{workflow_id}/execute", EXECUTION)
        return _of_another_user(plain, f"Idempotency-Key: {key}\r\n")

    def graphql(key: str) -> bytes:
        asked = {"workflowId": workflow_id, "wait": True, "idempotencyKey": key, "parameters": EXECUTION["parameters"]}
        return _of_another_user(request_bytes("POST", "/graphql", {"query": EXECUTE, "variables": {"input": asked}}))

    return [
        Storm("REST, one old key", lambda _: rest("old")),
        Storm("REST, fresh keys", lambda number: rest(f"fresh {number // STORMERS}")),
        Storm("GraphQL, one old key", lambda _: graphql("old too")),
        Storm("GraphQL, fresh keys", lambda number: graphql(f"fresh too {number // STORMERS}")),
    ]


def _of_another_user(request: bytes, header: str = "") -> bytes:
    return request.replace(b"X-User-ID: bench\r\n", f"X-User-ID: storm\r\n{header}".encode(), 1)


async def throughput(port: int, ordinary: bytes, storm: Request | None, seconds: float) -> tuple[float, float]:
    """Executions of the neighbours, and answers to the storm, per second."""
    counts = {"neighbours": 0, "storm": 0}
    numbers = itertools.count(time.monotonic_ns())
    until = time.perf_counter() + seconds

    async def repeat(who: str, request: Callable[[], bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            status, body = await exchange(reader, writer, request())
            if status not in (200, 202) or (b'"id"' not in body and b'"execution_id"' not in body):
                raise RuntimeError(f"unexpected answer {status}: {body[:300]!r}")
            counts[who] += 1
        writer.close()
        await writer.wait_closed()

    clients = [repeat("neighbours", lambda: ordinary) for _ in range(NEIGHBOURS)]
    if storm is not None:
        clients += [repeat("storm", lambda: storm(next(numbers))) for _ in range(STORMERS)]
    await asyncio.gather(*clients)
    return counts["neighbours"] / seconds, counts["storm"] / seconds


async def measure(port: int, seconds: float, rounds: int) -> None:
    """Print one line for each storm: each round has the neighbours alone, then beside the storm."""
    workflow_id = await asyncio.to_thread(create_workflow, port)
    ordinary = request_bytes("POST", f"/workflows/{workflow_id}/execute", EXECUTION)
    await throughput(port, ordinary, None, seconds)
    for storm in storms(workflow_id):
        figures = [
            [await throughput(port, ordinary, beside, seconds) for beside in (None, storm.request)]
            for _ in range(rounds)
        ]
        alone, beside = (statistics.median(pair[place][0] for pair in figures) for place in (0, 1))
        lost = statistics.median(1 - pair[1][0] / pair[0][0] for pair in figures)
        answers = statistics.median(pair[1][1] for pair in figures)
        print(
            f"{storm.name:<22} alone {alone:6,.0f}/s   beside {answers:6,.0f} repeated/s {beside:6,.0f}/s "
            f"({lost:+.1%} lost)",
            flush=True,
        )


def main() -> None:
    """Start a server, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, orchestrator_server(Path(folder)) as port:
        uvloop.run(measure(port, options.seconds, options.rounds))


if __name__ == "__main__":
    main()

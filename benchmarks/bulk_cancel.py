"""What a bulk cancel of 10,000 live executions costs others: the p99 of theirs beside it, and in the pauses between."""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.load import Client
from benchmarks.servers import orchestrator_process

NOTE = {"action_id": "note", "action_type": "notification", "config": {"message": "done"}}
WAIT = {"action_id": "wait", "action_type": "wait", "config": {"signal": "never"}}
MAKERS = 16
CREATE = """mutation ($input: CreateBulkOperationInput!) {
  createBulkOperation(input: $input) { bulkOperation { id } userErrors { code message } }
}"""
READ = "query ($id: ID!) { bulkOperation(id: $id) { status total succeeded } }"
LOOK_SECONDS = 0.25


class Others:
    """Executions that others wait for, begun at an even rate, and how long each took from when it was due."""

    def __init__(self, clients: Sequence[Client], path: str, per_second: float) -> None:
        self._path = path
        self._pause = len(clients) / per_second
        self.latencies: list[float] = []
        starts = [number * self._pause / len(clients) for number in range(len(clients))]
        self._tasks = [asyncio.create_task(self._go_on(*each)) for each in zip(clients, starts, strict=True)]

    async def _go_on(self, client: Client, start: float) -> None:
        first = time.perf_counter() + start
        for number in itertools.count():
            due = first + number * self._pause
            await asyncio.sleep(due - time.perf_counter())
            await client.send(self._path, {"async_execution": False})
            self.latencies.append(time.perf_counter() - due)

    def taken(self) -> list[float]:
        """How long those took that have ended since this was last asked."""
        taken, self.latencies = self.latencies, []
        return taken

    async def stop(self) -> None:
        """Begin no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def workflow(client: Client, name: str, action: Any) -> str:
    """The id of a new workflow."""
    return str((await client.send("/workflows", {"name": name, "actions": [action]}))["workflow_id"])


async def waiting(port: int, workflow_id: str, count: int) -> None:
    """Have so many executions wait."""
    numbers = iter(range(count))

    async def make(client: Client) -> None:
        for _ in numbers:
            await client.send(f"/workflows/{workflow_id}/execute", {})

    await asyncio.gather(*[make(await Client(port).open()) for _ in range(MAKERS)])


async def cancel(port: int, workflow_id: str) -> int:
    """Cancel all executions of a workflow by one operation, and return how many it were."""
    client = await Client(port).open()  # an old one was closed by the server in a long pause
    asked = {"kind": "CANCEL", "filter": {"workflowId": [workflow_id]}}
    made = (await client.graphql(CREATE, input=asked))["createBulkOperation"]
    while True:
        operation = (await client.graphql(READ, id=made["bulkOperation"]["id"]))["bulkOperation"]
        if operation["status"] == "COMPLETED":
            if operation["succeeded"] != operation["total"]:
                raise RuntimeError(f"not all were cancelled: {operation}")
            return int(operation["total"])
        await asyncio.sleep(LOOK_SECONDS)


def percentile(latencies: Sequence[float], percent: float) -> float:
    """In milliseconds."""
    return sorted(latencies)[min(len(latencies) - 1, int(len(latencies) * percent / 100))] * 1e3


async def measure(port: int, asked: argparse.Namespace) -> None:
    """Print the figures of each round, and the ratio over all."""
    client = await Client(port).open()
    short = await workflow(client, "short", NOTE)
    share = asked.executions // asked.rounds
    many = [await workflow(client, f"many {number}", WAIT) for number in range(asked.rounds)]
    for workflow_id in many:
        await waiting(port, workflow_id, share)
    clients = [await Client(port).open() for _ in range(asked.connections)]
    others = Others(clients, f"/workflows/{short}/execute", asked.rate)
    await asyncio.sleep(asked.pause)
    others.taken()
    quiet: list[float] = []
    beside: list[float] = []
    ratios = []
    for number, workflow_id in enumerate(many, start=1):
        await asyncio.sleep(asked.pause / 2)
        alone = others.taken()
        began = time.perf_counter()
        count = await cancel(port, workflow_id)
        took = time.perf_counter() - began
        harmed = others.taken()
        await asyncio.sleep(asked.pause / 2)
        alone += others.taken()
        ratios.append(percentile(harmed, 99) / percentile(alone, 99))
        print(
            f"round {number}: {count:,} cancelled in {took:.1f} s ({count / took:,.0f}/s); others' p50 "
            f"{percentile(alone, 50):.1f} -> {percentile(harmed, 50):.1f} ms, p99 {percentile(alone, 99):.1f} -> "
            f"{percentile(harmed, 99):.1f} ms, of {len(alone):,} and {len(harmed):,}"
        )
        quiet += alone
        beside += harmed
    await others.stop()
    alone_ms, beside_ms = percentile(quiet, 99), percentile(beside, 99)
    print(
        f"all: others' p99 {alone_ms:.1f} ms alone, {beside_ms:.1f} ms beside: ratio {beside_ms / alone_ms:.2f}, "
        f"median of the rounds {statistics.median(ratios):.2f}"
    )


def main() -> None:
    """Measure one server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executions", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5, help="operations among which the executions are divided")
    parser.add_argument("--rate", type=float, default=100.0, help="executions of others per second")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between two operations")
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = ["dev", "--data-dir", str(Path(folder)), *(["--postgres"] if asked.postgres else [])]
        with orchestrator_process(command, {}) as (port, _):
            uvloop.run(measure(port, asked))


if __name__ == "__main__":
    main()

"""What refused entries cost their neighbours: executions/s alone, beside refusals, and beside ordinary work."""

import argparse
import asyncio
import itertools
import logging
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from app.composition import running_services
from app.settings.settings import Settings
from engine.journal.refusals import Fenced
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.errors import ConcurrencyLimitReached
from models.words import EventType, Role
from resolvers.context import Context, Viewer
from resolvers.executions.executions import cancel_execution, execute_workflow
from resolvers.workflows.workflows import create_workflow

NEIGHBOURS = 32
STORMERS = 2
SECONDS = 2.0
ROUNDS = 5

Request = Callable[[int], Awaitable[object]]
"""What a client asks for again and again, given a number that counts up."""


class Storm(msgspec.Struct, frozen=True):
    """Requests whose entries are refused, and as many of the same kind that are not."""

    name: str
    refused: Request
    ordinary: Request


NOTE = {"action_id": "note", "action_type": "notification", "config": {"message": "done"}}
WAIT = {"action_id": "wait", "action_type": "wait", "config": {"signal": "never"}}


async def storms(ctx: Context) -> list[Storm]:
    """The ways in which an entry can be refused."""
    plain, parked = await workflow(ctx, "plain", NOTE), await workflow(ctx, "parked", WAIT)
    full = await workflow(ctx, "full", WAIT, concurrency={"limit": 1, "on_limit": "fail"})
    await execute_workflow(ctx, full, ExecuteWorkflow())
    run, state = await ctx.services.store.load((await execute_workflow(ctx, parked, ExecuteWorkflow())).execution.id)

    def keyed(key: str) -> Awaitable[object]:
        return execute_workflow(ctx, plain, ExecuteWorkflow(async_execution=False, idempotency_key=key))

    async def same_key(number: int) -> object:
        return await asyncio.gather(*(keyed(f"same {number}") for _ in range(2)))

    async def own_keys(number: int) -> object:
        return await asyncio.gather(*(keyed(f"own {number} {place}") for place in range(2)))

    async def old_key(_number: int) -> object:
        return await asyncio.gather(*(keyed("old") for _ in range(16)))

    async def many_own_keys(number: int) -> object:
        return await asyncio.gather(*(keyed(f"own {number} {place}") for place in range(16)))

    async def stale(_number: int) -> object:
        stream = ctx.services.journal.open(run, msgspec.structs.replace(state, sequence=1))
        stream.record(EventType.EXECUTION_RESUMED, ctx.services.clock.now(), None, {})
        with suppress(Fenced):
            await stream.durable()
        return None

    async def no_room(_number: int) -> object:
        with suppress(ConcurrencyLimitReached):
            await execute_workflow(ctx, full, ExecuteWorkflow())
        return None

    async def cancelled(_number: int) -> object:
        execution = (await execute_workflow(ctx, parked, ExecuteWorkflow())).execution
        return await cancel_execution(ctx, execution.id)

    async def accepted(_number: int) -> object:
        return await execute_workflow(ctx, plain, ExecuteWorkflow(async_execution=False))

    return [
        Storm("one key twice at once", same_key, own_keys),
        Storm("one old key", old_key, many_own_keys),
        Storm("stale owners", stale, accepted),
        Storm("full group", no_room, accepted),
        Storm("cancels", cancelled, accepted),
    ]


async def workflow(ctx: Context, name: str, action: object, **fields: object) -> str:
    """Create a workflow of one action and return its id."""
    command = CreateWorkflow.model_validate({"name": name, "actions": [action], **fields})
    return (await create_workflow(ctx, command)).id


async def throughput(ctx: Context, workflow_id: str, beside: Request | None) -> tuple[float, float]:
    """Executions of the neighbours, and requests of those beside them, per second.

    Each by the time that they themselves took: who waits for a turn ends later than the neighbours.
    """
    numbers = itertools.count(time.monotonic_ns())
    until = time.perf_counter() + SECONDS

    async def repeat(request: Request) -> int:
        count = 0
        while time.perf_counter() < until:
            await request(next(numbers))
            count += 1
        return count

    async def rate(request: Request, clients: int) -> float:
        began = time.perf_counter()
        counts = await asyncio.gather(*(repeat(request) for _ in range(clients)))
        return sum(counts) / (time.perf_counter() - began)

    def execute(_number: int) -> Awaitable[object]:
        return execute_workflow(ctx, workflow_id, ExecuteWorkflow(async_execution=False))

    if beside is None:
        return await rate(execute, NEIGHBOURS), 0.0
    neighbours, others = await asyncio.gather(rate(execute, NEIGHBOURS), rate(beside, STORMERS))
    return neighbours, others


async def measure(wanted: str | None) -> None:
    """Print one line for each storm."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_services(Settings(data_dir=Path(folder))) as services:
            ctx = Context(Viewer("bench", "default", Role.EDITOR), services)
            workflow_id = await workflow(ctx, "neighbour", NOTE)
            await throughput(ctx, workflow_id, None)
            for storm in await storms(ctx):
                if wanted not in (None, storm.name):
                    continue
                rounds = [
                    [await throughput(ctx, workflow_id, beside) for beside in (None, storm.refused, storm.ordinary)]
                    for _ in range(ROUNDS)
                ]
                alone, refused, ordinary = (
                    tuple(statistics.median(figures) for figures in zip(*column, strict=True))
                    for column in zip(*rounds, strict=True)
                )
                lost = statistics.median(1 - beside[0] / before[0] for before, beside, _ in rounds)
                print(
                    f"{storm.name:<22} alone {alone[0]:6,.0f}/s   "
                    f"beside {refused[1]:6,.0f} refused/s {refused[0]:6,.0f}/s ({lost:+.1%} lost)   "
                    f"beside {ordinary[1]:6,.0f} ordinary/s {ordinary[0]:6,.0f}/s",
                    flush=True,
                )


def main() -> None:
    """Measure all storms, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storm")
    logging.disable(logging.WARNING)
    asyncio.run(measure(parser.parse_args().storm))


if __name__ == "__main__":
    main()

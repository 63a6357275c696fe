"""What an action costs in graphs of 10, 50 and 500, and an item among 50, 500 and 5,000: in turn, in one run."""

import argparse
import asyncio
import gc
import logging
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from app.composition import running_services
from app.settings.settings import Settings
from benchmarks.servers import bare_server
from engine.services.registry import Service
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.words import ExecutionStatus, Role
from resolvers.context import Context, Viewer
from resolvers.executions.executions import execute_workflow
from resolvers.workflows.workflows import create_workflow

ROUNDS = 3
AT_LEAST = 500
"""Actions or items that are carried out before the clock is read: many small executions, or one large."""

LOOK_SECONDS = 0.02

Action = dict[str, Any]


class Shape(msgspec.Struct, frozen=True):
    """A family of workflows of different sizes; `make` gives the actions of one of so many actions or items."""

    name: str
    unit: str
    sizes: tuple[int, ...]
    make: Callable[[int], list[Action]]


class Cost(msgspec.Struct):
    """What one action or item cost: the least of some rounds, in milliseconds; and what memory grew by, in MB."""

    processor: float = float("inf")
    wall: float = float("inf")
    memory: float = 0.0


def tell(action_id: str, **more: Any) -> Action:
    """An action that calls nobody."""
    return {"action_id": action_id, "action_type": "notification", "config": {"message": "done"}, **more}


def call(action_id: str, **more: Any) -> Action:
    """An action that calls a real service over a real socket."""
    config = {"service": "echo", "endpoint": "/", "method": "GET"}
    return {"action_id": action_id, "action_type": "service_call", "config": config, **more}


def diamond(make: Callable[..., Action]) -> Callable[[int], list[Action]]:
    """One source, all but two beside each other, one sink."""

    def actions(size: int) -> list[Action]:
        middle = [f"m{number}" for number in range(size - 2)]
        beside = [make(name, depends_on=["source"]) for name in middle]
        return [tell("source"), *beside, tell("sink", depends_on=middle)]

    return actions


def chain_of_calls(size: int) -> list[Action]:
    """Each waits for the one before."""
    return [call(f"a{number}", depends_on=[f"a{number - 1}"] if number else []) for number in range(size)]


def chain(size: int) -> list[Action]:
    """Each uses the result of the one before."""
    after = [
        {
            "action_id": f"a{number}",
            "action_type": "transform",
            "config": {"output": {"value": f"{{{{a{number - 1}.response.value}}}}"}},
        }
        for number in range(1, size)
    ]
    return [{"action_id": "a0", "action_type": "transform", "config": {"output": {"value": 1}}}, *after]


def for_each(make: Callable[..., Action]) -> Callable[[int], list[Action]]:
    """One action that runs for each of so many items."""
    return lambda size: [make("each", for_each={"in": list(range(size))})]


SHAPES = (
    Shape("one action", "action", (1,), lambda _: [tell("a")]),
    Shape("diamond, nobody called", "action", (10, 50, 500), diamond(tell)),
    Shape("diamond, calls", "action", (10, 50, 500), diamond(call)),
    Shape("chain, nobody called", "action", (50, 500), chain),
    Shape("chain, calls", "action", (50, 500), chain_of_calls),
    Shape("for each, nobody called", "item", (50, 500, 5_000), for_each(tell)),
    Shape("for each, calls", "item", (50, 500, 5_000), for_each(call)),
)


async def _measure(port: int, folder: Path, shapes: Sequence[Shape]) -> None:
    settings = Settings(data_dir=folder, services={"echo": Service("echo", f"http://127.0.0.1:{port}")})
    async with running_services(settings) as services:
        for shape in shapes:
            ctx = Context(Viewer("bench", "default", Role.EDITOR), services)
            costs = await _costs(ctx, shape)
            smallest = next((costs[size] for size in shape.sizes if size >= 50), costs[shape.sizes[0]])
            for size, cost in costs.items():
                ratio = cost.processor / smallest.processor
                print(
                    f"{shape.name:<24} {size:>5,}   {cost.processor:6.3f} ms of a core, {cost.wall:6.3f} ms "
                    f"per {shape.unit}   ratio {ratio:5.2f}   memory +{cost.memory:.1f} MB",
                    flush=True,
                )


async def _costs(ctx: Context, shape: Shape) -> dict[int, Cost]:
    """Of each size, all sizes in turn, so that a machine whose speed drifts is fair to all."""
    workflows = {}
    for size in shape.sizes:
        command = CreateWorkflow.model_validate({"name": f"{shape.name}, {size}", "actions": shape.make(size)})
        workflows[size] = (await create_workflow(ctx, command)).id
        await _execute(ctx, workflows[size])  # so that the plan is in memory
    costs = {size: Cost() for size in shape.sizes}
    for _ in range(ROUNDS):
        for size, cost in costs.items():
            count = max(1, AT_LEAST // size)
            gc.collect()
            with _memory() as growth:
                began, spent = time.perf_counter(), time.process_time()
                for _ in range(count):
                    await _execute(ctx, workflows[size])
                cost.processor = min(cost.processor, (time.process_time() - spent) * 1e3 / count / size)
                cost.wall = min(cost.wall, (time.perf_counter() - began) * 1e3 / count / size)
            cost.memory = max(cost.memory, *growth)
    return costs


async def _execute(ctx: Context, workflow_id: str) -> None:
    accepted = await execute_workflow(ctx, workflow_id, ExecuteWorkflow(async_execution=False))
    if accepted.execution.status is not ExecutionStatus.COMPLETED:
        raise RuntimeError(f"{accepted.execution.id} is {accepted.execution.status}: {accepted.execution.error}")


@contextmanager
def _memory() -> Iterator[list[float]]:
    """Gives a list, and writes into it by how many MB the memory of this process was larger, again and again."""
    growth = [0.0]
    before, is_over = _resident_mb(), threading.Event()

    def look() -> None:
        while not is_over.wait(LOOK_SECONDS):
            growth.append(_resident_mb() - before)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield growth
    finally:
        is_over.set()
        thread.join()


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def main() -> None:
    """Print one line for each shape and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", action="append", choices=[shape.name for shape in SHAPES])
    wanted = parser.parse_args().shape
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, bare_server() as port:
        asyncio.run(_measure(port, Path(folder), [shape for shape in SHAPES if not wanted or shape.name in wanted]))


if __name__ == "__main__":
    main()

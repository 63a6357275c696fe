"""What it costs to watch an execution of 400, 800 and 1,600 items: by snapshots, by events, and not at all."""

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from app.composition import running_services
from app.settings.settings import Settings
from benchmarks.servers import bare_server
from engine.services.registry import Service
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.words import Role
from resolvers.context import Context, Viewer
from resolvers.executions.executions import execute_workflow
from resolvers.executions.streams import execution_events, execution_snapshots
from resolvers.workflows.workflows import create_workflow

SIZES = (400, 800, 1_600)
ROUNDS = 3

Watch = Callable[[Context, str], AsyncGenerator[Any, None]]


async def _cost(ctx: Context, workflow_id: str, watch: Watch | None) -> tuple[float, int]:
    """Seconds of a core for an execution and whoever watches it to its end, and how often the watcher was told."""
    began, told = time.process_time(), 0
    accepted = await execute_workflow(ctx, workflow_id, ExecuteWorkflow(async_execution=watch is not None))
    if watch is not None:
        async with aclosing(watch(ctx, accepted.execution.id)) as changes:
            async for _ in changes:
                told += 1
    return time.process_time() - began, told


async def _measure(port: int, folder: Path) -> None:
    settings = Settings(data_dir=folder, services={"echo": Service("echo", f"http://127.0.0.1:{port}")})
    async with running_services(settings) as services:
        ctx = Context(Viewer("bench", "default", Role.EDITOR), services)
        for size in SIZES:
            action = {
                "action_id": "each",
                "action_type": "service_call",
                "config": {"service": "echo", "endpoint": "/", "method": "GET"},
                "for_each": {"in": list(range(size))},
            }
            command = CreateWorkflow.model_validate({"name": f"{size} items", "actions": [action]})
            workflow_id = (await create_workflow(ctx, command)).id
            ways = (None, execution_events, execution_snapshots)
            rounds = [[await _cost(ctx, workflow_id, way) for way in ways] for _ in range(ROUNDS)]
            alone, events, snapshots = (min(costs) for costs in zip(*rounds, strict=True))
            print(
                f"{size:>5,} items   alone {alone[0]:.2f} s of a core   "
                f"events +{events[0] - alone[0]:.2f} s ({events[1]:,} told)   "
                f"snapshots +{snapshots[0] - alone[0]:.2f} s ({snapshots[1]:,} told)",
                flush=True,
            )


def main() -> None:
    """Print one line for each size."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, bare_server() as port:
        asyncio.run(_measure(port, Path(folder)))


if __name__ == "__main__":
    main()

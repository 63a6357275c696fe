"""What executions that start others cost beside many that are parked, and how long a tree of 10,000 takes to end."""

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, select, text

from app.composition import running_services
from app.settings.settings import Settings
from benchmarks.parked import Model, copy, parked, tree
from benchmarks.servers import as_setting, postgres_server
from engine.dispatch.claims import hand_over_orphans
from engine.dispatch.store import EXECUTIONS
from engine.journal.groups import FIRST_PLACE, turns_from
from engine.journal.queue import Taker, next_moment, take
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.database.tables import LIVE_OF_ROOT
from models.words import Role
from resolvers.context import Context, Services, Viewer
from resolvers.executions.executions import cancel_execution, execute_workflow
from resolvers.workflows.workflows import create_workflow

WIDTH = 100
CHILDREN = 100
ROOT = "exec_root"
VIEWER = Viewer("bench", "default", Role.EDITOR)
HOURS = {"action_id": "wait", "action_type": "wait", "config": {"seconds": 604_800}}
NOTE = {"action_id": "note", "action_type": "notification", "config": {"message": "hello"}}
LEFT = select(func.count()).select_from(EXECUTIONS).where(LIVE_OF_ROOT, EXECUTIONS.c.root_id == ROOT)


def main() -> None:
    """Seed each database and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parked", type=int, action="append")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    arguments = parser.parse_args()
    logging.getLogger("orchestrator").setLevel(logging.ERROR)
    counts = arguments.parked or [0, 100_000]
    for database in arguments.database or ["sqlite", "postgresql"]:
        asyncio.run(_children(database, counts, arguments.rounds))
        for count in counts:
            with tempfile.TemporaryDirectory() as folder, _url(database, Path(folder)) as url:
                asyncio.run(
                    _measure(Settings(data_dir=Path(folder), database_url=url), f"{database}, {count:,}", count)
                )


@contextmanager
def _url(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder / 'orchestrator.db'}"
        return
    with postgres_server(folder / "postgres") as url:
        yield as_setting(url)


async def _children(database: str, counts: list[int], rounds: int) -> None:
    """Print what a parent of many children takes beside each count of parked executions, in turns within one run."""
    async with AsyncExitStack() as stack:
        parents: list[tuple[Context, str]] = []
        for count in counts:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            settings = Settings(data_dir=folder, database_url=stack.enter_context(_url(database, folder)))
            await _seed(settings, count)
            services = await stack.enter_async_context(running_services(settings))
            ctx = Context(VIEWER, services)
            parents.append((ctx, await _parent(ctx)))
        taken: list[list[tuple[float, float]]] = [[] for _ in counts]
        for _ in range(rounds + 1):
            for (ctx, parent), figures in zip(parents, taken, strict=True):
                started, used = time.perf_counter(), time.process_time()
                await _start(ctx, parent, is_waited_for=True)
                figures.append((time.perf_counter() - started, time.process_time() - used))
    # The first round fills the caches of both.
    medians = [[statistics.median(column) for column in zip(*figures[1:], strict=True)] for figures in taken]
    for count, (seconds, cpu) in zip(counts, medians, strict=True):
        name = f"{database}, {count:,} parked: {CHILDREN} children one after the other"
        by_time, by_work = seconds / medians[0][0], cpu / medians[0][1]
        print(f"{name} {seconds:.2f} s ({by_time:.2f} x), of this process {cpu:.2f} s ({by_work:.2f} x)", flush=True)


async def _seed(settings: Settings, count: int) -> int:
    """Park so many executions beside a tree; returns the size of the tree."""
    async with running_services(settings) as services:
        leaf, middle, root = await _models(Context(VIEWER, services))
        await copy(services, parked(leaf, count))
        size = await copy(services, tree(root, middle, leaf, WIDTH))
        await services.database.transaction(lambda connection: connection.execute(text("ANALYZE")))
    return size


async def _measure(settings: Settings, name: str, count: int) -> None:
    size = await _seed(settings, count)
    started = time.perf_counter()
    async with running_services(settings) as services:
        print(f"{name} parked: start {time.perf_counter() - started:.2f} s", flush=True)
        ctx = Context(VIEWER, services)
        await _looks(services, name)
        await _cancel(ctx, name, size)


async def _models(ctx: Context) -> tuple[Model, Model, Model]:
    leaf = await _create(ctx, "leaf", [HOURS])
    middle = await _create(ctx, "middle", [_sub(leaf, {"in": [0]})])
    found = []
    execution_id = await _start(ctx, await _create(ctx, "root", [_sub(middle, {"in": [0]})]))
    for _ in range(3):
        run, events = await _at_rest(ctx, execution_id)
        found.append((run, events))
        execution_id = str(events[-1].data["notes"].get("execution_id"))
    await cancel_execution(ctx, found[0][0].execution_id)
    root, middle_model, leaf_model = found
    return (msgspec.structs.replace(leaf_model[0], parent=None), leaf_model[1]), middle_model, root


async def _at_rest(ctx: Context, execution_id: str) -> Model:
    while True:
        [found] = await ctx.services.database.read(
            lambda connection: ctx.services.store.find(connection, [execution_id])
        )
        run, _ = found.read()
        if found.events[-1].type in ("action_waiting", "action_deferred"):
            return run, found.events
        await asyncio.sleep(0.05)


async def _parent(ctx: Context) -> str:
    child = await _create(ctx, "child", [NOTE])
    one = {"in": list(range(CHILDREN)), "max_concurrency": 1}
    return await _create(ctx, "parent", [_sub(child, one)])


async def _looks(services: Services, name: str) -> None:
    now, taker = services.clock.now(), Taker("node_unknown", "")
    looks: dict[str, Callable[[Connection], object]] = {
        "take": lambda connection: take(connection, taker, now, 50),
        "next moment": next_moment,
        "orphans": lambda connection: hand_over_orphans(connection, now),
        "turns": lambda connection: turns_from(connection, FIRST_PLACE),
    }
    for what, look in looks.items():
        started = time.perf_counter()
        for _ in range(10):
            await services.database.transaction(look)
        print(f"{name} parked: {what} {(time.perf_counter() - started) * 100:.2f} ms", flush=True)


async def _cancel(ctx: Context, name: str, size: int) -> None:
    started, used = time.perf_counter(), time.process_time()
    await cancel_execution(ctx, ROOT)
    while await ctx.services.database.read(_left):  # noqa: ASYNC110 - the feed would wake it a hundred times
        await asyncio.sleep(0.1)
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    print(f"{name} parked: a tree of {size:,} ended in {seconds:.2f} s ({cpu:.2f} s of this process)", flush=True)


def _left(connection: Connection) -> int:
    return int(connection.execute(LEFT).scalar_one())


async def _create(ctx: Context, name: str, actions: list[object]) -> str:
    fields = {"name": name, "actions": actions, "timeout_seconds": 604_800}
    return (await create_workflow(ctx, parse(CreateWorkflow, fields))).id


async def _start(ctx: Context, workflow_id: str, *, is_waited_for: bool = False) -> str:
    command = parse(ExecuteWorkflow, {"async_execution": not is_waited_for})
    return (await execute_workflow(ctx, workflow_id, command)).execution.id


def _sub(workflow_id: str, for_each: dict[str, object]) -> dict[str, object]:
    config = {"workflow_id": workflow_id}
    return {"action_id": "sub", "action_type": "sub_workflow", "config": config, "for_each": for_each}


if __name__ == "__main__":
    main()

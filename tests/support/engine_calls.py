"""Drives the engine without an edge: create, execute, read the journal, crash."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, func, select

from app.composition import running_services
from app.settings.settings import Settings
from engine.core.clock import Clock
from engine.dispatch.dispatcher import Dispatcher, Parts
from engine.dispatch.store import Store
from engine.journal.journal import Journal
from engine.running.run_pool import MAX_RUNNING
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.database.database import Database
from models.entities.executions import Event, ExecutionDetail
from models.words import EventType, Role
from resolvers.context import Context, Viewer
from resolvers.executions import executions
from resolvers.executions.counts import EXECUTIONS, STORED
from resolvers.executions.streams import execution_events
from resolvers.workflows import workflows
from tests.support.calls import PATIENCE_SECONDS, Json

ONE_PROCESS = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is true of a process that has the database for itself, and of no node of a cluster."""

OfWorkflows = dict[tuple[str, str], int]
"""Numbers by tenant and workflow."""

ADA = Viewer("ada", "default", Role.EDITOR)


async def create(ctx: Context, *actions: Json, **fields: Any) -> str:
    """Create a workflow and return its id."""
    command = parse(CreateWorkflow, {"name": "engine", "actions": list(actions), **fields})
    return (await workflows.create_workflow(ctx, command)).id


async def execute(ctx: Context, workflow_id: str, **options: Any) -> ExecutionDetail:
    """Execute a workflow; asynchronously unless `async_execution=False`."""
    return (await executions.execute_workflow(ctx, workflow_id, parse(ExecuteWorkflow, options))).execution


async def counted_and_stored(ctx: Context) -> tuple[OfWorkflows, OfWorkflows]:
    """How many executions each workflow of each tenant has: counted one by one, and as the running totals say it."""
    rows = select(EXECUTIONS.c.tenant, EXECUTIONS.c.workflow_id, func.count()).group_by("tenant", "workflow_id")
    totals = select(STORED.c.tenant, STORED.c.workflow_id, func.sum(STORED.c.number)).group_by("tenant", "workflow_id")

    def read(connection: Connection) -> tuple[OfWorkflows, OfWorkflows]:
        counted, stored = (
            {(tenant, workflow_id): number for tenant, workflow_id, number in connection.execute(statement) if number}
            for statement in (rows, totals)
        )
        return counted, stored

    return await ctx.services.database.read(read)


async def execute_many(ctx: Context, workflow_id: str, count: int) -> list[str]:
    """Start many executions at the same moment and return their ids."""
    accepted = await asyncio.gather(*(execute(ctx, workflow_id) for _ in range(count)))
    return [execution.id for execution in accepted]


async def journal(ctx: Context, execution_id: str) -> list[Event]:
    """The whole journal of an execution, once it has ended."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return [event async for event in execution_events(ctx, execution_id)]


async def seen(ctx: Context, execution_id: str, kind: EventType, action_id: str | None = None) -> None:
    """Wait until the journal has such an entry, of any action where none is named; what it says is on disk then.

    Before a crash, or a leap of the clock, this says what the next process finds.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in execution_events(ctx, execution_id):
            if event.type == kind and action_id in (None, event.action_id):
                return
    raise AssertionError(f"{execution_id} ended without {kind}")


async def journals(ctx: Context, ids: Sequence[str]) -> list[list[Event]]:
    """The whole journals of many executions, once all of them have ended."""
    return list(await asyncio.gather(*(journal(ctx, execution_id) for execution_id in ids)))


def kinds(events: Sequence[Event]) -> list[str]:
    return [event.type for event in events]


def assert_gap_free(events: Sequence[Event]) -> None:
    """Check that a journal is numbered without a gap and has one terminal entry, its last."""
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    terminal = {EventType.EXECUTION_COMPLETED, EventType.EXECUTION_FAILED, EventType.EXECUTION_CANCELLED}
    assert [kind in terminal for kind in kinds(events)] == [False] * (len(events) - 1) + [True]


@asynccontextmanager
async def crashing(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Context]:
    """An engine that is stopped without grace: what it works on stays as its journal has it."""
    async with running_services(settings, clock=clock) as services:
        yield Context(ADA, services)
        await services.dispatcher.stop(grace_seconds=0)


@asynccontextmanager
async def redispatched(
    ctx: Context, *, grace_seconds: float = PATIENCE_SECONDS, max_running: int = MAX_RUNNING, **changed: Any
) -> AsyncIterator[Context]:
    """The same services behind another dispatcher, of the same node, for which some parts are `changed`."""
    services = ctx.services
    await services.dispatcher.stop(PATIENCE_SECONDS)
    kept = {name: getattr(services, name) for name in Parts.__struct_fields__}
    dispatcher = Dispatcher(Parts(**(kept | changed)), services.dispatcher._membership, max_running=max_running)
    await dispatcher.start()
    yield Context(ctx.viewer, msgspec.structs.replace(services, dispatcher=dispatcher, **changed))
    await dispatcher.stop(grace_seconds)


def journal_on(database: Database, ctx: Context) -> dict[str, Any]:
    """The parts of an engine whose journal, and whatever it reads, goes through another way to the database."""
    services, store = ctx.services, Store(database)
    node = services.dispatcher._membership
    journal_ = Journal(database, services.broadcast, services.new_id, store.find, node=lambda: node.id)
    return {"store": store, "journal": journal_}

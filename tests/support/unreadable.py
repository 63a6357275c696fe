"""Executions that this version cannot read: how they come to be, how they are cured, and when they are set aside."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update

from app.settings.settings import Settings
from engine.definition.compiling import DEFINITION_VERSION
from engine.dispatch.store import EXECUTIONS, VERSIONS
from engine.journal.broadcast import feed_of
from engine.journal.journal import EVENTS
from models.database.connect import connect
from models.entities.executions import ExecutionDetail
from models.words import EventType, FaultCode
from resolvers.context import Context
from resolvers.executions import executions
from tests.support.calls import PATIENCE_SECONDS, notify
from tests.support.engine_calls import create, execute, seen

Json = dict[str, Any]
Poison = Callable[[Connection, str], None]
Cure = Callable[[Connection, str], None]


def wait(seconds: float) -> Json:
    return {"action_id": "pause", "action_type": "wait", "config": {"seconds": seconds}}


def broken_json(connection: Connection) -> str:
    """What PostgreSQL takes for JSON is JSON, but need not be what is looked for."""
    return '{"cut o' if connection.dialect.name == "sqlite" else "[1]"


def _last(connection: Connection, execution_id: str) -> int:
    last = select(func.max(EVENTS.c.sequence)).where(EVENTS.c.execution_id == execution_id)
    return int(connection.execute(last).scalar_one())


def newer_event(connection: Connection, execution_id: str) -> None:
    row = {"owner": "newer", "type": "action_paused", "at": func.now(), "action_id": "pause", "data": {"why": "new"}}
    at = select(EVENTS.c.at).where(EVENTS.c.execution_id == execution_id, EVENTS.c.sequence == 1).scalar_subquery()
    sequence = _last(connection, execution_id) + 1
    connection.execute(insert(EVENTS).values(execution_id=execution_id, sequence=sequence, **(row | {"at": at})))


def no_newer_event(connection: Connection, execution_id: str) -> None:
    connection.execute(delete(EVENTS).where(EVENTS.c.execution_id == execution_id, EVENTS.c.type == "action_paused"))


def _version(version: int) -> Poison:
    def change(connection: Connection, execution_id: str) -> None:
        of = select(EXECUTIONS.c.workflow_id).where(EXECUTIONS.c.id == execution_id).scalar_subquery()
        connection.execute(update(VERSIONS).where(VERSIONS.c.workflow_id == of).values(schema_version=version))

    return change


def damage(table_: str, column: str, where: str) -> Poison:
    def change(connection: Connection, execution_id: str) -> None:
        values = {"raw": broken_json(connection), "id": execution_id}
        connection.execute(
            text(f"UPDATE {table_} SET {column} = CAST(:raw AS {_json_type(connection)}) WHERE {where}"),  # noqa: S608 - our own words
            values,
        )

    return change


def _json_type(connection: Connection) -> str:
    return "TEXT" if connection.dialect.name == "sqlite" else "JSON"


OF_WORKFLOW = "workflow_id = (SELECT workflow_id FROM execution WHERE id = :id)"
POISONS: dict[str, tuple[Poison, FaultCode]] = {
    "an unknown event": (newer_event, FaultCode.NEWER_EVENT),
    "a newer definition": (_version(DEFINITION_VERSION + 1), FaultCode.NEWER_DEFINITION),
    "a damaged event": (damage("execution_event", "data", "execution_id = :id AND sequence = 2"), FaultCode.DAMAGED),
    "damaged parameters": (damage("execution", "parameters", "id = :id"), FaultCode.DAMAGED),
    "a damaged definition": (damage("workflow_version", "definition", OF_WORKFLOW), FaultCode.DAMAGED),
}
CURES: dict[str, Cure] = {"an unknown event": no_newer_event, "a newer definition": _version(1)}


async def at_rest(settings: Settings, work: Callable[[Connection], Any]) -> Any:
    """Do something to the database behind the service's back."""
    database = await connect(settings.url)
    try:
        return await database.transaction(work)
    finally:
        await database.close()


async def parked(ctx: Context, name: str, seconds: float) -> str:
    """An execution that waits, on disk."""
    execution = await execute(ctx, await create(ctx, wait(seconds), notify("after", depends_on=["pause"]), name=name))
    await seen(ctx, execution.id, EventType.ACTION_WAITING)
    return execution.id


async def set_aside(ctx: Context, execution_id: str) -> ExecutionDetail:
    """An execution as soon as it is set aside."""
    with ctx.services.broadcast.listen(feed_of("default")) as woken:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                woken.clear()
                found = await executions.get_execution(ctx, execution_id)
                if found.fault is not None and found.fault.since is not None:
                    return found
                await woken.wait()

"""A database of the release before, with live work of every feature in it, goes on where that release left it.

`release_before.json` holds its rows as that release wrote them, and is never made anew: it was taken while the process
was at work, as `kill -9` would have left it. Add one for the next release beside it.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, Connection, LargeBinary, column, insert
from sqlalchemy import table as lightweight
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from app.composition import running_services
from app.settings.settings import Settings
from models import migrations
from models.commands.messages import DecideApproval, SendSignal
from models.database.connect import opened
from models.words import EventType, Role
from resolvers.approvals import decide_approval
from resolvers.context import Context, Viewer
from resolvers.executions import executions
from resolvers.messages import send_signal
from tests.conftest import ScriptedService
from tests.integration.dispatch.test_unreadable import at_rest, newer_event, set_aside
from tests.support.databases import PostgresServer
from tests.support.engine_calls import assert_gap_free, journal
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio

BEFORE: dict[str, Any] = json.loads(Path(__file__).with_name("release_before.json").read_text())
MADE: dict[str, str] = BEFORE["executions"]
TAKEN_AT = datetime.fromisoformat(BEFORE["taken_at"])
KEY = b"a key of 32 bytes, for secrets.."
ADA, BOB = Viewer("ada", "default", Role.EDITOR), Viewer("bob", "default", Role.EDITOR)
RENAMED = {"wake_at": UTCDateTime()}
"""Columns that have another name now."""

COMPLETED = [name for name in MADE if name not in ("retry", "clean-up", "callback")]


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database as the release before has left it, once of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'before.db'}"
        await make(url)
        yield url
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    await server.execute("CREATE DATABASE before")
    await make(server.url("before"))
    yield server.url("before")
    await server.remove("before")


async def make(url: str) -> None:
    """Make the tables of that release, and what was in them."""
    database = opened(url)
    await database.change_schema(fill)
    await database.close()


def fill(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, BEFORE["revision"])
    for table in SQLModel.metadata.sorted_tables:
        for row in BEFORE["tables"].get(table.name, ()):
            if table.name == "change_counter":
                connection.execute(table.delete())
            types = {name: RENAMED[name] if name in RENAMED else table.c[name].type for name in row}
            then = lightweight(table.name, *(column(name, types[name]) for name in row))
            connection.execute(insert(then).values({name: read(types[name], row[name]) for name in row}))


def read(kind: Any, value: Any) -> Any:
    """A value as SQLite had it on its disk, as SQLAlchemy takes it."""
    if value is None:
        return None
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(kind, JSON):
        return json.loads(value)
    return bytes.fromhex(value["bytes"]) if isinstance(kind, LargeBinary) else value


@pytest.fixture
def clock() -> MovableClock:
    """Time goes on from the moment at which the release before was cut off."""
    clock = MovableClock()
    clock.ahead = TAKEN_AT - datetime.now(UTC)
    return clock


@pytest.fixture
def settings(database_url: str, tmp_path: Path, scripted: ScriptedService) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        encryption_keys=(KEY,),
        services={"scripted": scripted.service("scripted")},
    )


async def ends(ctx: Context, names: list[str]) -> dict[str, str]:
    """How executions end, by their names."""
    found = {}
    for name in names:
        events = await journal(ctx, MADE[name])
        assert_gap_free(events)
        found[name] = events[-1].type
    return found


async def test_live_work_of_every_feature_goes_on(
    settings: Settings, clock: MovableClock, scripted: ScriptedService
) -> None:
    async with running_services(settings, clock=clock) as services:
        ada, bob = Context(ADA, services), Context(BOB, services)
        [child] = [row["id"] for row in BEFORE["tables"]["execution"] if row["parent_id"] is not None]
        for execution_id in (MADE["signal"], MADE["secret"], MADE["first"], MADE["second"], child):
            signal = SendSignal(execution_id=execution_id, name="go", payload="gone on")
            await send_signal(ada, signal)
        for ctx in (ada, bob):
            decision = {"execution_id": MADE["approval"], "action_id": "ask", "approved": True}
            await decide_approval(ctx, DecideApproval(**decision, form={"reason": "good"}))
        quick = ["signal", "secret", "first", "second", "approval", "parent", "in flight", "items"]
        assert await ends(ada, quick) == dict.fromkeys(quick, EventType.EXECUTION_COMPLETED)
        clock.put_forward(125)
        services.broadcast.publish(["messages"])
    async with running_services(settings, clock=clock) as services:
        ada = Context(ADA, services)
        assert await ends(ada, COMPLETED) == dict.fromkeys(COMPLETED, EventType.EXECUTION_COMPLETED)
        others = {
            "clean-up": EventType.EXECUTION_CANCELLED,
            "callback": EventType.EXECUTION_COMPLETED,
            "retry": EventType.EXECUTION_COMPLETED,
        }
        assert await ends(ada, list(others)) == others
        items = await executions.get_execution(ada, MADE["items"])
        assert items.outputs == {"all": 4}
    asked = {request["path"]: request["headers"] for request in scripted.requests}
    assert asked["/secret"]["x-token"] == "a-secret-of-before"
    assert "/items/0" not in asked  # its response was journaled by the release before


async def test_an_event_of_the_future_among_it_is_set_aside(settings: Settings, clock: MovableClock) -> None:
    await at_rest(settings, lambda connection: newer_event(connection, MADE["timer"]))
    clock.ahead += timedelta(seconds=125)
    async with running_services(settings, clock=clock) as services:
        ctx = Context(ADA, services)
        shown = await set_aside(ctx, MADE["timer"])
        assert shown.fault is not None
        assert await ends(ctx, ["clean-up", "repeat"]) == {
            "clean-up": EventType.EXECUTION_CANCELLED,
            "repeat": EventType.EXECUTION_COMPLETED,
        }

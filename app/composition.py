"""Wires a running service: database, engine and dispatcher, started and stopped in order."""

import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx

from app.settings import Settings, SettingsError
from engine.actions.protocol import ActionResources
from engine.actions.registry import load_actions
from engine.broadcast import Broadcast
from engine.clock import Clock, SystemClock
from engine.dispatch import Dispatcher
from engine.journal import Journal
from engine.outbound import Outbound, default_transport
from engine.store import Store
from models.database import connect
from models.ids import NewId, new_id
from resolvers.context import Services

GRACE_SECONDS = 25.0
"""How long a stop waits for the executions at work before it leaves them to the next start."""


@asynccontextmanager
async def running_services(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
    make_id: NewId = new_id,
    grace_seconds: float = GRACE_SECONDS,
) -> AsyncIterator[Services]:
    """Give the parts of a running service, with every unfinished execution of an earlier process taken up.

    Raises `Unavailable` without a database.
    """
    clock = clock or SystemClock()
    database = await connect(settings.url)
    outbound = Outbound(transport or default_transport())
    broadcast = Broadcast()
    journal = Journal(database, broadcast, make_id)
    store = Store(database)
    actions = load_actions(ActionResources(outbound, settings.services))
    dispatcher = Dispatcher(store, journal, actions, clock)
    try:
        await dispatcher.start()
        yield Services(
            database=database,
            store=store,
            journal=journal,
            dispatcher=dispatcher,
            broadcast=broadcast,
            actions=actions,
            clock=clock,
            new_id=make_id,
        )
    finally:
        await dispatcher.stop(grace_seconds)
        await journal.close()
        await outbound.close()
        await database.close()


@contextmanager
def own_data_directory(settings: Settings, *, fresh: bool = False) -> Iterator[None]:
    """Hold the data directory for this process alone, emptied of its database where `fresh`.

    Two processes on one SQLite file would both resume the same executions: the second one gets `SettingsError`.
    """
    if not settings.is_embedded:
        yield
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with Path(settings.data_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SettingsError(
                f"another orchestrator uses the data directory {settings.data_dir}: stop it, or choose another "
                "directory with --data-dir"
            ) from None
        lock.write(str(os.getpid()))
        lock.flush()
        if fresh:
            for file in settings.data_dir.glob("orchestrator.db*"):
                file.unlink()
        yield

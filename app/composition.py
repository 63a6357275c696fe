"""Wires a running service: database, engine and dispatcher, started and stopped in order."""

import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from pathlib import Path

import httpx

from app.settings import Environment, Settings, SettingsError
from engine.actions.protocol import ActionResources
from engine.actions.registry import load_actions
from engine.broadcast import Broadcast
from engine.clock import Clock, SystemClock
from engine.dispatch import Dispatcher
from engine.journal import Journal
from engine.mocks import MockServices
from engine.outbound import Outbound, default_transport
from engine.store import Store
from models.connect import connect
from models.ids import NewId, new_id
from resolvers.context import Services
from resolvers.traffic import Traffic
from resolvers.vitals import watch

FLUSH_SECONDS = 2.0
"""How long a stop waits for an absent database to take the last entries."""

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
    traffic: Traffic | None = None,
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
    mocks = MockServices() if settings.environment is Environment.TEST else None
    actions = load_actions(ActionResources(outbound, settings.services, mocks))
    dispatcher = Dispatcher(store, journal, actions, clock)
    vitals = watch(
        database,
        outbound,
        settings.services,
        clock,
        traffic or Traffic(),
        version=version("orchestrator"),
        data_directory=settings.data_dir,
    )
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
            vitals=vitals,
            mocks=mocks,
        )
    finally:
        await dispatcher.stop(grace_seconds)
        await journal.close(FLUSH_SECONDS)
        await vitals.close()
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

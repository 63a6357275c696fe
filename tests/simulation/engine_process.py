"""One process of the service: the real engine, wired as the composition root does, on simulated parts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from app.callbacks import execution_object
from engine.actions.protocol import ActionResources
from engine.actions.registry import load_actions
from engine.audit.log import AuditLog
from engine.callbacks.carriers import CallbackCarrier
from engine.callbacks.client import CallbackClient
from engine.callbacks.delivery import CallbackSender
from engine.dispatch.children import StoredChildren
from engine.dispatch.dispatcher import Dispatcher, Parts
from engine.dispatch.nodes import Membership, Pace
from engine.dispatch.store import Store
from engine.journal.broadcast import Broadcast
from engine.journal.journal import Journal
from engine.retention.keeper import Retention
from engine.retention.pace import OF_ONE_WRITER
from engine.retention.settings import RetentionSettings
from engine.secrets.cipher import SecretCipher
from engine.secrets.values import SecretStore
from engine.services.addresses import CallbackPolicy
from engine.services.directory import ServiceDirectory
from engine.services.outbound import Outbound
from engine.services.registry import ServiceRegistry
from models.database.outlasting import outlasting
from models.words import DeliveryChannel, Role
from resolvers.context import Context, Services, Viewer
from tests.simulation.chance import Chance
from tests.simulation.simulated_database import Disk, SimulatedDatabase
from tests.simulation.simulated_services import SimulatedNetwork
from tests.simulation.virtual_loop import Mortal, VirtualLoop
from tests.simulation.witness import Witness
from tests.support.core.by_httpx import HttpxTransport

T = TypeVar("T")

EPOCH = datetime(2030, 1, 1, tzinfo=UTC)
SECRET_KEY = b"a key of 32 bytes, for secrets.."
CALLBACK_KEY = b"a key that signs callbacks, in a simulation"
SYNC_WAIT_SECONDS = 8.0
START_SECONDS = 0.8
PACE = Pace(lease_seconds=12.0, beat_seconds=3.0, poll_seconds=5.0)
"""Slower than in earnest, or its beats and looks would be most of what happens in a world."""


class ConnectionLost(Exception):
    """The process died, or was not there, before it had answered: the client knows nothing."""


class SimulatedClock:
    """The engine's clock, on the loop's virtual time."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        """See `engine.core.clock.Clock`."""
        return EPOCH + timedelta(seconds=self._loop.time())


class EngineProcess:
    """A process from its start to its death by crash or shutdown."""

    def __init__(
        self, name: str, registry: ServiceRegistry, disk: Disk, chance: Chance, loop: VirtualLoop, witness: Witness
    ) -> None:
        self.mortal = Mortal(loop, name)
        self.ready = asyncio.Event()
        self._loop = loop
        self._replies: dict[int, asyncio.Future[Any]] = {}
        self._requests = 0
        self._witness = witness
        database = SimulatedDatabase(disk, self.mortal, chance, loop, witness)
        broadcast = Broadcast()
        store = Store(database)
        clock = SimulatedClock(loop)
        self._membership = Membership(database, broadcast, clock, chance.hex_id, pace=PACE)
        node = self._membership
        journal = Journal(database, broadcast, chance.hex_id, store.find, node=lambda: node.id)
        network = SimulatedNetwork(self.mortal, chance, loop, witness, "idempotency-key", witness.calls)
        outbound = Outbound(HttpxTransport(network))
        directory = ServiceDirectory(registry, clock, outbound)
        actions = load_actions(
            ActionResources(
                outbound,
                directory,
                clock,
                children=StoredChildren(database, store, clock, chance.hex_id),
            )
        )
        secrets = SecretStore(database, SecretCipher(lambda: [SECRET_KEY]))
        self.services = Services(
            database=database,
            store=store,
            journal=journal,
            dispatcher=Dispatcher(
                Parts(database, store, journal, actions, secrets, clock, broadcast), node, chance=chance.random.random
            ),
            broadcast=broadcast,
            audit_log=AuditLog(database, clock),
            actions=actions,
            secrets=secrets,
            clock=clock,
            new_id=chance.hex_id,
            vitals=cast(Any, None),  # nothing here asks for health or metrics
            callback_policy=CallbackPolicy((), requires_https=False),
            directory=directory,
            sync_wait_seconds=SYNC_WAIT_SECONDS,
            retention=Retention(database, clock, node, RetentionSettings(), OF_ONE_WRITER),
        )
        targets = SimulatedNetwork(self.mortal, chance, loop, witness, "webhook-id", witness.callbacks)
        self._callbacks = CallbackSender(
            database,
            broadcast,
            clock,
            {
                DeliveryChannel.CALLBACK: CallbackCarrier(
                    CallbackClient(HttpxTransport(targets), [CALLBACK_KEY], clock), execution_object(self.services)
                )
            },
            node=node,
            chance=chance.random.random,
        )
        self.mortal.when_dead.append(self._hang_up)

    def start(self, *, with_callbacks: bool) -> None:
        """Come up after a while; callbacks are only delivered `with_callbacks`."""
        self.mortal.create_task(self._start(with_callbacks))

    @property
    def is_up(self) -> bool:
        """Whether it takes requests."""
        return self.ready.is_set() and not self.mortal.is_dead

    async def _start(self, with_callbacks: bool) -> None:
        await asyncio.sleep(START_SECONDS)
        await outlasting(self._membership.join)
        self._membership.start()
        if with_callbacks:
            self._callbacks.start()
        await self.services.dispatcher.start()
        self.ready.set()
        self._note("is ready")

    def shut_down(self) -> None:
        """What SIGTERM does."""
        self.ready.clear()
        self._note("shuts down")
        self.mortal.create_task(self._stop())

    async def _stop(self) -> None:
        await asyncio.gather(self.services.dispatcher.stop(5.0), self._callbacks.stop(2.0))
        await self.services.journal.close(2.0)
        await self._membership.leave()
        self.mortal.kill()

    async def request(self, ask: Callable[[Context], Awaitable[T]]) -> T:
        """Have a resolver answer, as over a connection. Raises `ConnectionLost`, or what the resolver raises."""
        if not self.is_up:
            raise ConnectionLost
        reply: asyncio.Future[T] = self._loop.create_future()
        self._requests += 1
        number = self._requests
        self._replies[number] = reply
        self.mortal.create_task(self._answer(ask, reply))
        try:
            return await reply
        finally:
            del self._replies[number]

    async def _answer(self, ask: Callable[[Context], Awaitable[T]], reply: "asyncio.Future[T]") -> None:
        try:
            answer = await ask(Context(Viewer("ada", "default", Role.EDITOR), self.services))
        except Exception as error:
            if not reply.done():
                reply.set_exception(error)
        else:
            if not reply.done():
                reply.set_result(answer)

    def _hang_up(self) -> None:
        self._note("is dead")
        self._witness.deaths.append(self._witness.tick())
        for reply in self._replies.values():
            if not reply.done():
                reply.set_exception(ConnectionLost())

    def _note(self, what: str) -> None:
        self._witness.note(self._loop.time(), self.mortal.name, what)

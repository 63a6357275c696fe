"""Wires this process as one node of many: its lease, its place in the queue, its line to the others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.settings.settings import Settings
from engine.actions.registry import ActionRegistry
from engine.core.clock import Clock
from engine.dispatch.cluster_dispatch import ClusterDispatcher
from engine.dispatch.job_queue import enqueue, install
from engine.dispatch.nodes import Membership
from engine.dispatch.postgres_line import PostgresLine
from engine.dispatch.relay import Line, Relay
from engine.dispatch.store import Store
from engine.journal.broadcast import Broadcast
from engine.journal.journal import Journal
from engine.running.run_pool import MAX_RUNNING
from engine.secrets.values import SecretStore
from models.database.database import Database
from models.ids import NewId


class Cluster:
    """What a node has that a process alone has not."""

    def __init__(self, settings: Settings, database: Database, broadcast: Broadcast, make_id: NewId) -> None:
        self._settings = settings
        self._database = database
        self._broadcast = broadcast
        self._make_id = make_id
        self.membership = Membership(database, broadcast, make_id, settings.node_kind)
        self._relay = Relay(self._line(), broadcast)

    def journal(self, store: Store) -> Journal:
        """A journal that asks for a node for what it accepts, in the same transaction."""
        return Journal(
            self._database,
            self._broadcast,
            self._make_id,
            store.find,
            shard=lambda: self.membership.shard,
            enqueue=enqueue,
            max_descendants=self._settings.max_descendants,
        )

    def dispatcher(
        self, store: Store, journal: Journal, actions: ActionRegistry, secrets: SecretStore, clock: Clock
    ) -> ClusterDispatcher:
        """The dispatcher of this node."""
        return ClusterDispatcher(
            self._database,
            store,
            journal,
            actions,
            secrets,
            clock,
            self._broadcast,
            self.membership,
            max_running=self._settings.concurrency or MAX_RUNNING,
        )

    async def prepare(self) -> None:
        """Make the tables of the queue where they are missing."""
        await self._database.change_schema(install)

    def hears(self) -> bool:
        """Whether wake-ups of other nodes come through."""
        return not self._relay.is_lost

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[None]:
        """Be a node, and exchange wake-ups with the others: through Redis where there is one, else PostgreSQL."""
        await self.membership.join()
        self.membership.start()
        self._relay.start()
        try:
            yield
        finally:
            await self.membership.leave()
            await self._relay.stop()

    def _line(self) -> Line:
        if not self._settings.redis_url:
            return PostgresLine(self._settings.dsn)
        from engine.dispatch.redis_line import RedisLine  # its client takes a noticeable part of a start

        return RedisLine(self._settings.redis_url)

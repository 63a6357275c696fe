"""This process as a node of a cluster: it joins, keeps its lease, and hands over what dead nodes have left."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, Interval, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from engine.dispatch.claims import NODES, dead_nodes, hand_over
from engine.journal.broadcast import JOBS, Broadcast
from models.database.database import Database
from models.errors import Unavailable
from models.ids import NODE_PREFIX, NewId
from models.words import NodeKind

log = logging.getLogger("orchestrator.nodes")

LEASE_SECONDS = 6.0
"""How long a node that says nothing is taken to be alive, by the database's clock."""

BEAT_SECONDS = 1.5

EXPIRY = func.now() + literal(timedelta(seconds=LEASE_SECONDS), Interval())


class Membership:
    """The lease of this node. `lost` is called where others took it for dead: what it had in hand is theirs."""

    def __init__(self, database: Database, broadcast: Broadcast, new_id: NewId, kind: NodeKind) -> None:
        self.kind = kind
        self.shard = 0
        self.lost: Callable[[], None] = lambda: None
        self._database = database
        self._broadcast = broadcast
        self._new_id = new_id
        self._id = new_id(NODE_PREFIX)
        self._beating: asyncio.Task[None] | None = None
        self._steady_since = 0.0

    @property
    def id(self) -> str:
        """What the node is called at present."""
        return self._id

    async def join(self) -> None:
        """Become a node, under the lowest shard that is free."""
        while True:
            try:
                self.shard = await self._database.transaction(self._join)
                return
            except IntegrityError:
                continue  # another node took the shard in between

    def _join(self, connection: Connection) -> int:
        taken = set(connection.execute(select(NODES.c.shard)).scalars())
        shard = next(number for number in range(len(taken) + 1) if number not in taken)
        connection.execute(
            insert(NODES).values(id=self._id, kind=self.kind, shard=shard, started_at=func.now(), expires_at=EXPIRY)
        )
        return shard

    def start(self) -> None:
        """Keep the lease from now on."""
        self._steady_since = asyncio.get_running_loop().time()
        self._beating = asyncio.create_task(self._beat_on())

    async def leave(self) -> None:
        """Hand over what is still in hand, and be no node any more; without a database others will see to it."""
        if self._beating is None:
            return
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        try:
            while await self._database.transaction(partial(hand_over, node_id=self._id)):
                self._broadcast.publish([JOBS])
        except Unavailable:
            log.warning("the database is away: what this node has in hand is taken over when its lease is over")

    async def _beat_on(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            asked_at = loop.time()
            try:
                is_alive = await self._database.transaction(self._beat)
                if loop.time() - asked_at > BEAT_SECONDS:
                    self._steady_since = loop.time()
                if not is_alive:
                    await self._join_again()
                elif loop.time() - self._steady_since > LEASE_SECONDS:
                    # Where the database itself was away nobody could keep a lease, and nobody is dead for that.
                    await self._bury_dead()
            except Unavailable:
                self._steady_since = loop.time()
            except Exception:
                log.exception("the node's lease stumbled on a fault of the engine, and goes on in a moment")

    def _beat(self, connection: Connection) -> bool:
        return bool(connection.execute(update(NODES).where(NODES.c.id == self._id).values(expires_at=EXPIRY)).rowcount)

    async def _join_again(self) -> None:
        """A node that was frozen is known under a new name: what bears the old one is in others' hands."""
        log.warning("node %s was taken for dead: it lets go of all that it had in hand", self._id)
        self._id = self._new_id(NODE_PREFIX)
        self.lost()
        await self.join()

    async def _bury_dead(self) -> None:
        for node_id in await self._database.read(_expired):
            if node_id != self._id:
                await self._bury(node_id)

    async def _bury(self, node_id: str) -> None:
        def bury(connection: Connection) -> int:
            return hand_over(connection, node_id) if node_id in dead_nodes(connection) else 0

        while count := await self._database.transaction(bury):
            log.warning("node %s is gone: %d of its executions go on elsewhere", node_id, count)
            self._broadcast.publish([JOBS])


def _expired(connection: Connection) -> list[str]:
    return list(connection.execute(select(NODES.c.id).where(NODES.c.expires_at <= func.now())).scalars())

"""This process as a node: it joins, keeps its lease, may lead, and hands over what it or a dead node has left."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Interval,
    Select,
    Update,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from engine.core.clock import Clock
from engine.dispatch.claims import dead_nodes, hand_over, hand_over_orphans
from engine.journal.broadcast import JOBS, Broadcast
from engine.journal.queue import NODES
from models.database.database import Database
from models.database.outlasting import outlasting
from models.errors import Unavailable
from models.ids import NODE_PREFIX, NewId
from models.log_context import facts, task_for_all
from models.words import NodeKind

log = logging.getLogger("orchestrator.engine.nodes")

MOMENT = NODES.c.expires_at.type
NOW = bindparam("now", type_=MOMENT)
EXPIRY = bindparam("expiry", type_=MOMENT)
TERM = bindparam("term", type_=Interval())
NODE = bindparam("node", type_=NODES.c.id.type)
VERSION = bindparam("of_version", type_=NODES.c.version.type)


class Lease(msgspec.Struct, frozen=True):
    """The statements of a lease: to take one, to keep it, and how all of them stand."""

    take: Insert
    keep: Update
    standing: Select[Any, int]


def _lease(now: ColumnElement[Any], expiry: ColumnElement[Any]) -> Lease:
    is_alive = NODES.c.expires_at > now
    new = {
        "id": NODE,
        "kind": bindparam("of_kind"),
        "shard": bindparam("number"),
        "started_at": now,
        "version": VERSION,
    }
    return Lease(
        take=insert(NODES).values(**new, expires_at=expiry),
        keep=update(NODES).where(NODES.c.id == NODE).values(expires_at=expiry),
        standing=select(func.min(NODES.c.shard).filter(is_alive), func.count().filter(~is_alive)),
    )


LEASES = {"sqlite": _lease(NOW, EXPIRY), "postgresql": _lease(func.now(), func.now() + TERM)}
"""By the clock of the database, which all nodes share: SQLite has no other one than this machine."""

SHARDS = select(NODES.c.shard)


class Pace(msgspec.Struct, frozen=True):
    """For how long a node that says nothing is taken to be alive, how often it says so, and how often it looks for what
    is new where no wake-up comes, because one may be lost.
    """

    lease_seconds: float = 6.0
    beat_seconds: float = 1.5
    poll_seconds: float = 1.0


class Membership:
    """The lease of this node. `lost` is called where others took it for dead: what it had in hand is theirs.

    The node that `leads` is the one with the lowest shard of all that are alive: it does what one of them is to do. Who
    `is_alone` has the database for itself: whatever was in hand before is left, and nobody asks whether it is alive.
    """

    def __init__(
        self,
        database: Database,
        broadcast: Broadcast,
        clock: Clock,
        new_id: NewId,
        kind: NodeKind = NodeKind.ALL,
        *,
        version: str | None = None,
        is_alone: bool = False,
        pace: Pace = Pace(),  # noqa: B008 - it is frozen
    ) -> None:
        self.kind = kind
        self.version = version
        self.pace = pace
        self.is_alone = is_alone
        self.leads = is_alone
        self.shard = 0
        self.has_joined = False
        self.lost: Callable[[], None] = lambda: None
        self._database = database
        self._broadcast = broadcast
        self._clock = clock
        self._new_id = new_id
        self._id = new_id(NODE_PREFIX)
        self._beating: asyncio.Task[None] | None = None
        self._steady_since = 0.0

    @property
    def id(self) -> str:
        """What the node is called at present."""
        return self._id

    async def join(self) -> None:
        """Become a node, under the lowest shard that is free, however long the database is away."""
        while True:
            try:
                self.shard, self.leads = await outlasting(lambda: self._database.transaction(self._join))
                self.has_joined = True
                return
            except IntegrityError:
                self._id = self._new_id(NODE_PREFIX)  # another one took the shard, or an answer was lost

    def _join(self, connection: Connection) -> tuple[int, bool]:
        if self.is_alone:
            connection.execute(delete(NODES))
            while hand_over_orphans(connection, self._clock.now()):
                continue
        taken = set(connection.execute(SHARDS).scalars())
        shard = next(number for number in range(len(taken) + 1) if number not in taken)
        lease, values = self._lease(connection)
        connection.execute(lease.take, {**values, "of_kind": self.kind, "number": shard, "of_version": self.version})
        return shard, self._standing(connection)[0] == shard

    def start(self) -> None:
        """Keep the lease from now on."""
        self._steady_since = asyncio.get_running_loop().time()
        if not self.is_alone:
            self._beating = task_for_all(self._beat_on())

    async def leave(self) -> None:
        """Hand over what is still in hand, and be no node any more; without a database others will see to it."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        try:
            while await self._database.transaction(
                lambda connection: hand_over(connection, self._id, self._clock.now())
            ):
                self._broadcast.publish([JOBS])
        except Unavailable:
            log.debug("the database is away: what this node has in hand is taken over when its lease is over")

    async def _beat_on(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self.pace.beat_seconds)
            asked_at = loop.time()
            try:
                is_alive, self.leads, has_dead = await self._database.transaction(self._beat)
                if loop.time() - asked_at > self.pace.beat_seconds:
                    self._steady_since = loop.time()
                if not is_alive:
                    await self._join_again()
                elif self.leads and has_dead and loop.time() - self._steady_since > self.pace.lease_seconds:
                    # Where the database itself was away nobody could keep a lease, and nobody is dead for that.
                    await self._bury_dead()
            except Unavailable:
                self._steady_since = loop.time()
            except Exception:
                log.exception("the node's lease stumbled on a fault of the engine, and goes on in a moment")

    def _beat(self, connection: Connection) -> tuple[bool, bool, bool]:
        """Whether this node is alive, whether it leads, and whether another one is dead."""
        lease, values = self._lease(connection)
        if not connection.execute(lease.keep, values).rowcount:
            return False, False, False
        first_alive, dead = self._standing(connection)
        leads = first_alive == self.shard
        return True, leads, leads and dead > 0

    def _standing(self, connection: Connection) -> tuple[int | None, int]:
        """The lowest shard of the nodes that are alive, and how many are dead."""
        lease, values = self._lease(connection)
        first_alive, dead = connection.execute(lease.standing, values).one()
        return first_alive, dead

    def _lease(self, connection: Connection) -> tuple[Lease, dict[str, Any]]:
        now, term = self._clock.now(), timedelta(seconds=self.pace.lease_seconds)
        return LEASES[connection.dialect.name], {"node": self._id, "now": now, "expiry": now + term, "term": term}

    async def _join_again(self) -> None:
        """A node that was frozen is known under a new name: what bears the old one is in others' hands."""
        log.warning(
            "This node was taken for dead: it lets go of all that it had in hand", extra=facts(node_id=self._id)
        )
        self._id = self._new_id(NODE_PREFIX)
        self.lost()
        await self.join()
        log.info("This node has joined anew", extra=facts(node_id=self._id))

    async def _bury_dead(self) -> None:
        def bury(connection: Connection) -> dict[str, int]:
            dead = dead_nodes(connection, self._now(connection))
            return {
                node_id: hand_over(connection, node_id, self._clock.now()) for node_id in dead if node_id != self._id
            }

        while buried := await self._database.transaction(bury):
            for node_id, count in buried.items():
                log.warning(
                    "A node is lost: its executions are taken over", extra=facts(node_id=node_id, executions=count)
                )
            self._broadcast.publish([JOBS])

    def _now(self, connection: Connection) -> Any:
        return func.now() if connection.dialect.name == "postgresql" else self._clock.now()

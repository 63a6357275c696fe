"""Delivers callbacks and what actions say: takes what is due from the rows, has it sent, and notes the outcome."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from engine.callbacks.carriers import Carriers
from engine.callbacks.client import Answer
from engine.callbacks.rows import (
    DeliveryOutcome,
    DueDelivery,
    claim_deliveries,
    due_deliveries,
    next_due,
    write_outcomes,
)
from engine.callbacks.schedule import verdict
from engine.core.clock import Clock
from engine.journal.broadcast import CALLBACKS, Broadcast
from models.database.database import Database
from models.errors import Unavailable
from models.log_context import facts, note, task_for_all
from models.words import DeliveryChannel, DeliveryStatus

log = logging.getLogger("orchestrator.callbacks")

MAX_SENDING = 32
"""Attempts at once."""

MAX_PER_HOST = 4
"""Attempts at once to one host, so that a dead one leaves room for all others."""

RETRY_SECONDS = 1.0
MAX_IDLE_SECONDS = 30.0
"""How long to sleep at most: a look at the rows finds what no wake-up told of."""

GIVEN_UP = frozenset({DeliveryStatus.EXHAUSTED, DeliveryStatus.DISABLED})

Find = Callable[[Connection], list[DueDelivery]]


class NamedNode(Protocol):
    """This process, where there are many."""

    @property
    def id(self) -> str:
        """What it is called at present."""
        ...


class CallbackSender:
    """One task for all deliveries. It holds nothing that a restart would lose: the rows say what is due."""

    def __init__(
        self,
        database: Database,
        broadcast: Broadcast,
        clock: Clock,
        carriers: Carriers,
        *,
        node: NamedNode | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._broadcast = broadcast
        self._clock = clock
        self._carriers = carriers
        self._node = node
        self._chance = chance
        self._taken: dict[str, DueDelivery] = {}
        self._attempts: set[asyncio.Task[None]] = set()
        self._outcomes: list[DeliveryOutcome] = []
        self._working: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin to deliver what is due, from this process and from earlier ones."""
        self._working = task_for_all(self._work())

    async def stop(self, grace_seconds: float) -> None:
        """Begin no attempt, give those at work `grace_seconds`, and leave the rest to the next start."""
        if self._working is None:
            return
        self._stopping = True
        if self._attempts:
            _, late = await asyncio.wait(self._attempts, timeout=grace_seconds)
            for attempt in late:
                attempt.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._wake()
        await asyncio.wait([self._working], timeout=grace_seconds)
        self._working.cancel()
        await asyncio.gather(self._working, return_exceptions=True)

    def _wake(self) -> None:
        self._broadcast.wake([CALLBACKS])

    async def _work(self) -> None:
        with self._broadcast.listen(CALLBACKS) as woken:
            while True:
                woken.clear()
                pause = await self._turn()
                if self._stopping and not self._taken:
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await woken.wait()

    async def _turn(self) -> float:
        """Do what is to be done now, and return for how long there will be nothing more."""
        now = self._clock.now()
        try:
            await self._write_outcomes()
            if self._stopping:
                return MAX_IDLE_SECONDS
            await self._take_due(now)
            return await self._idle_seconds(now)
        except Unavailable:
            log.debug("the database is away: callbacks go on when it is back")
        except Exception:
            log.exception("callbacks stopped on a fault of the engine, and go on in a moment")
        return RETRY_SECONDS

    async def _write_outcomes(self) -> None:
        outcomes = list(self._outcomes)
        if outcomes:
            await self._database.transaction(lambda connection: write_outcomes(connection, outcomes))
            del self._outcomes[: len(outcomes)]
            for outcome in outcomes:
                del self._taken[outcome.delivery.id]
                _tell_given_up(outcome)

    async def _take_due(self, now: datetime) -> None:
        while room := MAX_SENDING - len(self._taken):
            at_work = Counter(delivery.host for delivery in self._taken.values())
            full = [host for host, count in at_work.items() if count >= MAX_PER_HOST]
            find = partial(
                due_deliveries,
                now=now,
                limit=room,
                without=list(self._taken),
                without_hosts=full,
                node_id=None if self._node is None else self._node.id,
            )
            found, chosen = await self._chosen(find, at_work)
            if self._stopping:
                return
            for delivery in chosen:
                self._begin(delivery)
            if found < room:
                return

    async def _chosen(self, find: Find, at_work: Counter[str]) -> tuple[int, list[DueDelivery]]:
        """How many are due, and those to begin with; of many nodes, those that this one has claimed, so that no other
        makes the same attempt.
        """

        def choose(connection: Connection) -> tuple[int, list[DueDelivery]]:
            found = find(connection)
            chosen = _as_hosts_bear(found, at_work)
            return len(found), chosen if self._node is None else claim_deliveries(connection, self._node.id, chosen)

        return await (self._database.read if self._node is None else self._database.transaction)(choose)

    def _begin(self, delivery: DueDelivery) -> None:
        self._taken[delivery.id] = delivery
        attempt = task_for_all(self._attempt(delivery))
        self._attempts.add(attempt)
        attempt.add_done_callback(self._attempts.discard)

    async def _attempt(self, delivery: DueDelivery) -> None:
        note(execution_id=delivery.execution_id)
        started = self._clock.now()
        try:
            answer = await self._carriers[DeliveryChannel(delivery.channel)].carry(delivery)
        except asyncio.CancelledError:
            del self._taken[delivery.id]
            raise
        except Exception:
            # A fault of ours counts as an attempt too, or it would be made again at once and for ever.
            log.exception("What is due could not be sent", extra=facts(delivery_id=delivery.id))
            answer = Answer(started, self._clock.now(), error="not sent: the server's log has the details")
        follows = verdict(answer.judged_as, answer.retry_after, delivery.step, answer.ended_at, self._chance())
        self._outcomes.append(DeliveryOutcome(delivery, answer, follows))
        self._wake()

    async def _idle_seconds(self, now: datetime) -> float:
        """Until the first delivery that was not due at `now` is due."""
        due = await self._database.read(lambda connection: next_due(connection, now))
        if due is None:
            return MAX_IDLE_SECONDS
        return min(MAX_IDLE_SECONDS, max(0.0, (due - self._clock.now()).total_seconds()))


def _tell_given_up(outcome: DeliveryOutcome) -> None:
    """Say where nothing more is tried: whoever runs the receiver has to know."""
    if outcome.verdict.status not in GIVEN_UP:
        return
    delivery = outcome.delivery
    known = facts(
        execution_id=delivery.execution_id,
        delivery_id=delivery.id,
        host=delivery.host,
        http_status=outcome.answer.http_status,
        attempts=delivery.attempts + 1,
    )
    log.warning("A callback is given up", extra=known)


def _as_hosts_bear(found: Sequence[DueDelivery], at_work: Counter[str]) -> list[DueDelivery]:
    """Those for which their host has a place beside what is `at_work`."""
    chosen = []
    places = Counter(at_work)
    for delivery in found:
        if places[delivery.host] < MAX_PER_HOST:
            places[delivery.host] += 1
            chosen.append(delivery)
    return chosen

"""The gates before the services: how many calls at once, how many a second, and none to a service that is down."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

import msgspec

from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.services.circuit import Circuit
from engine.services.rate_limit import RateLimit
from engine.services.registry import Service, ServiceRegistry
from models.entities.operations import GateState
from models.log_context import facts
from models.moments import spelled
from models.words import ActionErrorCode, CircuitState, WaitReason

log = logging.getLogger("orchestrator.services")

NO_ANSWER = frozenset({ActionErrorCode.CONNECTION_ERROR, ActionErrorCode.TLS_REFUSED, ActionErrorCode.TIMEOUT})


class Blocked(msgspec.Struct, frozen=True):
    """Why an attempt must not start now, and until when; CONCURRENCY has no `until`.

    `place` tells its present place in the line, from 1, where it stands in one; None once it does not.
    """

    reason: WaitReason
    until: datetime | None
    place: Callable[[], int | None] | None = None


class Gate(Protocol):
    """Whose leave the engine asks before it starts an attempt. One gate serves one attempt."""

    def try_enter(self) -> Blocked | None:
        """Take a place and return None, or say what is in the way. Never overtakes those that wait."""
        ...

    async def enter(self) -> Blocked | None:
        """Wait in order for CONCURRENCY and RATE_LIMIT; None once a place is taken.

        Gives CIRCUIT_OPEN where the circuit is open or opens meanwhile. A cancelled waiter takes no place.
        """
        ...

    def leave(self, failure: ActionFailed | None) -> None:
        """Give the place back after the attempt has ended; None is success."""
        ...

    def abandon(self) -> None:
        """Give the place back after the attempt was cut off, which says nothing about the service."""
        ...


@runtime_checkable
class OrderedGate(Gate, Protocol):
    """A gate that tells those in line before it how many are ahead of them."""

    def place(self) -> int | None:
        """The present place in the line, from 1; None for who stands in none."""
        ...


class ServiceGate:
    """What all calls of one service share: its places, its rate, its circuit, and the queue before it.

    While the circuit is half open one call at a time goes through, and the others wait for its end as for a place.
    """

    def __init__(self, service: Service, clock: Clock) -> None:
        self._name = service.name
        self._places = service.max_concurrency
        self._rate = RateLimit(service.rate_limit) if service.rate_limit is not None else None
        self._circuit = Circuit(service.circuit_threshold, service.circuit_open_seconds)
        self._clock = clock
        self._running = 0
        self._queue: OrderedDict[asyncio.Future[int | Blocked], object] = OrderedDict()
        self._alarm: asyncio.TimerHandle | None = None

    def state(self) -> GateState:
        """What there is to see of it now."""
        now = self._clock.now()
        circuit = self._circuit.state(now)
        return GateState(
            circuit=circuit,
            open_until=self._circuit.open_until if circuit is CircuitState.OPEN else None,
            consecutive_failures=self._circuit.failures,
            running=self._running,
            waiting=len(self._queue),
        )

    def admit(self) -> int | Blocked:
        """Take a place for a newcomer and return the circuit's period, or say what is in the way."""
        self._serve_queue()
        now = self._clock.now()
        return self._obstacle(now, ahead=len(self._queue)) or self._take(now)

    def place(self, visitor: object) -> int | None:
        """The place of a visitor in the line, from 1; None where it stands in none."""
        return next((place for place, waiting in enumerate(self._queue.values(), 1) if waiting is visitor), None)

    async def queue(self, visitor: object = None) -> int | Blocked:
        """Wait for a place, behind all who wait already; see `Gate.enter`."""
        admitted = self.admit()
        if not isinstance(admitted, Blocked) or admitted.reason is WaitReason.CIRCUIT_OPEN:
            return admitted
        turn: asyncio.Future[int | Blocked] = asyncio.get_running_loop().create_future()
        self._queue[turn] = visitor
        self._serve_queue()
        try:
            return await turn
        except asyncio.CancelledError:
            self._withdraw(turn)
            raise

    def end(self, period: int, failure: ActionFailed | None) -> None:
        """Give a place back; a call that never reached the service says nothing about it."""
        before = self._circuit.open_until
        if failure is not None and (failure.code in NO_ANSWER or (failure.http_status or 0) >= 500):
            self._circuit.failed(period, self._clock.now())
        elif failure is None or failure.http_status is not None or failure.code is ActionErrorCode.INVALID_RESPONSE:
            self._circuit.succeeded(period)
        else:
            self._circuit.abandoned(period)
        if self._circuit.open_until != before:
            self._tell_circuit(was_open=before is not None)
        self._give_back()

    def try_now(self) -> None:
        """Somebody thinks that the service is well again: where its circuit is open, the next call may find out."""
        if self._circuit.try_now(self._clock.now()):
            log.warning("The circuit of a service lets one call through by hand", extra=facts(service=self._name))

    def _tell_circuit(self, *, was_open: bool) -> None:
        """Say that calls of the service are stopped, or go on."""
        until = self._circuit.open_until
        if until is None:
            log.warning("The circuit of a service is closed: it is called again", extra=facts(service=self._name))
            return
        known = facts(service=self._name, failures=self._circuit.failures, until=spelled(until))
        told = "stays open, for it failed once more" if was_open else "is open: it is left alone for a while"
        log.warning("The circuit of a service %s", told, extra=known)

    def cut_off(self, period: int) -> None:
        """Give a place back whose call did not end by itself."""
        self._circuit.abandoned(period)
        self._give_back()

    def _obstacle(self, now: datetime, *, ahead: int) -> Blocked | None:
        """What keeps a call from starting behind `ahead` others."""
        if self._circuit.state(now) is CircuitState.OPEN:
            return Blocked(WaitReason.CIRCUIT_OPEN, self._circuit.open_until)
        if self._running >= self._places or self._circuit.waits_for_probe(now):
            return Blocked(WaitReason.CONCURRENCY, None)
        next_at = self._rate.next_at(now, ahead) if self._rate is not None else now
        return Blocked(WaitReason.RATE_LIMIT, next_at) if next_at > now else None

    def _take(self, now: datetime) -> int:
        self._running += 1
        if self._rate is not None:
            self._rate.count(now)
        return self._circuit.let_through(now)

    def _give_back(self) -> None:
        self._running -= 1
        self._serve_queue()

    def _serve_queue(self) -> None:
        """Let in as many as there is room for, from the front, and come back when the rate has room for the next."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        while self._queue:
            now = self._clock.now()
            obstacle = self._obstacle(now, ahead=0)
            if obstacle is not None and obstacle.reason is not WaitReason.CIRCUIT_OPEN:
                if obstacle.until is not None:
                    seconds = (obstacle.until - now).total_seconds()
                    self._alarm = asyncio.get_running_loop().call_later(seconds, self._serve_queue)
                return
            turn, _ = self._queue.popitem(last=False)
            if not turn.cancelled():
                turn.set_result(obstacle or self._take(now))

    def _withdraw(self, turn: "asyncio.Future[int | Blocked]") -> None:
        if turn.cancelled():
            self._queue.pop(turn, None)
            self._serve_queue()
        elif isinstance(admitted := turn.result(), int):  # let in at the moment when its caller was cancelled
            self.cut_off(admitted)


class GateVisit:
    """One attempt at the gate of a service: a `Gate` that remembers in which period it was let through."""

    def __init__(self, gate: ServiceGate) -> None:
        self._gate = gate
        self._period = -1

    def try_enter(self) -> Blocked | None:
        """See `Gate.try_enter`."""
        return self._kept(self._gate.admit())

    async def enter(self) -> Blocked | None:
        """See `Gate.enter`."""
        return self._kept(await self._gate.queue(self))

    def place(self) -> int | None:
        """See `OrderedGate.place`."""
        return self._gate.place(self)

    def leave(self, failure: ActionFailed | None) -> None:
        """CONNECTION_ERROR, TLS_REFUSED, TIMEOUT and a 5xx are failures of the service; any other answer is none."""
        self._gate.end(self._period, failure)

    def abandon(self) -> None:
        """See `Gate.abandon`."""
        self._gate.cut_off(self._period)

    def _kept(self, admitted: int | Blocked) -> Blocked | None:
        if isinstance(admitted, Blocked):
            return admitted
        self._period = admitted
        return None


class ServiceGates:
    """The gates of the operator's services; they last as long as the process."""

    def __init__(self, services: ServiceRegistry, clock: Clock) -> None:
        self._gates = {name: ServiceGate(service, clock) for name, service in services.items()}

    def gate(self, service: str) -> ServiceGate | None:
        """The gate of a service; None where it is not registered."""
        return self._gates.get(service)

    def states(self) -> Mapping[str, GateState]:
        """What there is to see of every gate, by the name of its service."""
        return {name: gate.state() for name, gate in self._gates.items()}

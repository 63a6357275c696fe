"""The circuit breaker of a gate: when it opens, and who tries whether the service is back."""

import asyncio

import pytest

from engine.core.failure import ActionFailed
from engine.services.gates import Blocked
from models.entities.operations import GateState
from models.words import ActionErrorCode, CircuitState, WaitReason
from tests.support.core.gates import DOWN, World, at, let_others_run

# --- the circuit ---------------------------------------------------------------------------------


def test_failures_in_a_row_open_the_circuit_for_a_while() -> None:
    world = World(circuit_threshold=3, circuit_open_seconds=30)

    async def script() -> None:
        await asyncio.sleep(5)
        world.fail(2)
        assert (world.state.circuit, world.state.consecutive_failures) == (CircuitState.CLOSED, 2)
        world.fail(1)
        assert world.state == GateState(
            circuit=CircuitState.OPEN, open_until=at(35), consecutive_failures=3, running=0, waiting=0
        )
        blocked = Blocked(WaitReason.CIRCUIT_OPEN, at(35))
        assert (world.visit().try_enter(), await world.visit().enter()) == (blocked, blocked)
        await asyncio.sleep(30)
        assert (world.state.circuit, world.state.open_until) == (CircuitState.HALF_OPEN, None)

    world.run(script)


def test_a_success_between_failures_begins_the_count_anew() -> None:
    world = World(circuit_threshold=3)

    async def script() -> None:
        world.fail(2)
        world.entered().leave(None)
        world.fail(2)
        assert (world.state.circuit, world.state.consecutive_failures) == (CircuitState.CLOSED, 2)

    world.run(script)


def test_without_a_threshold_the_circuit_never_opens() -> None:
    world = World(circuit_threshold=None)

    async def script() -> None:
        world.fail(1000)
        assert (world.state.circuit, world.state.consecutive_failures) == (CircuitState.CLOSED, 1000)

    world.run(script)


@pytest.mark.parametrize(
    ("failure", "failures"),
    [
        (ActionFailed(ActionErrorCode.CONNECTION_ERROR, "refused"), 2),
        (ActionFailed(ActionErrorCode.TIMEOUT, "hangs"), 2),
        (ActionFailed(ActionErrorCode.HTTP_ERROR, "500", http_status=500), 2),
        (ActionFailed(ActionErrorCode.HTTP_ERROR, "599", http_status=599), 2),
        (ActionFailed(ActionErrorCode.HTTP_ERROR, "404", http_status=404), 0),
        (ActionFailed(ActionErrorCode.HTTP_ERROR, "429", http_status=429), 0),
        (ActionFailed(ActionErrorCode.INVALID_RESPONSE, "no JSON"), 0),
        (ActionFailed(ActionErrorCode.INVALID_CONFIG, "never sent"), 1),
        (ActionFailed(ActionErrorCode.INTERNAL_ERROR, "our own bug"), 1),
        (None, 0),
    ],
)
def test_only_what_the_service_did_counts(failure: ActionFailed | None, failures: int) -> None:
    world = World()

    async def script() -> None:
        world.fail(1)
        world.entered().leave(failure)
        assert world.state.consecutive_failures == failures

    world.run(script)


def test_those_that_wait_when_the_circuit_opens_are_told_until_when() -> None:
    world = World(max_concurrency=1, circuit_threshold=1, circuit_open_seconds=30)

    async def script() -> None:
        first = world.entered()
        waiting = [asyncio.create_task(world.visit().enter()) for _ in range(3)]
        await asyncio.sleep(7)
        first.leave(DOWN)
        assert await asyncio.gather(*waiting) == [Blocked(WaitReason.CIRCUIT_OPEN, at(37))] * 3

    world.run(script)


def test_half_open_lets_one_call_through_and_the_others_wait_for_its_end() -> None:
    world = World(circuit_threshold=1, circuit_open_seconds=30)

    async def script() -> None:
        world.fail(1)
        await asyncio.sleep(30)
        probe = world.entered()
        assert world.state.circuit is CircuitState.HALF_OPEN
        assert world.visit().try_enter() == Blocked(WaitReason.CONCURRENCY, None)
        others = [asyncio.create_task(world.call(f"c{number}")) for number in range(3)]
        await asyncio.sleep(2)
        assert world.log == []
        probe.leave(None)
        assert (world.state.circuit, world.state.consecutive_failures) == (CircuitState.CLOSED, 0)
        await asyncio.gather(*others)
        assert world.log == [("c0", 32), ("c1", 32), ("c2", 32)]

    world.run(script)


def test_a_probe_that_fails_opens_the_circuit_again() -> None:
    world = World(circuit_threshold=3, circuit_open_seconds=30)

    async def script() -> None:
        world.fail(3)
        await asyncio.sleep(40)
        probe = world.entered()
        waiting = asyncio.create_task(world.visit().enter())
        await asyncio.sleep(2)
        probe.leave(DOWN)
        assert await waiting == Blocked(WaitReason.CIRCUIT_OPEN, at(72))
        assert world.state.open_until == at(72)

    world.run(script)


@pytest.mark.parametrize("cut_off", [True, False])
def test_a_probe_that_says_nothing_leaves_the_circuit_half_open_for_the_next(cut_off: bool) -> None:
    world = World(circuit_threshold=1, circuit_open_seconds=30)

    async def script() -> None:
        world.fail(1)
        await asyncio.sleep(30)
        probe, second = world.entered(), world.visit()
        waiting = asyncio.create_task(second.enter())
        await let_others_run()
        probe.abandon() if cut_off else probe.leave(ActionFailed(ActionErrorCode.INVALID_CONFIG, "never sent"))
        assert await waiting is None
        assert world.state.circuit is CircuitState.HALF_OPEN
        second.leave(None)
        assert world.state.circuit is CircuitState.CLOSED

    world.run(script)


@pytest.mark.parametrize("late", [DOWN, None])
def test_a_call_from_before_the_circuit_opened_decides_nothing_afterwards(late: ActionFailed | None) -> None:
    world = World(circuit_threshold=1, circuit_open_seconds=30)

    async def script() -> None:
        old, older, oldest = world.entered(), world.entered(), world.entered()
        world.fail(1)
        old.leave(late)
        assert (world.state.circuit, world.state.open_until) == (CircuitState.OPEN, at(30))
        await asyncio.sleep(30)
        probe = world.entered()
        older.leave(late)
        assert world.state.circuit is CircuitState.HALF_OPEN
        assert world.visit().try_enter() == Blocked(WaitReason.CONCURRENCY, None)
        probe.leave(None)
        oldest.leave(late)
        assert (world.state.circuit, world.state.consecutive_failures) == (CircuitState.CLOSED, 0)

    world.run(script)

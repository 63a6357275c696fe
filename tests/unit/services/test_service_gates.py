"""The gates before the services: order, places, rate and circuit, on virtual time."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.clock import SystemClock
from engine.services.gates import Blocked, Gate, GateVisit, ServiceGates
from engine.services.rate_limit import RateLimit
from engine.services.registry import Service
from models.entities.operations import GateState
from models.words import CircuitState, WaitReason
from tests.support.core.gates import DOWN, START, World, at, let_others_run

# --- places --------------------------------------------------------------------------------------


def test_no_more_calls_than_places_run_and_the_others_follow_in_order() -> None:
    world = World(max_concurrency=2)

    async def script() -> None:
        await asyncio.gather(*(world.call(f"c{number}") for number in range(6)))

    world.run(script)
    assert world.log == [("c0", 0), ("c1", 0), ("c2", 1), ("c3", 1), ("c4", 2), ("c5", 2)]


def test_a_call_that_finds_no_place_is_told_so() -> None:
    world = World(max_concurrency=1)

    async def script() -> None:
        first = world.entered()
        assert world.visit().try_enter() == Blocked(WaitReason.CONCURRENCY, None)
        assert world.state == GateState(
            circuit=CircuitState.CLOSED, open_until=None, consecutive_failures=0, running=1, waiting=0
        )
        first.leave(None)
        world.entered().leave(None)

    world.run(script)


def test_nobody_overtakes_those_that_wait() -> None:
    world = World(max_concurrency=1)

    async def script() -> None:
        first = world.entered()
        waiting = asyncio.create_task(world.call("waiting"))
        await let_others_run()
        assert world.state.waiting == 1
        first.leave(None)
        assert world.visit().try_enter() == Blocked(WaitReason.CONCURRENCY, None)
        await waiting
        assert world.log == [("waiting", 0)]

    world.run(script)


@pytest.mark.parametrize("give_back", [lambda visit: visit.leave(None), lambda visit: visit.abandon()])
def test_a_place_that_is_given_back_goes_to_the_next(give_back: Callable[[Gate], None]) -> None:
    world = World(max_concurrency=1)

    async def script() -> None:
        first, second = world.entered(), world.visit()
        entering = asyncio.create_task(second.enter())
        await let_others_run()
        assert not entering.done()
        give_back(first)
        assert await entering is None
        second.leave(None)

    world.run(script)


def test_a_waiter_that_is_cancelled_takes_no_place_and_holds_up_nobody() -> None:
    world = World(max_concurrency=1)

    async def script() -> None:
        first = world.entered()
        cancelled, patient = (asyncio.create_task(world.call(name)) for name in ("cancelled", "patient"))
        await let_others_run()
        cancelled.cancel()
        await let_others_run()
        assert world.state.waiting == 1
        first.leave(None)
        await patient
        assert world.log == [("patient", 0)]

    world.run(script)


def test_a_waiter_that_is_cancelled_just_as_its_place_gets_free_passes_it_on() -> None:
    world = World(max_concurrency=1)

    async def script() -> None:
        first = world.entered()
        unlucky, patient = (asyncio.create_task(world.call(name)) for name in ("unlucky", "patient"))
        await let_others_run()
        first.leave(None)
        unlucky.cancel()
        await patient
        assert world.log == [("patient", 0)]

    world.run(script)


def test_a_place_that_gets_free_while_its_waiter_is_being_cancelled_goes_to_the_next() -> None:
    world = World(max_concurrency=1)

    async def script() -> None:
        first = world.entered()
        cancelled, patient = (asyncio.create_task(world.call(name)) for name in ("cancelled", "patient"))
        await let_others_run()
        cancelled.cancel()
        first.leave(None)
        await patient
        assert world.log == [("patient", 0)]

    world.run(script)


@given(
    places=st.integers(1, 3),
    rate=st.none() | st.sampled_from([0.5, 3.0, 10.0]),
    steps=st.lists(st.tuples(st.sampled_from(["call", "fail", "cancel", "abandon"]), st.floats(0, 2)), max_size=25),
)
def test_whatever_happens_places_are_kept_and_given_back(
    places: int, rate: float | None, steps: list[tuple[str, float]]
) -> None:
    world = World(max_concurrency=places, rate_limit=rate, circuit_threshold=2, circuit_open_seconds=1)
    most = 0

    async def attempt(step: str, seconds: float) -> None:
        nonlocal most
        visit = world.visit()
        if await visit.enter() is not None:
            return
        most = max(most, world.state.running)
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            visit.abandon()
            raise
        visit.abandon() if step == "abandon" else visit.leave(DOWN if step == "fail" else None)

    async def script() -> None:
        tasks = []
        for step, seconds in steps:
            tasks.append(asyncio.create_task(attempt(step, seconds)))
            await asyncio.sleep(seconds / 4)
            if step == "cancel":
                tasks[len(tasks) // 2].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    world.run(script)
    assert most <= places


# --- the rate ------------------------------------------------------------------------------------


def test_a_burst_of_one_second_goes_at_once_and_the_rest_evenly() -> None:
    world = World(rate_limit=2.0)

    async def script() -> None:
        await asyncio.gather(*(world.call(f"c{number}") for number in range(6)))

    world.run(script)
    assert world.log == [("c0", 0), ("c1", 0), ("c2", 0.5), ("c3", 1.0), ("c4", 1.5), ("c5", 2.0)]


def test_below_one_call_a_second_each_waits_for_the_one_before() -> None:
    world = World(rate_limit=0.1)

    async def script() -> None:
        await asyncio.gather(*(world.call(f"c{number}", 0) for number in range(3)))

    world.run(script)
    assert world.log == [("c0", 0), ("c1", 10), ("c2", 20)]


def test_a_call_over_the_rate_is_told_the_exact_time_of_its_turn() -> None:
    world = World(rate_limit=0.5)

    async def script() -> None:
        world.entered().leave(None)
        assert world.visit().try_enter() == Blocked(WaitReason.RATE_LIMIT, at(2))
        waiting = asyncio.create_task(world.call("waiting", 0))
        await let_others_run()
        assert world.visit().try_enter() == Blocked(WaitReason.RATE_LIMIT, at(4))
        await waiting
        assert world.visit().try_enter() == Blocked(WaitReason.RATE_LIMIT, at(4))
        await asyncio.sleep(2)
        world.entered().leave(None)

    world.run(script)


def test_a_cancelled_waiter_gives_its_turn_to_the_next() -> None:
    world = World(rate_limit=1.0)

    async def script() -> None:
        world.entered().leave(None)
        cancelled, patient = (asyncio.create_task(world.call(name, 0)) for name in ("cancelled", "patient"))
        await asyncio.sleep(0.5)
        cancelled.cancel()
        await patient
        assert world.log == [("patient", 1.0)]

    world.run(script)


@given(
    per_second=st.floats(0.01, 50),
    pauses=st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_no_stretch_of_time_has_more_calls_than_the_rate_and_one_burst(per_second: float, pauses: list[float]) -> None:
    rate, now, made = RateLimit(per_second), START, []
    for pause in pauses:
        now = max(now + timedelta(seconds=pause), rate.next_at(now + timedelta(seconds=pause)))
        assert rate.next_at(now) == now
        rate.count(now)
        made.append(now)
    burst = max(1, int(per_second))
    for first in range(len(made)):
        for last in range(first, len(made)):
            seconds = (made[last] - made[first]).total_seconds()
            assert last - first + 1 <= burst + seconds * per_second + 1e-6


def test_each_service_has_a_gate_of_its_own_and_an_unknown_one_has_none() -> None:
    services = {name: Service(name, "http://x", max_concurrency=1) for name in ("a", "b")}
    gates = ServiceGates(services, SystemClock())
    for name in services:
        gate = gates.gate(name)
        assert gate is not None
        assert GateVisit(gate).try_enter() is None
    assert gates.gate("c") is None
    assert {name: state.running for name, state in gates.states().items()} == {"a": 1, "b": 1}

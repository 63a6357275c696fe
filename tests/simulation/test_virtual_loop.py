"""The virtual loop itself: time jumps, nothing hangs, and the dead stay dead."""

import asyncio

import pytest

from tests.simulation.virtual_loop import Deadlock, Mortal, Runaway, VirtualLoop


def test_time_jumps_to_the_next_timer() -> None:
    loop = VirtualLoop()
    loop.run_until_complete(asyncio.sleep(86_400 * 365))
    assert loop.time() == 86_400 * 365
    loop.close()


def test_waiting_for_what_can_never_come_is_a_deadlock() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    loop = VirtualLoop()
    with pytest.raises(Deadlock):
        loop.run_until_complete(_buried(loop, wait()))
    loop.close()


def test_a_loop_that_spins_is_stopped() -> None:
    async def spin() -> None:
        while True:  # noqa: ASYNC110 - it is there to spin
            await asyncio.sleep(0)

    loop = VirtualLoop(max_steps=100)
    with pytest.raises(Runaway):
        loop.run_until_complete(_buried(loop, spin()))
    loop.close()


def test_a_killed_process_runs_no_finally_and_disturbs_nobody() -> None:
    seen: list[str] = []

    async def work() -> None:
        try:
            seen.append("begun")
            await asyncio.create_task(asyncio.sleep(2))
            seen.append("ended")
        except BaseException:
            seen.append("excepted")
            raise
        finally:
            seen.append("finally")
            await asyncio.sleep(1)

    async def world() -> None:
        mortal = Mortal(loop, "process")
        mortal.create_task(work())
        loop.call_later(1, mortal.kill)
        await asyncio.sleep(10)
        assert seen == ["begun"]
        mortal.bury()

    loop = VirtualLoop()
    loop.run_until_complete(world())
    assert loop.complaints == []
    loop.close()


async def _buried(loop: VirtualLoop, coroutine: object) -> None:
    """Run a coroutine that never ends as a process, so that it leaves no warning behind."""
    await Mortal(loop, "endless").create_task(coroutine)

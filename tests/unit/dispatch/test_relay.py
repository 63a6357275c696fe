"""What a relay keeps while its line is down, and what it says and wakes when the line is back."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from engine.dispatch import relay as relay_module
from engine.dispatch.relay import MAX_PENDING, LineLost, Relay
from engine.journal.broadcast import Broadcast

pytestmark = pytest.mark.asyncio

PUBLISHED = 200_000
AT_ONCE = 100
MAX_BYTES = 2_000_000


class ScriptedLine:
    """A line that is up and down as the test says."""

    def __init__(self) -> None:
        self.said: list[list[str]] = []
        self.is_up = asyncio.Event()
        self.fault: Exception | None = None
        self.hear: Callable[[str], None] = lambda _message: None
        self.opened = asyncio.Semaphore(0)
        self.spoke = asyncio.Event()
        self._cut = asyncio.Event()

    async def listen(self, hear: Callable[[str], None], connected: Callable[[], None]) -> None:
        self.opened.release()
        await self.is_up.wait()
        self.hear = hear
        connected()
        self._cut.clear()
        await self._cut.wait()
        raise self.fault or LineLost("cut")

    async def say(self, message: str) -> None:
        if not self.is_up.is_set():
            raise LineLost("cut")
        self.said.append(json.loads(message))
        self.spoke.set()

    async def close(self) -> None:
        self.is_up.clear()

    def cut(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.is_up.clear()
        self._cut.set()


@pytest.fixture
def line() -> ScriptedLine:
    return ScriptedLine()


@asynccontextmanager
async def relayed(line: ScriptedLine, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Broadcast, Relay]]:
    monkeypatch.setattr(relay_module, "RETRY_SECONDS", (0.0,))
    broadcast = Broadcast()
    relay = Relay(line, broadcast)
    relay.start()
    async with asyncio.timeout(10):
        await line.opened.acquire()
        yield broadcast, relay
        await relay.stop()


async def test_a_few_topics_are_kept_until_the_line_is_up(line: ScriptedLine, monkeypatch: pytest.MonkeyPatch) -> None:
    async with relayed(line, monkeypatch) as (broadcast, _):
        broadcast.publish(["a", "b"])
        line.is_up.set()
        await line.spoke.wait()
        assert sorted(line.said[0]) == ["a", "b"]


async def test_of_too_many_topics_none_is_kept_and_the_others_look_at_everything(
    line: ScriptedLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relayed(line, monkeypatch) as (broadcast, _):
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        for first in range(0, PUBLISHED, AT_ONCE):
            broadcast.publish([f"exec_{number:026}" for number in range(first, first + AT_ONCE)])
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert grown < MAX_BYTES
        line.is_up.set()
        await line.spoke.wait()
        assert line.said == [["everything"]]
    other = Broadcast()
    with other.listen("exec_1") as woken:
        other.wake(line.said[0])
        assert woken.is_set()


async def test_what_is_published_at_once_is_bounded_as_well(
    line: ScriptedLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relayed(line, monkeypatch) as (broadcast, _):
        line.is_up.set()
        broadcast.publish([f"exec_{number}" for number in range(MAX_PENDING + 1)])
        await line.spoke.wait()
        assert line.said == [["everything"]]


@pytest.mark.parametrize("fault", [None, RuntimeError("of the client's library")])
async def test_a_line_that_was_lost_is_opened_anew_and_nothing_said_meanwhile_is_missed(
    line: ScriptedLine, monkeypatch: pytest.MonkeyPatch, fault: Exception | None
) -> None:
    async with relayed(line, monkeypatch) as (broadcast, relay):
        assert not relay.is_lost  # it is only not there yet
        with broadcast.listen("anything") as woken:
            line.is_up.set()
            await woken.wait()
            line.cut(fault)
            broadcast.publish(["lost"])  # said before anybody knows that the line is gone
            await line.opened.acquire()
            assert relay.is_lost
            woken.clear()
            line.is_up.set()
            await woken.wait()
            await line.spoke.wait()
        assert not relay.is_lost
        assert line.said in ([["everything"]], [["lost"]])


@pytest.mark.parametrize("message", ["", "{", "1", "null", '{"a": 1}', "[1, null]", "\ufffd"])
async def test_what_others_say_on_the_same_channel_harms_nobody(
    line: ScriptedLine, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    async with relayed(line, monkeypatch) as (broadcast, relay):
        with broadcast.listen("topic") as woken:
            line.is_up.set()
            await woken.wait()
            woken.clear()
            line.hear(message)
            assert not woken.is_set()
            line.hear('["topic"]')
            assert woken.is_set()
        assert not relay.is_lost

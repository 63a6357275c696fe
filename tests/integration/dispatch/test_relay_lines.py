"""What one node says reaches all the others, over either line."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.settings.settings import Settings
from engine.dispatch import postgres_line
from engine.dispatch.postgres_line import PostgresLine
from engine.dispatch.redis_line import RedisLine
from engine.dispatch.relay import Line, Relay
from engine.journal.broadcast import Broadcast
from tests.support.calls import soon
from tests.support.redis_server import RedisServer

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]


# --- wake-ups ------------------------------------------------------------------------------------


@pytest.fixture(params=["postgres", "redis"])
def line(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Callable[[], Line]]:
    """Makes lines of one kind."""
    if request.param == "postgres":
        yield lambda: PostgresLine(settings.dsn)
        return
    redis = RedisServer(tmp_path)
    redis.start()
    yield lambda: RedisLine(redis.url)
    redis.kill()


async def test_what_is_published_on_one_node_wakes_listeners_on_all(line: Callable[[], Line]) -> None:
    broadcasts = [Broadcast() for _ in range(3)]
    relays = [Relay(line(), broadcast) for broadcast in broadcasts]
    with ExitStack() as stack:
        connected = [stack.enter_context(broadcast.listen("connected")) for broadcast in broadcasts]
        for relay in relays:
            relay.start()
        for event in connected:
            await soon(event)  # everybody is woken where wake-ups may have been lost
        topics = [f"exec_{number:05}" for number in range(2_000)]  # more than one message holds
        heard = [stack.enter_context(broadcast.listen(topic)) for broadcast in broadcasts[1:] for topic in topics]
        broadcasts[0].publish(topics)
        for event in heard:
            await soon(event)
    for relay in relays:
        await relay.stop()


async def test_what_is_said_while_a_line_is_probed_does_not_cost_the_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_line, "PROBE_SECONDS", 0.0)
    line = PostgresLine(settings.dsn)
    heard: list[str] = []
    connected, all_heard = asyncio.Event(), asyncio.Event()
    messages = [f"message {number}" for number in range(100)]

    def hear(message: str) -> None:
        heard.append(message)
        if len(heard) == len(messages):
            all_heard.set()

    listening = asyncio.create_task(line.listen(hear, connected.set))
    await soon(connected)
    for message in messages:
        await line.say(message)
    await soon(all_heard)
    assert heard == messages
    assert not listening.done()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)

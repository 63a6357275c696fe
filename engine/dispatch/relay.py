"""Carries wake-ups between nodes: what is published here wakes listeners there, as a hint that the journal has more."""

import asyncio
import json
import logging
from collections.abc import Callable, Collection, Iterator
from typing import Protocol

from engine.journal.broadcast import EVERYTHING, Broadcast
from models.log_context import facts, task_for_all

log = logging.getLogger("orchestrator.engine.relay")

GATHER_SECONDS = 0.002
"""How long after a message wake-ups are gathered for the next one."""

MAX_PAYLOAD = 7_000
"""Characters of one message: NOTIFY carries 8,000 bytes at most, and a topic is plain text."""

MAX_PENDING = 5_000
"""Topics that are kept until the line carries them. Where there are more, the others are told to look at everything."""

RETRY_SECONDS = (0.1, 0.5, 1.0, 2.0)


class Line(Protocol):
    """A connection over which all nodes hear what each of them says. Everything here raises `LineLost` when it is."""

    async def listen(self, hear: Callable[[str], None], connected: Callable[[], None]) -> None:
        """Connect, say so, and `hear` every message until the connection is lost, which is raised."""
        ...

    async def say(self, message: str) -> None:
        """Send a message to all nodes."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class LineLost(Exception):
    """No wake-ups come or go at present: listeners poll."""


class Relay:
    """One connection of this node, however many listen to whatever. To lose a message delays, and loses nothing."""

    def __init__(self, line: Line, broadcast: Broadcast) -> None:
        self._line = line
        self._broadcast = broadcast
        self._pending: set[str] = set()
        self._saying: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._is_connected = False
        self._is_lost = False

    @property
    def is_lost(self) -> bool:
        """Whether the last try to connect, or the last connection, has failed: no wake-ups come or go."""
        return self._is_lost

    def start(self) -> None:
        """Listen from now on, and tell others what is published here."""
        self._broadcast.tell_others = self._tell
        self._listening = task_for_all(self._listen())

    async def stop(self) -> None:
        """Say what is left, and hang up."""
        self._broadcast.tell_others = None
        if self._saying is not None:
            await asyncio.wait([self._saying], timeout=RETRY_SECONDS[0])
        for task in (self._listening, self._saying):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self._line.close()

    async def _listen(self) -> None:
        losses = 0
        while True:
            try:
                await self._line.listen(self._hear, self._connected)
            except LineLost as loss:
                losses = 0 if self._is_connected else losses + 1
                if self._is_connected or losses == 1:
                    told = "Wake-ups of other nodes are lost, so listeners poll until they are back"
                    log.warning(told, extra=facts(reason=str(loss)))
            except Exception:
                losses += 1
                log.exception("the line to the other nodes stumbled on a fault of the engine, and is opened anew")
            self._is_connected = False
            self._is_lost = True
            await asyncio.sleep(RETRY_SECONDS[min(losses, len(RETRY_SECONDS) - 1)])

    def _connected(self) -> None:
        log.log(
            logging.WARNING if self._is_lost else logging.INFO,
            "Wake-ups of other nodes %s",
            "are back" if self._is_lost else "come through",
        )
        self._is_connected = True
        self._is_lost = False
        self._broadcast.wake([EVERYTHING])
        self._say_soon()

    def _hear(self, message: str) -> None:
        self._broadcast.wake(topics_of(message))

    def _tell(self, topics: Collection[str]) -> None:
        if EVERYTHING not in self._pending:
            self._pending.update(topics)
        if len(self._pending) > MAX_PENDING:
            self._pending = {EVERYTHING}
        self._say_soon()

    def _say_soon(self) -> None:
        if self._pending and self._saying is None and self._is_connected:
            self._saying = task_for_all(self._say())

    async def _say(self) -> None:
        try:
            while self._pending:
                topics, self._pending = self._pending, set()
                for message in messages(topics):
                    await self._line.say(message)
                await asyncio.sleep(GATHER_SECONDS)
        except LineLost:
            self._pending = {EVERYTHING}  # said when the line is back; until then the others poll
        finally:
            self._saying = None


def messages(topics: Collection[str]) -> Iterator[str]:
    """Topics as messages that a line can carry."""
    batch: list[str] = []
    size = 0
    for topic in topics:
        if batch and size + len(topic) > MAX_PAYLOAD:
            yield json.dumps(batch)
            batch, size = [], 0
        batch.append(topic)
        size += len(json.dumps(topic)) + 2
    if batch:
        yield json.dumps(batch)


def topics_of(message: str) -> list[str]:
    """The topics of a message; none where it is not one of ours, for anybody may use the same server."""
    try:
        topics = json.loads(message)
    except ValueError:
        return []
    return [topic for topic in topics if isinstance(topic, str)] if isinstance(topics, list) else []

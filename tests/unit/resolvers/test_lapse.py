"""When a credential ends: it is presented again at each wake-up, twice a minute, and at its expiry (FAULTS S4, S14)."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from engine.journal.broadcast import Broadcast, life_of
from models.errors import Unauthenticated, Unavailable
from models.words import CredentialKind, Role
from resolvers.access.lapse import EXPIRED, RECHECK_SECONDS, lapse
from resolvers.context import Credential, EdgeGate, Viewer

pytestmark = pytest.mark.asyncio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADERS = {"x-api-key": "orc_..."}


async def recall_nothing(_credential: Credential) -> None:
    """Nothing here was made to be used later."""


class World:
    """A gate whose answers and whose time are the test's: each wait passes at once, and moves the clock."""

    def __init__(self, *outcomes: Viewer | Exception) -> None:
        self.outcomes = list(outcomes)
        self.moment = NOON
        self.waits: list[float] = []
        self.broadcast = Broadcast()
        services: Any = SimpleNamespace(broadcast=self.broadcast)
        self.gate = EdgeGate(services, self.authenticate, recall_nothing, self, self.wait)

    def now(self) -> datetime:
        return self.moment

    async def authenticate(self, headers: Mapping[str, str]) -> Viewer | None:
        assert headers == HEADERS
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def wait(self, woken: asyncio.Event, seconds: float) -> None:
        self.waits.append(seconds)
        self.moment += timedelta(seconds=seconds)


def viewer(seconds: float | None = None) -> Viewer:
    """One whose credential expires so long after noon."""
    end = None if seconds is None else NOON + timedelta(seconds=seconds)
    return Viewer("ada", "default", Role.EDITOR, None, CredentialKind.API_KEY, "key_1", end)


async def test_it_is_presented_again_twice_a_minute_until_it_is_refused() -> None:
    world = World(viewer(), viewer(), viewer(), Unauthenticated("This API key was revoked"))
    assert await lapse(world.gate, HEADERS, viewer()) == "This API key was revoked"
    assert world.waits == [RECHECK_SECONDS] * 3


async def test_it_is_presented_at_once_so_that_nothing_is_missed_before_the_first_wait() -> None:
    world = World(Unauthenticated("revoked meanwhile"))
    assert await lapse(world.gate, HEADERS, viewer()) == "revoked meanwhile"
    assert world.waits == []


async def test_it_is_waited_for_no_longer_than_to_its_expiry() -> None:
    world = World(viewer(70), viewer(70), viewer(70), Unauthenticated("This API key has expired"))
    assert await lapse(world.gate, HEADERS, viewer(70)) == "This API key has expired"
    assert world.waits == [30, 30, 10]


async def test_an_expiry_that_came_nearer_counts_from_the_next_look_on() -> None:
    world = World(viewer(), viewer(40), Unauthenticated("This API key was rotated: use the new one"))
    assert await lapse(world.gate, HEADERS, viewer()) == "This API key was rotated: use the new one"
    assert world.waits == [30, 10]


async def test_without_a_database_nothing_is_revoked_and_what_expires_does_so_all_the_same() -> None:
    away = Unavailable("The database does not answer")
    world = World(away, away, away, viewer(), Unauthenticated("revoked"))
    assert await lapse(world.gate, HEADERS, viewer()) == "revoked"
    assert world.waits == [30] * 4
    world = World(away, away, away)
    assert await lapse(world.gate, HEADERS, viewer(45)) == EXPIRED
    assert world.waits == [30, 15]


async def test_a_wake_up_of_its_key_and_of_no_other_is_heard() -> None:
    world = World(viewer(), Unauthenticated("revoked"))
    waiting = asyncio.Event()
    heard: list[asyncio.Event] = []

    async def wait(woken: asyncio.Event, seconds: float) -> None:
        heard.append(woken)
        waiting.set()
        await woken.wait()

    gate = EdgeGate(world.gate.services, world.authenticate, recall_nothing, world, wait)
    ending = asyncio.create_task(lapse(gate, HEADERS, viewer()))
    await waiting.wait()
    world.broadcast.publish([life_of("key_2"), "key_1", life_of("")])
    assert not heard[0].is_set()
    world.broadcast.publish([life_of("key_1")])
    assert await ending == "revoked"
    assert world.broadcast._listeners == {}


async def test_a_strangers_connection_has_nothing_to_lose() -> None:
    world = World()
    ending = asyncio.create_task(lapse(world.gate, {}, None))
    await asyncio.sleep(0)
    assert not ending.done()
    ending.cancel()

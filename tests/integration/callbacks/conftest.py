"""An engine on the time of the tests, whose callbacks may reach the loopback."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_network

import msgspec
import pytest
import pytest_asyncio

from app.settings.settings import Settings
from resolvers.context import Context
from tests.support.edges.callbacks import KEY, engine
from tests.support.timers import SetClock


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Callbacks may reach the loopback, where the receiver is."""
    return msgspec.structs.replace(
        settings, allow_private_networks=(ip_network("127.0.0.0/8"),), callback_secrets=(KEY,)
    )


@pytest.fixture
def clock() -> SetClock:
    """Time, in the hand of the test."""
    return SetClock(datetime(2026, 1, 15, 12, tzinfo=UTC))


@pytest_asyncio.fixture
async def timed(settings: Settings, clock: SetClock) -> AsyncIterator[Context]:
    """See `engine`."""
    async with engine(settings, clock) as ctx:
        yield ctx

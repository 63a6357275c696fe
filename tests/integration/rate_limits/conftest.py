"""A service with a small limit, on a clock that the tests turn."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from app.settings.settings import Environment, Settings
from tests.support.calls import (
    JWT_SECRET,
)
from tests.support.edges.rate_limits import LIMIT, served
from tests.support.timers import MovableClock


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """A limit is counted before any database is asked, so one will do."""
    return Settings(data_dir=data_dir, jwt_secret=JWT_SECRET, environment=Environment.PRODUCTION, rate_limit=LIMIT)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest_asyncio.fixture
async def node(settings: Settings, clock: MovableClock) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings, clock) as client:
        yield client

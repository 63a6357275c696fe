"""Deletion in the hands of a test: it is done when the test says so, by a clock that the test puts forward."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from ipaddress import ip_network

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from app.settings.settings import Settings
from engine.retention.dependents import EXECUTIONS, dependents
from engine.retention.keeper import Retention
from engine.retention.pace import OF_MANY_WRITERS
from engine.retention.settings import RetentionSettings
from resolvers.context import Context
from tests.support.engine_calls import counted_and_stored
from tests.support.timers import MovableClock

DAY = 86_400
SETTINGS = RetentionSettings(
    executions=timedelta(days=30), failed=timedelta(days=90), activities=timedelta(days=90), keys=timedelta(days=10)
)

MakeRetention = Callable[[RetentionSettings], Retention]


class Leading:
    """A node that leads."""

    leads = True


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Callbacks may go to the loopback, where nobody takes them."""
    return msgspec.structs.replace(settings, allow_private_networks=(ip_network("127.0.0.0/8"),))


@pytest.fixture
def clock() -> MovableClock:
    """The time of deletion alone."""
    return MovableClock()


@pytest.fixture
def retention_of(ctx: Context, clock: MovableClock) -> MakeRetention:
    """Makes deletion with other settings."""
    return lambda settings: Retention(ctx.services.database, clock, Leading(), settings, OF_MANY_WRITERS)


@pytest_asyncio.fixture(autouse=True)
async def _nothing_is_left_behind(ctx: Context) -> AsyncIterator[None]:
    """Whatever a test has deleted: totals say how many executions there are, and nothing hangs on one that is gone."""
    yield
    counted, stored = await counted_and_stored(ctx)
    assert counted == stored
    every = select(EXECUTIONS.c.id)
    astray = {found.table.name: select(func.count()).where(~found.among(every)) for found in dependents()}
    left = await ctx.services.database.read(
        lambda connection: {name: connection.execute(count).scalar_one() for name, count in astray.items()}
    )
    assert {name for name, number in left.items() if number} == set()


@pytest.fixture
def retention(retention_of: MakeRetention) -> Retention:
    """Deletion as it is set by default, but for keys."""
    return retention_of(SETTINGS)

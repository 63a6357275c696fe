"""What a portion of deletion asks of the database: its statements are counted."""

import pytest

from engine.retention.dependents import dependents
from engine.retention.keeper import Retention
from resolvers.context import Context
from tests.integration.retention.conftest import DAY
from tests.support.calls import notify
from tests.support.engine_calls import create, execute
from tests.support.statements import transactions
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio

DELETES = "delete from execution where"
ASKED = 4
"""Whether there are reruns, the executions, what is to be delivered, and how far a tenant's feed goes back now."""


async def test_a_portion_is_few_statements_however_many_executions_it_deletes(
    ctx: Context, database_url: str, retention: Retention, clock: MovableClock
) -> None:
    workflow_id = await create(ctx, notify("a"))
    for _ in range(3):
        await execute(ctx, workflow_id, async_execution=False)
    clock.put_forward(31 * DAY)
    with transactions(DELETES) as sent:
        await retention.turn()
    assert retention.deleted["executions"] == 3
    (portion,) = sent
    if database_url.startswith("sqlite"):
        assert len(portion) == ASKED + len(dependents())
    else:
        assert len(portion) == 1 + ASKED + 1, "that nobody waits for the disk is said too, and one deletes all"

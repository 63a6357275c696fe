"""An execution stays that has undone what it reused, while others that have the same result could reuse it."""

from typing import Any

import pytest

from engine.retention.keeper import WHOLE_PASS
from engine.retention.preview import preview
from models.commands.reruns import PreviewRerun, RerunExecution
from models.commands.validation import parse
from models.errors import ExecutionNotFound
from models.rerun_words import ReuseReason
from models.retention_errors import NotDeletable
from models.words import ExecutionStatus
from resolvers.context import Context
from resolvers.executions import executions
from resolvers.executions.deletion import delete_execution
from resolvers.executions.reruns import preview_rerun, rerun_execution
from tests.integration.retention.conftest import DAY, SETTINGS, MakeRetention
from tests.support.calls import Json, notify
from tests.support.engine_calls import create, execute, journal
from tests.support.statements import statements
from tests.support.timers import MovableClock
from tests.support.trees import rows, sub

pytestmark = pytest.mark.asyncio

CHARGE = notify("charge", compensate={"action_type": "notification", "config": {"message": "refund"}})
BREAKS: Json = {
    "action_id": "last",
    "action_type": "fail",
    "config": {"message": "broken"},
    "when": "{{broken}}",
}
PARAMETERS = [{"name": "broken", "type": "boolean", "default_value": False}]
AGAIN: Json = {"from": "actions", "action_ids": ["last"]}
WHY = "keeps others from reusing a result that was undone"


async def charged(ctx: Context, *more: Json, **fields: Any) -> str:
    """An execution that has charged and completed."""
    last = {**BREAKS, "depends_on": ["charge", *(action["action_id"] for action in more)]}
    workflow_id = await create(ctx, CHARGE, *more, last, parameters=PARAMETERS, **fields)
    execution_id = (await execute(ctx, workflow_id, async_execution=False)).id
    assert await status(ctx, execution_id) is ExecutionStatus.COMPLETED
    return execution_id


async def done_over(ctx: Context, execution_id: str, *, is_broken: bool, **asked: Any) -> str:
    """The execution that has done another one over and reused the charge, which it undid where something broke."""
    command = parse(RerunExecution, {**AGAIN, **asked, "parameters": {"broken": is_broken}})
    after = (await rerun_execution(ctx, execution_id, command)).execution.id
    await journal(ctx, after)
    assert await status(ctx, after) is (ExecutionStatus.FAILED if is_broken else ExecutionStatus.COMPLETED)
    return after


async def status(ctx: Context, execution_id: str) -> ExecutionStatus:
    return (await executions.get_execution(ctx, execution_id)).status


async def judged(ctx: Context, execution_id: str) -> ReuseReason:
    """Why the charge of an execution would be reused or not."""
    judgements = (await preview_rerun(ctx, execution_id, parse(PreviewRerun, AGAIN))).actions
    return next(judgement.reason for judgement in judgements if judgement.action_id == "charge")


async def test_it_is_not_deleted_by_hand_while_that_is_there_from_which_it_was_reused(ctx: Context) -> None:
    first = await charged(ctx)
    undoing = await done_over(ctx, first, is_broken=True)
    with pytest.raises(NotDeletable, match=WHY):
        await delete_execution(ctx, undoing)
    assert await judged(ctx, first) is ReuseReason.COMPENSATED
    await delete_execution(ctx, first)
    await delete_execution(ctx, undoing)


async def test_what_has_reused_and_undone_nothing_goes_as_ever(ctx: Context) -> None:
    first = await charged(ctx)
    await delete_execution(ctx, await done_over(ctx, first, is_broken=False))
    await delete_execution(ctx, await done_over(ctx, first, is_broken=True, **{"from": "start", "action_ids": []}))
    assert await judged(ctx, first) is ReuseReason.SUCCEEDED


async def test_what_was_undone_is_looked_for_where_something_was_done_over_and_nowhere_else(ctx: Context) -> None:
    first = await charged(ctx)
    after = await done_over(ctx, first, is_broken=False)
    for found, is_looked_for in ((after, True), (first, False)):
        with statements() as sent:
            await delete_execution(ctx, found)
        assert any("witnesses" in statement for statement in sent) is is_looked_for


async def test_nor_are_those_between_it_and_the_first_one(ctx: Context) -> None:
    first = await charged(ctx)
    between = await done_over(ctx, first, is_broken=False)
    undoing = await done_over(ctx, between, is_broken=True)
    for found in (between, undoing):
        with pytest.raises(NotDeletable, match=WHY):
            await delete_execution(ctx, found)
    for found in (first, between, undoing):
        await delete_execution(ctx, found)


async def test_nor_while_another_one_is_there_that_reused_the_same(ctx: Context) -> None:
    first = await charged(ctx)
    other = await done_over(ctx, first, is_broken=False)
    undoing = await done_over(ctx, first, is_broken=True)
    await delete_execution(ctx, first)
    assert await judged(ctx, other) is ReuseReason.COMPENSATED
    with pytest.raises(NotDeletable, match=WHY):
        await delete_execution(ctx, undoing)
    await delete_execution(ctx, other)
    await delete_execution(ctx, undoing)


async def test_with_what_it_started_it_stays_as_a_whole(ctx: Context) -> None:
    leaf = await create(ctx, notify("a"), name="leaf")
    first = await charged(ctx, sub(leaf, "sub", depends_on=["charge"]))
    undoing = await done_over(ctx, first, is_broken=True, action_ids=["sub", "last"])
    [child] = await rows(ctx, parent_id=undoing)
    with pytest.raises(NotDeletable, match=WHY):
        await delete_execution(ctx, undoing)
    await delete_execution(ctx, first)
    await delete_execution(ctx, undoing)
    with pytest.raises(ExecutionNotFound):
        await executions.get_execution(ctx, child.id)


@pytest.mark.parametrize("has_started", [False, True])
async def test_it_does_not_go_when_its_time_is_over_and_the_preview_says_so(
    ctx: Context, retention_of: MakeRetention, clock: MovableClock, has_started: bool
) -> None:
    leaf = await create(ctx, notify("a"), name="leaf", retention={"completed": "forever"})
    started = [sub(leaf, "sub", depends_on=["charge"])] if has_started else []
    first = await charged(ctx, *started, retention={"completed": "forever", "failed": "1d"})
    named = ["sub", "last"] if has_started else ["last"]
    undoing = await done_over(ctx, first, is_broken=True, action_ids=named)
    assert bool(await rows(ctx, parent_id=undoing)) is has_started
    clock.put_forward(2 * DAY)
    retention = retention_of(SETTINGS)
    told = await ctx.services.database.read(lambda connection: preview(connection, SETTINGS, clock.now(), "default"))
    failed = next(found for found in told.executions if found.status is ExecutionStatus.FAILED)
    assert (failed.count, failed.held) == (1, 1)
    await retention.turn()
    assert await status(ctx, undoing) is ExecutionStatus.FAILED
    await delete_execution(ctx, first)
    clock.put_forward(WHOLE_PASS.total_seconds() + 1)
    await retention.turn()
    with pytest.raises(ExecutionNotFound):
        await executions.get_execution(ctx, undoing)

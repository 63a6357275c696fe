"""What single kinds of bulk operations do: labels are changed, and executions are done over, each once."""

from typing import Any

import pytest

from models.errors import InvalidInput
from models.words import BulkItemStatus, BulkKind, BulkStatus
from resolvers.bulk.kinds import BulkPortion, kind_of
from resolvers.context import Context
from resolvers.executions import executions
from resolvers.executions.cancels import cancel_each
from tests.support.calls import notify
from tests.support.core.bulk_calls import WAIT, items_of, make, worked_off
from tests.support.engine_calls import create, execute_many

pytestmark = pytest.mark.asyncio

SKIPPED = BulkItemStatus.SKIPPED


async def test_labels_of_many_are_changed_and_others_are_left_alone(ctx: Context) -> None:
    ids = await execute_many(ctx, await create(ctx, WAIT), 3)
    made = await make(ctx, kind="label", ids=ids[:2], labels={"set": {"team": "billing"}})
    ended = await worked_off(ctx, made.id)
    assert (ended.status, ended.succeeded) == (BulkStatus.COMPLETED, 2)
    labels = [(await executions.get_execution(ctx, id_)).labels for id_ in ids]
    assert labels == [{"team": "billing"}, {"team": "billing"}, {}]


async def test_many_are_done_over_once_each_however_often_it_is_tried(ctx: Context) -> None:
    workflow_id = await create(ctx, notify("a"), WAIT)
    ids = await execute_many(ctx, workflow_id, 3)
    await cancel_each(ctx, ids[:2], {})
    made = await make(ctx, kind="rerun", ids=ids, rerun={"from": "start"}, reason="again")
    ended = await worked_off(ctx, made.id)
    assert (ended.succeeded, ended.skipped, ended.failed) == (2, 1, 0)
    *done, live = await items_of(ctx, made.id)
    assert (live.status, live.new_execution_id) == (SKIPPED, None)
    again = await kind_of(BulkKind.RERUN).work(
        ctx, BulkPortion(made.id, "again", {"rerun": {"from": "start"}}, ids[:2])
    )
    for item in done:
        assert item.new_execution_id is not None
        new = await executions.get_execution(ctx, item.new_execution_id)
        assert new.rerun_of == item.execution_id
        came = again[item.execution_id]
        assert came is not None and came.new_execution_id == item.new_execution_id


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "label"},
        {"kind": "cancel", "labels": {"set": {"a": "b"}}},
        {"kind": "pause", "rerun": {"from": "start"}},
        {"kind": "rerun", "rerun": {"from": "actions"}},
    ],
)
async def test_what_belongs_to_another_kind_is_refused(ctx: Context, asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        await make(ctx, ids=["exec_1234567890abcdef"], **asked)

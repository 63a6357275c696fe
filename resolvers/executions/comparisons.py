"""The use case of two executions side by side: what differs in what they were given, and in what came of them."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from engine.definition.differences import FieldDifference, value_differences
from models.entities.executions import ActionResult, Event, ExecutionDetail
from models.event_types import Step, facts_of
from models.json_equality import same
from models.words import Permission
from resolvers.access.permissions import may, permits
from resolvers.context import Context
from resolvers.executions.executions import get_execution
from resolvers.executions.rows import EXECUTIONS

SETTINGS = ("timeout_seconds", "queue_timeout_seconds")
"""What is fixed of a workflow's settings when an execution is accepted."""


class ActionAspect(StrEnum):
    """In what an action differs between two executions."""

    STATUS = "status"
    ATTEMPTS = "attempts"
    ERROR = "error"
    RESPONSE = "response"


class ActionComparison(msgspec.Struct, frozen=True, kw_only=True):
    """One action in two executions, None in the one in which it was not started.

    The seconds are from its first attempt to its end. `response` is None where the caller may not see it.
    """

    action_id: str
    before: ActionResult | None
    after: ActionResult | None
    seconds_before: float | None
    seconds_after: float | None
    response: tuple[FieldDifference, ...] | None
    differs: tuple[ActionAspect, ...]


class ExecutionComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two executions, of one workflow or of two.

    `parameters` and `outputs` are None where the caller may not see them.
    """

    base: ExecutionDetail
    other: ExecutionDetail
    settings: tuple[FieldDifference, ...]
    parameters: tuple[FieldDifference, ...] | None
    outputs: tuple[FieldDifference, ...] | None
    actions: tuple[ActionComparison, ...]
    """Each action that was started in one of them, in the order of the first one."""


@permits(Permission.EXECUTION_READ)
async def compare_executions(ctx: Context, base_id: str, other_id: str) -> ExecutionComparison:
    """Compare two executions as they stand, ended or not. Raises `ExecutionNotFound`, for the one that there is not.

    Both count against the answer, which bounds how large they can be. Raises `AnswerTooLarge`.
    """
    base = await get_execution(ctx, base_id)
    other = await get_execution(ctx, other_id)
    columns = [EXECUTIONS.c[name] for name in ("id", *SETTINGS)]
    statement = select(*columns).where(EXECUTIONS.c.id.in_([base.id, other.id]))

    def read(connection: Connection) -> dict[str, dict[str, Any]]:
        return {row.id: {name: getattr(row, name) for name in SETTINGS} for row in connection.execute(statement)}

    settings = await ctx.read(read)
    # In a thread: two of the largest take a good part of a second.
    return await asyncio.to_thread(
        comparison,
        base,
        other,
        value_differences(settings[base.id], settings[other.id]),
        is_whole=may(ctx.user, Permission.EXECUTION_PAYLOAD),
    )


def comparison(
    base: ExecutionDetail, other: ExecutionDetail, settings: tuple[FieldDifference, ...], *, is_whole: bool
) -> ExecutionComparison:
    """What differs between two executions, with their payload or, where that `is_whole` not, without."""
    before, after = ({action.action_id: action for action in each.actions} for each in (base, other))
    began = _begun(base.events), _begun(other.events)
    names = [*before, *(name for name in after if name not in before)]
    return ExecutionComparison(
        base=base,
        other=other,
        settings=settings,
        parameters=value_differences(_object(base.parameters), _object(other.parameters)) if is_whole else None,
        outputs=value_differences(_object(base.outputs), _object(other.outputs)) if is_whole else None,
        actions=tuple(
            _compared(
                name, before.get(name), after.get(name), (began[0].get(name), began[1].get(name)), is_whole=is_whole
            )
            for name in names
        ),
    )


def _compared(
    action_id: str,
    before: ActionResult | None,
    after: ActionResult | None,
    began: tuple[datetime | None, datetime | None],
    *,
    is_whole: bool,
) -> ActionComparison:
    response = None
    if is_whole:
        response = value_differences(before and before.response, after and after.response)
    return ActionComparison(
        action_id=action_id,
        before=before,
        after=after,
        seconds_before=_seconds(before, began[0]),
        seconds_after=_seconds(after, began[1]),
        response=response,
        differs=tuple(_aspects(before, after, response)),
    )


def _aspects(
    before: ActionResult | None, after: ActionResult | None, response: tuple[FieldDifference, ...] | None
) -> Iterable[ActionAspect]:
    if before is None or after is None or before.status is not after.status:
        yield ActionAspect.STATUS
    if before is not None and after is not None:
        if before.attempt != after.attempt:
            yield ActionAspect.ATTEMPTS
        if not same(before.error, after.error):
            yield ActionAspect.ERROR
    if response:
        yield ActionAspect.RESPONSE


def _begun(events: Iterable[Event]) -> Mapping[str, datetime]:
    """When the first attempt of each action began, or that of the first of its items."""
    found: dict[str, datetime] = {}
    for event in events:
        if event.action_id is not None and facts_of(event.type).step is Step.BEGINS:
            found.setdefault(event.action_id, event.at)
    return found


def _seconds(result: ActionResult | None, began: datetime | None) -> float | None:
    if result is None or result.completed_at is None:
        return None
    return (result.completed_at - (began or result.started_at)).total_seconds()


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}

"""The conditions by which a filter finds executions, and how much is looked through for what no index knows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from models.commands.filters import DurationRange, ExecutionExclusions, ExecutionFilter, LabelFilter, TimeRange
from models.database.finding_tables import ExecutionLabelRow
from models.database.portions import STREAMED
from models.database.sound_json import sound_json
from models.database.tables import LIMITED, RUNNABLE, SET_ASIDE, UNSUCCESSFUL, table
from models.database.texts_and_times import has_text, seconds_between
from models.database.waiting_tables import ExecutionDelayRow, ExpectationRow
from models.ids import EXECUTION_PREFIX
from models.words import LIVE_STATUSES, ExecutionStatus, Permission, WaitReason
from resolvers.access.permissions import require
from resolvers.context import Viewer
from resolvers.executions.rows import EXECUTIONS
from resolvers.keyset import Order
from resolvers.ranges import within

LABELS = table(ExecutionLabelRow)
EXPECTATIONS = table(ExpectationRow)
DELAYS = table(ExecutionDelayRow)

EVERY = ExecutionFilter()
"""The filter that leaves nothing out."""

NEWEST = Order(EXECUTIONS.c.created_at, EXECUTIONS.c.id, prefix=EXECUTION_PREFIX)
OF_UNSUCCESSFUL = {ExecutionStatus.FAILED, ExecutionStatus.CANCELLED}

MAX_TIMED = 50_000
"""Executions whose starts and durations are looked at, the newest that the rest of a filter finds."""

MAX_READ = 10_000
"""Executions in whose texts is looked, the newest that the rest of a filter finds."""

MAX_READ_LENGTH = 64 * 1024 * 1024
"""Characters of parameters that are looked through: what is older is left out."""

MAX_COMPARED = 1_000
"""So far labels are counted to see which is the rarest."""


class Sought(msgspec.Struct, frozen=True):
    """The conditions of a filter on executions with the labels in it, and the order by which an index serves them."""

    source: FromClause
    where: list[Any]
    order: Order = NEWEST


def conditions(
    connection: Connection,
    viewer: Viewer,
    command: ExecutionFilter,
    now: datetime,
    *more: ColumnElement[bool],
    is_bounded: bool = True,
) -> Sought:
    """The conditions of a filter within the viewer's tenant, and of `more` of them.

    What no index knows is only looked for among the newest that the rest finds, where whoever asks has not bounded
    it by other means (`is_bounded`).
    Raises `PermissionDenied` for a text where the viewer may not see payloads.
    """
    tenant = viewer.tenant
    source, order = _with_labels(connection, tenant, command.labels)
    where = [*_plain(tenant, command), *more]
    if command.wait_reason:
        where.append(_waiting(tenant, frozenset(command.wait_reason), now))
    costly: list[Any] = []
    costly += within(EXECUTIONS.c.started_at, command.started)
    if command.duration is not None:
        costly.append(_took(connection, command.duration, now))
    if command.without is not None:
        costly += _left(tenant, command.without)
    if command.text is not None:
        require(viewer, Permission.EXECUTION_PAYLOAD)
        costly.append(_with_text(connection, command.text))
    if costly and is_bounded:
        where += _newest_of(connection, Sought(source, where, order), is_read=command.text is not None)
    return Sought(source, [*where, *costly], order)


def _plain(tenant: str, command: ExecutionFilter) -> list[Any]:
    # What waits is found by its own rows. SQLite would rather go through all that ever ran, which is in order already.
    column = EXECUTIONS.c.tenant if not command.wait_reason else EXECUTIONS.c.tenant.concat("")
    where: list[Any] = [column == tenant]
    where += within(EXECUTIONS.c.created_at, command.created)
    where += within(EXECUTIONS.c.completed_at, command.completed)
    for asked in (command.started, command.completed):
        if asked is not None and asked.until is not None:  # so much is known of what an index has in order
            where += within(EXECUTIONS.c.created_at, TimeRange(until=asked.until))
    if command.parent_id:
        where.append(EXECUTIONS.c.parent_id.in_(command.parent_id))
    if command.workflow_id:
        where.append(EXECUTIONS.c.workflow_id.in_(command.workflow_id))
    left_out = command.without.status if command.without else []
    if command.status or left_out:
        statuses = [status.value for status in command.status or ExecutionStatus if status not in left_out]
        where.append(EXECUTIONS.c.status.in_(statuses))
    if command.is_set_aside is not None:
        goes_on = or_(EXECUTIONS.c.fault.is_(None), EXECUTIONS.c.completed_at.is_not(None))
        where.append(SET_ASIDE if command.is_set_aside else goes_on)
    if command.created_by:
        where.append(EXECUTIONS.c.created_by.in_(command.created_by))
    if command.error_code:
        where.append(_code().in_([wanted.value for wanted in command.error_code]))
    if command.error_code or (command.status and OF_UNSUCCESSFUL.issuperset(command.status)):
        # Spelled out as the index on them says it: among a million executions few have failed.
        where.append(UNSUCCESSFUL)
    return where


def _code() -> ColumnElement[str]:
    code: ColumnElement[str] = sound_json(EXECUTIONS.c.error)["code"].as_string()
    return code


def _left(tenant: str, left_out: ExecutionExclusions) -> list[ColumnElement[bool]]:
    """What remains where something is left out, whose statuses an index knows."""
    where: list[ColumnElement[bool]] = []
    if left_out.workflow_id:
        where.append(EXECUTIONS.c.workflow_id.not_in(left_out.workflow_id))
    if left_out.created_by:
        where.append(EXECUTIONS.c.created_by.not_in(left_out.created_by))
    if left_out.error_code:
        codes = [unwanted.value for unwanted in left_out.error_code]
        where.append(or_(EXECUTIONS.c.error.is_(None), _code().is_(None), _code().not_in(codes)))
    for place, unwanted in enumerate(left_out.labels):
        label = LABELS.alias(f"unwanted_{place}")
        where.append(~exists().where(label.c.execution_id == EXECUTIONS.c.id, *_is(label, tenant, unwanted)))
    return where


def joined(source: FromClause, tenant: str, asked: LabelFilter, place: int = 0) -> tuple[FromClause, FromClause]:
    """Executions with a label that is as asked for, and this label; `place` tells it from others."""
    label = LABELS.alias(f"label_{place}")
    return source.join(label, and_(label.c.execution_id == EXECUTIONS.c.id, *_is(label, tenant, asked))), label


def _is(label: FromClause, tenant: str, asked: LabelFilter) -> list[ColumnElement[bool]]:
    is_value = [] if asked.value is None else [label.c.value == asked.value]
    return [label.c.tenant == tenant, label.c.key == asked.key, *is_value]


def ordered_by(label: FromClause) -> Order:
    """Newest first, as the indexes of labels have it."""
    return Order(label.c.created_at, label.c.execution_id, prefix=EXECUTION_PREFIX)


def _with_labels(connection: Connection, tenant: str, asked: Sequence[LabelFilter]) -> tuple[FromClause, Order]:
    """Executions with labels, in the order of the rarest: the others are looked up for each one that has that."""
    source: FromClause = EXECUTIONS
    if not asked:
        return source, NEWEST
    leading = min(asked, key=lambda one: _frequency(connection, tenant, one)) if len(asked) > 1 else asked[0]
    order = NEWEST
    for place, one in enumerate(asked):
        source, label = joined(source, tenant, one, place)
        if one is leading:
            order = ordered_by(label)
    return source, order


def _frequency(connection: Connection, tenant: str, asked: LabelFilter) -> int:
    some = select(literal(1)).select_from(LABELS).where(*_is(LABELS, tenant, asked)).limit(MAX_COMPARED).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _waiting(tenant: str, reasons: frozenset[WaitReason], now: datetime) -> ColumnElement[bool]:
    """What waits for one of the reasons: each is found where it is kept."""
    words = [reason.value for reason in sorted(reasons)]
    live = EXECUTIONS.alias("live_execution")
    ids = select(live.c.id)
    parts: list[Select[Any]] = [
        select(EXPECTATIONS.c.execution_id).where(EXPECTATIONS.c.tenant == tenant, EXPECTATIONS.c.reason.in_(words)),
        ids.where(
            RUNNABLE,
            live.c.status == ExecutionStatus.RUNNING.value,
            exists().where(
                DELAYS.c.execution_id == live.c.id, DELAYS.c.reason.in_(words), DELAYS.c.until == live.c.runnable_at
            ),
        ),
    ]
    if WaitReason.WORKER in reasons:
        due = and_(RUNNABLE, live.c.runnable_at <= now, live.c.node_id.is_(None), live.c.fault.is_(None))
        parts += [ids.where(live.c.status == status.value, due) for status in sorted(LIVE_STATUSES)]
    if WaitReason.WORKFLOW_LIMIT in reasons:
        in_line = and_(live.c.status == ExecutionStatus.QUEUED.value, live.c.runnable_at.is_(None))
        parts.append(ids.where(LIMITED, in_line, live.c.node_id.is_(None)))
    return EXECUTIONS.c.id.in_(union_all(*parts))


def _took(connection: Connection, asked: DurationRange, now: datetime) -> ColumnElement[bool]:
    """From the acceptance to the end, or until now, to the millisecond."""
    has_ended = EXECUTIONS.c.completed_at.is_not(None)
    ended: list[ColumnElement[bool]] = [has_ended]
    live: list[ColumnElement[bool]] = [EXECUTIONS.c.completed_at.is_(None)]
    seconds = seconds_between(connection.dialect.name, EXECUTIONS.c.created_at, EXECUTIONS.c.completed_at)
    if asked.min_seconds is not None:
        ended.append(seconds >= asked.min_seconds)
        live.append(EXECUTIONS.c.created_at <= _before(now, asked.min_seconds))
    if asked.max_seconds is not None:
        ended.append(seconds <= asked.max_seconds)
        live.append(EXECUTIONS.c.created_at >= _before(now, asked.max_seconds))
    return or_(and_(*ended), and_(*live))


def _before(now: datetime, seconds: float) -> datetime:
    try:
        return now - timedelta(seconds=seconds)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _with_text(connection: Connection, wanted: str) -> ColumnElement[bool]:
    columns = (EXECUTIONS.c.parameters, EXECUTIONS.c.error, EXECUTIONS.c.labels)
    return or_(*(has_text(connection.dialect.name, column, wanted) for column in columns))


def _newest_of(connection: Connection, sought: Sought, *, is_read: bool) -> list[Any]:
    """The condition that keeps to so many of the newest as may be looked at; none where these are all."""
    place = (sought.order.column, sought.order.id_)
    newest = (
        select(*place).select_from(sought.source).where(*sought.where).order_by(*(column.desc() for column in place))
    )
    if not is_read:
        first = connection.execute(newest.offset(MAX_TIMED).limit(1)).one_or_none()
        return [] if first is None else [tuple_(*place) > tuple(first)]
    lengths = [
        func.coalesce(func.length(cast(column, Text)), 0) for column in (EXECUTIONS.c.parameters, EXECUTIONS.c.error)
    ]
    room = MAX_READ_LENGTH
    sized = newest.add_columns(*lengths).limit(MAX_READ + 1)
    with connection.execute(sized, execution_options=STREAMED) as rows:
        for number, row in enumerate(rows):
            if number == MAX_READ or room <= 0:
                return [tuple_(*place) > (row[0], row[1])]
            room -= row[2] + row[3]
    return []

"""Counts executions by what failed them or what keeps them, each group with its first and its latest execution."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, case, func, select

from models.commands.filters import FLEETING, ExecutionFilter
from models.database.one_of import one_of
from models.database.sound_json import sound_json
from models.database.tables import UNSUCCESSFUL
from models.entities.executions import ExecutionSummary
from models.errors import InvalidInput
from models.faults import Fault
from models.words import ExecutionStatus, WaitReason
from resolvers.context import Viewer
from resolvers.executions.conditions import Sought, conditions
from resolvers.executions.payload import visible
from resolvers.executions.rows import EXECUTIONS, SUMMARY_COLUMNS, summary

KEPT = tuple(reason for reason in WaitReason if reason not in FLEETING)
"""The reasons by which executions can be found."""

ERROR = sound_json(EXECUTIONS.c.error)
CAUSE = {
    "workflow_id": EXECUTIONS.c.workflow_id,
    "action_id": ERROR["action_id"].as_string(),
    "code": ERROR["code"].as_string(),
    "http_status": ERROR["http_status"].as_string(),
}


class CauseCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many executions failed in one way, or wait for one thing. An action or a status is None where there is none.

    `first` and `latest` are those that were accepted first and last of all that were counted.
    """

    count: int
    first: ExecutionSummary
    latest: ExecutionSummary
    reason: WaitReason | None = None
    workflow_id: str | None = None
    action_id: str | None = None
    code: str | None = None
    http_status: int | None = None

    @property
    def key(self) -> str:
        """What tells it from the others."""
        if self.reason is not None:
            return self.reason.value
        parts = (self.workflow_id, self.action_id, self.code, self.http_status)
        return ":".join("" if part is None else str(part) for part in parts)


def failures(
    connection: Connection, viewer: Viewer, sought: Sought, most: int, limit: int
) -> tuple[list[CauseCount], int]:
    """Those that failed by workflow, action, code and status, so many groups, that with the latest one first.

    And how many there are, of the newest one more than `most`.
    """
    failed = [*sought.where, EXECUTIONS.c.status == ExecutionStatus.FAILED.value, UNSUCCESSFUL]
    found = list(connection.execute(_grouped(Sought(sought.source, failed, sought.order), CAUSE, most)))
    found.sort(key=lambda row: (row.latest_at, row.latest_id), reverse=True)
    shown = found[:limit]
    ends = _ends(connection, viewer, shown)
    groups = [
        CauseCount(
            count=row.counted,
            first=ends[row.first_id],
            latest=ends[row.latest_id],
            workflow_id=row.workflow_id,
            action_id=row.action_id,
            code=row.code,
            http_status=None if row.http_status is None else int(row.http_status),
        )
        for row in shown
    ]
    return groups, sum(row.counted for row in found)


def waits(
    connection: Connection, viewer: Viewer, command: ExecutionFilter, now: datetime, most: int
) -> tuple[list[CauseCount], int]:
    """Those that wait, by each reason that is kept anywhere: the most frequent first; and the largest count.

    One that waits for several is counted with each. Raises `InvalidInput` for a text to look for.
    """
    if command.text is not None:
        message = (
            "executions are not counted by what they wait for where a text is looked for: leave one of the two out"
        )
        raise InvalidInput([Fault(("filter", "text"), message, "value_error.text")])
    rows: list[tuple[WaitReason, Row[Any]]] = []
    for reason in command.wait_reason or KEPT:
        asked = command.model_copy(update={"wait_reason": [reason]})
        if reason is WaitReason.PAUSED:
            asked = command.model_copy(update={"wait_reason": []})
        sought = conditions(connection, viewer, asked, now)
        if reason is WaitReason.PAUSED:
            sought.where.append(EXECUTIONS.c.status == ExecutionStatus.PAUSED.value)
        rows += [(reason, row) for row in connection.execute(_grouped(sought, {}, most)) if row.counted]
    ends = _ends(connection, viewer, [row for _, row in rows])
    groups = [
        CauseCount(count=row.counted, first=ends[row.first_id], latest=ends[row.latest_id], reason=reason)
        for reason, row in rows
    ]
    groups.sort(key=lambda group: (-group.count, group.key))
    return groups, max((group.count for group in groups), default=0)


def _grouped(sought: Sought, parts: dict[str, Any], most: int) -> Select[Any]:
    """Of the newest: how many have the same parts, and the first and the last of these."""
    newest = (
        select(EXECUTIONS.c.id, EXECUTIONS.c.created_at, *(part.label(name) for name, part in parts.items()))
        .select_from(sought.source)
        .where(*sought.where)
        .order_by(sought.order.column.desc(), sought.order.id_.desc())
        .limit(most + 1)
        .subquery()
    )
    named = [newest.c[name] for name in parts]
    place = (newest.c.created_at, newest.c.id)
    last = func.row_number().over(partition_by=named or None, order_by=[column.desc() for column in place])
    first = func.row_number().over(partition_by=named or None, order_by=place)
    ranked = select(*place, *named, last.label("from_last"), first.label("from_first")).subquery()
    by = [ranked.c[name] for name in parts]
    return select(
        *by,
        func.count().label("counted"),
        func.max(ranked.c.created_at).label("latest_at"),
        func.max(case((ranked.c.from_first == 1, ranked.c.id))).label("first_id"),
        func.max(case((ranked.c.from_last == 1, ranked.c.id))).label("latest_id"),
    ).group_by(*by)


def _ends(connection: Connection, viewer: Viewer, found: Sequence[Row[Any]]) -> dict[str, ExecutionSummary]:
    """The executions that are first or last in a group."""
    ids = {name for row in found for name in (row.first_id, row.latest_id)}
    statement = select(*SUMMARY_COLUMNS).where(EXECUTIONS.c.tenant == viewer.tenant, one_of(EXECUTIONS.c.id, ids))
    return {row.id: visible(viewer, summary(row)) for row in connection.execute(statement)} if ids else {}

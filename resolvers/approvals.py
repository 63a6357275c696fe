"""The use cases of approvals: which ones wait, who may decide them, and deciding one."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, literal, select, tuple_

from engine.actions.approval import approval_address, is_settled
from engine.core.state import slot
from engine.definition.parameters import bind
from engine.journal.broadcast import MESSAGE_TOPIC, expectations_of
from engine.journal.mailbox import hold_rows, sent_to
from models.commands.messages import Approval, DecideApproval
from models.commands.parameters import STORED, ParameterDefinition
from models.commands.validation import BAD_TEXT
from models.database.database import Damaged
from models.database.tables import table
from models.database.waiting_tables import ExpectationRow
from models.entities.executions import ExecutionSummary
from models.errors import AlreadyDecided, InvalidInput, NotWaiting, PermissionDenied, Unreadable
from models.faults import Fault
from models.words import FaultCode, Permission, WaitReason
from resolvers.access.permissions import may, permits
from resolvers.context import Context, Viewer
from resolvers.executions import rows
from resolvers.keyset import Edge, Order, Slice, Window, decode_place, no_cursor
from resolvers.signals import leave
from resolvers.waking import POLL_SECONDS, woken_or_late

EXPECTATIONS = table(ExpectationRow)
COLUMNS = (
    EXPECTATIONS.c.execution_id,
    EXPECTATIONS.c.slot,
    EXPECTATIONS.c.action_id,
    EXPECTATIONS.c.since,
    EXPECTATIONS.c.notes,
)
Waiting = Row[*tuple[Any, ...]]
ApprovalPlace = tuple[datetime, str, str]
"""Since when an approval waits, its execution and its slot: what they are listed by."""

MAX_APPROVALS = 100
OLDEST = Order(EXPECTATIONS.c.since, EXPECTATIONS.c.execution_id, "since", descending=False)
MAX_COUNTED = 10_000
PORTION = 500
"""So many rows are looked at in one statement for those that the caller may decide."""


@permits(Permission.EXECUTION_APPROVE)
async def list_approvals(ctx: Context, *, mine: bool, first: int, after: str | None = None) -> list[Approval]:
    """The approvals of the tenant that wait, oldest first; with `mine`, those that the caller may decide and has not.

    At most 100 of them, after the one with the id `after`; an id that waits no more begins at the oldest.
    """
    viewer = ctx.user
    limit = max(0, min(first, MAX_APPROVALS))

    def read(connection: Connection) -> list[Approval]:
        found: list[Approval] = []
        place = _place(connection, viewer, after)
        while len(found) < limit:
            portion = _portion(connection, viewer.tenant, place)
            found += _shown(viewer, portion, limit - len(found), mine=mine)
            if len(portion) < PORTION:
                break
            place = _place_of(portion[-1])
        return found

    return await ctx.read(read)


@permits(Permission.EXECUTION_APPROVE)
async def slice_approvals(ctx: Context, window: Window, *, mine: bool) -> Slice[Approval]:
    """A slice of what `list_approvals` lists, whose places outlive what stood there. Raises `InvalidInput`."""
    viewer = ctx.user
    backward = window.last is not None
    after, before = _cursor_place(window.after, "after"), _cursor_place(window.before, "before")

    def read(connection: Connection) -> list[Approval]:
        found: list[Approval] = []
        start, end = after, before
        while len(found) <= window.size:
            portion = _portion(connection, viewer.tenant, start, end, backward=backward)
            found += _shown(viewer, portion, window.size + 1 - len(found), mine=mine)
            if len(portion) < PORTION:
                break
            reached = _place_of(portion[-1])
            start, end = (start, reached) if backward else (reached, end)
        return found

    found = await ctx.read(read)
    has_more = len(found) > window.size
    shown = found[: window.size][::-1] if backward else found[: window.size]
    return Slice(
        edges=[Edge(approval, approval.since, approval.id, OLDEST) for approval in shown],
        has_next=before is not None if backward else has_more,
        has_previous=has_more if backward else after is not None,
    )


@permits(Permission.EXECUTION_APPROVE)
async def count_approvals(ctx: Context, *, mine: bool) -> int:
    """How many approvals `slice_approvals` has slices of; of very many, of so many as `MAX_COUNTED` are looked at."""
    viewer = ctx.user

    def count(connection: Connection) -> int:
        if not mine:
            counted = select(literal(1)).where(*_waits(viewer.tenant)).limit(MAX_COUNTED).subquery()
            return connection.execute(select(func.count()).select_from(counted)).scalar_one()
        found, place = 0, None
        for _ in range(MAX_COUNTED // PORTION):
            portion = _portion(connection, viewer.tenant, place)
            found += len(_shown(viewer, portion, PORTION, mine=mine))
            if len(portion) < PORTION:
                break
            place = _place_of(portion[-1])
        return found

    return await ctx.read(count)


def _cursor_place(cursor: str | None, argument: str) -> ApprovalPlace | None:
    if cursor is None:
        return None
    since, approval_id = decode_place(cursor, argument, OLDEST)
    execution_id, colon, name = approval_id.partition(":")
    if not colon:
        raise no_cursor(argument)
    return since, execution_id, name


def _shown(viewer: Viewer, portion: Iterable[Waiting], most: int, *, mine: bool) -> list[Approval]:
    legible = (row for row in portion if not isinstance(row.notes, Damaged))
    wanted = (row for row in legible if not mine or _is_for(viewer, row.notes))
    return [_approval(viewer, row) for row in islice(wanted, most)]


def _portion(
    connection: Connection,
    tenant: str,
    after: ApprovalPlace | None,
    before: ApprovalPlace | None = None,
    *,
    backward: bool = False,
) -> Sequence[Waiting]:
    """The approvals next to `after`, the oldest first, or next to `before`, the newest first."""
    statement = select(*COLUMNS).where(*_waits(tenant))
    order = (EXPECTATIONS.c.since, EXPECTATIONS.c.execution_id, EXPECTATIONS.c.slot)
    if after is not None:
        statement = statement.where(tuple_(*order) > after)
    if before is not None:
        statement = statement.where(tuple_(*order) < before)
    ordered = statement.order_by(*(column.desc() if backward else column for column in order))
    return connection.execute(ordered.limit(PORTION)).all()


def _waits(tenant: str) -> list[ColumnElement[bool]]:
    return [EXPECTATIONS.c.tenant == tenant, EXPECTATIONS.c.reason == WaitReason.APPROVAL.value]


def _place(connection: Connection, viewer: Viewer, after: str | None) -> ApprovalPlace | None:
    if after is None or BAD_TEXT.search(after):
        return None
    execution_id, _, name = after.partition(":")
    statement = select(*COLUMNS).where(
        EXPECTATIONS.c.tenant == viewer.tenant,
        EXPECTATIONS.c.execution_id == execution_id,
        EXPECTATIONS.c.slot == name,
    )
    found = connection.execute(statement).one_or_none()
    return None if found is None else _place_of(found)


def _place_of(row: Waiting) -> ApprovalPlace:
    return (row.since, row.execution_id, row.slot)


@permits(Permission.EXECUTION_APPROVE)
async def approval_lists(ctx: Context, *, mine: bool) -> AsyncGenerator[list[Approval], None]:
    """Yield the approvals that wait as `list_approvals` gives them, now and after each change. Never ends."""
    before: list[Approval] | None = None
    with ctx.services.broadcast.listen(expectations_of(ctx.user.tenant)) as woken:
        while True:
            woken.clear()
            present = await _watched(ctx, mine=mine)
            if present != before:
                yield present
            before = present
            await woken_or_late(woken, POLL_SECONDS)


async def _watched(ctx: Context, *, mine: bool) -> list[Approval]:
    """The oldest approvals, as `list_approvals` gives them: the rows are read once for all of a tenant who watch."""
    viewer = ctx.user
    found: list[Approval] = []
    place: ApprovalPlace | None = None
    while len(found) < MAX_APPROVALS:
        read = partial(ctx.read, partial(_portion, tenant=viewer.tenant, after=place))
        portion = await ctx.services.shared_reads.read(("approvals", viewer.tenant, place), read)
        found += _shown(viewer, portion, MAX_APPROVALS - len(found), mine=mine)
        if len(portion) < PORTION:
            break
        place = _place_of(portion[-1])
    return found


@permits(Permission.EXECUTION_APPROVE)
async def decide_approval(ctx: Context, command: DecideApproval) -> ExecutionSummary:
    """Decide, as one of those who may: on disk when this returns, and never told otherwise.

    Raises `ExecutionNotFound`, `NotWaiting`, `PermissionDenied` (for who is no approver), `AlreadyDecided` (each
    decides once), `InvalidInput` (of the form), `ExecutionFinished`.
    """
    viewer = ctx.user
    name = slot(command.action_id, command.item)

    def write(connection: Connection) -> ExecutionSummary:
        hold_rows(connection, [command.execution_id])
        execution = rows.read_summary(connection, viewer.tenant, command.execution_id)
        notes = _waiting(connection, viewer, execution.id, name).notes
        address = approval_address(command.action_id, command.item)
        unread = sent_to(connection, execution.id, [address])
        if _has_decided(viewer, notes) or any(message.sent_by == viewer.user_id for message in unread):
            raise AlreadyDecided
        if is_settled(notes, unread):
            raise NotWaiting(f"Others have decided the approval of the action '{command.action_id}' meanwhile")
        data = {"approved": command.approved, "comment": command.comment, "form": _form(notes, command)}
        leave(ctx, connection, execution, address, data)
        ctx.audit(connection, "decide_approval", execution.id, of=name, approved=command.approved)
        return execution

    execution = await ctx.services.database.transaction(write)
    ctx.services.broadcast.publish([MESSAGE_TOPIC])
    return execution


@permits(Permission.EXECUTION_APPROVE)
async def approvals_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, Approval]:
    """The tenant's approvals among `ids` that wait, whoever may decide them."""
    viewer = ctx.user
    keys = [tuple(name.split(":", 1)) for name in ids if ":" in name]
    statement = select(*COLUMNS).where(
        EXPECTATIONS.c.tenant == viewer.tenant,
        EXPECTATIONS.c.reason == WaitReason.APPROVAL.value,
        tuple_(EXPECTATIONS.c.execution_id, EXPECTATIONS.c.slot).in_(keys),
    )

    def read(connection: Connection) -> dict[str, Approval]:
        found = _shown(viewer, connection.execute(statement), len(keys), mine=False)
        return {approval.id: approval for approval in found}

    return await ctx.read(read)


def read_approval(connection: Connection, viewer: Viewer, execution_id: str, name: str) -> Approval:
    """An approval that the caller may decide. Raises `NotWaiting`, `PermissionDenied`."""
    return _approval(viewer, _waiting(connection, viewer, execution_id, name))


def _waiting(connection: Connection, viewer: Viewer, execution_id: str, name: str) -> Row[*tuple[Any, ...]]:
    statement = select(*COLUMNS).where(
        EXPECTATIONS.c.tenant == viewer.tenant,
        EXPECTATIONS.c.execution_id == execution_id,
        EXPECTATIONS.c.slot == name,
        EXPECTATIONS.c.reason == WaitReason.APPROVAL.value,
    )
    row = connection.execute(statement).one_or_none()
    if row is not None and isinstance(row.notes, Damaged):
        raise Unreadable(FaultCode.DAMAGED, "what is stored of this approval is damaged")
    if row is None:
        raise NotWaiting(f"No approval of the action '{name}' waits in this execution")
    if not _is_approver(viewer, row.notes):
        raise PermissionDenied("Only its approvers may decide this")
    return row


def _form(notes: Mapping[str, Any], command: DecideApproval) -> dict[str, Any]:
    """What was filled in, checked against the form of the action; who rejects need not fill it in."""
    fields = [ParameterDefinition.model_validate(field, context=STORED) for field in notes["form"]]
    unknown = sorted(command.form.keys() - {field.name for field in fields})
    if unknown:
        raise InvalidInput(
            [Fault(("body", "form", name), "the form has no such field", "value_error.extra") for name in unknown]
        )
    if not command.approved and not command.form:
        return {}
    values, _ = bind(fields, command.form, ("body", "form"))
    return values


def _is_for(viewer: Viewer, notes: Mapping[str, Any]) -> bool:
    return _is_approver(viewer, notes) and not _has_decided(viewer, notes)


def _is_approver(viewer: Viewer, notes: Mapping[str, Any]) -> bool:
    return not notes["approvers"] or viewer.user_id in notes["approvers"]


def _has_decided(viewer: Viewer, notes: Mapping[str, Any]) -> bool:
    return any(decision["by"] == viewer.user_id for decision in notes["decisions"])


def _approval(viewer: Viewer, row: Row[*tuple[Any, ...]]) -> Approval:
    notes = row.notes
    _, _, item = row.slot.partition("[")
    approval = Approval(
        id=f"{row.execution_id}:{row.slot}",
        execution_id=row.execution_id,
        action_id=row.action_id,
        item=int(item.rstrip("]")) if item else None,
        since=row.since,
        expires_at=datetime.fromisoformat(notes["expires_at"]) if notes["expires_at"] else None,
        approvers=notes["approvers"],
        quorum=notes["quorum"],
        message=None,
    )
    if not may(viewer, Permission.EXECUTION_PAYLOAD):
        return approval
    return msgspec.structs.replace(approval, message=notes["message"], form=notes["form"], decisions=notes["decisions"])

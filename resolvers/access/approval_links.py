"""The use cases of approval links: make, list and revoke one; see what it asks, and decide by it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, update

from engine.core.state import slot
from engine.journal.mailbox import hold_rows
from engine.secrets.approval_links import LINK_PATH, InvalidLink, LinkSigner
from models.commands.filters import ApprovalLinkFilter
from models.commands.messages import Approval, DecideApproval
from models.commands.validation import parse
from models.entities.approval_links import ApprovalLink, CreateApprovalLink, MadeLink
from models.entities.executions import ExecutionSummary
from models.errors import ApprovalLinkEnded, NotFound, NotWaiting, PermissionDenied, Unauthenticated
from models.ids import APPROVAL_LINK_PREFIX
from models.moments import spelled
from models.words import CredentialKind, Permission, Role
from resolvers.access import approval_link_rows as link_rows
from resolvers.access.approval_link_rows import LINKS, StoredLink
from resolvers.access.permissions import open_to_all, permits, require
from resolvers.approvals import decide_approval, read_approval
from resolvers.context import Context, Credential, Recall, Viewer
from resolvers.executions import rows
from resolvers.keyset import Order, Slice, Window, read_slice

NEWEST = Order(LINKS.c.created_at, LINKS.c.id, prefix=APPROVAL_LINK_PREFIX)
SCOPE = frozenset({Permission.EXECUTION_APPROVE, Permission.EXECUTION_PAYLOAD})
"""What a link carries, so what its maker must have: nobody is to decide what they may not see."""


OVER = "It was decided already, or the execution that asked has ended"
NOT_NOW = (
    "It was decided already, or is yet to be asked: if you were sent this link just now, open it again in a moment"
)


class OpenedApproval(msgspec.Struct, frozen=True):
    """An approval as its page shows it to one approver at a moment."""

    approval: Approval
    approver: str
    workflow_name: str
    at: datetime

    @property
    def is_decided(self) -> bool:
        """Whether the approver has decided already, and others are still waited for."""
        return any(decision["by"] == self.approver for decision in self.approval.decisions)


@permits(Permission.EXECUTION_APPROVE)
async def create_approval_link(ctx: Context, command: CreateApprovalLink) -> MadeLink:
    """Make a link for the caller or, as an admin, for another approver: whoever has it decides as that person.

    It ends when the caller's credential does. Raises `ExecutionNotFound`, `NotWaiting`, `PermissionDenied`.
    """
    viewer, services = ctx.user, ctx.services
    approver = command.approver or viewer.user_id
    _require_rights(viewer, approver)
    signer = _signer(ctx)
    now = services.clock.now()
    link = ApprovalLink(
        id=services.new_id(APPROVAL_LINK_PREFIX),
        execution_id=command.execution_id,
        action_id=command.action_id,
        item=command.item,
        approver=approver,
        created_by=viewer.user_id,
        credential=viewer.credential,
        key_id=viewer.key_id,
        created_at=now,
        expires_at=_end(now, command.expires_in_seconds, viewer.expires_at),
        revoked_at=None,
    )
    stored = StoredLink(viewer.tenant, link, Credential.of(viewer))

    def write(connection: Connection) -> None:
        hold_rows(connection, [command.execution_id])
        rows.read_summary(connection, viewer.tenant, command.execution_id)
        read_approval(connection, _holder(stored), link.execution_id, slot(link.action_id, link.item))
        link_rows.write(connection, stored)
        details = {"execution_id": link.execution_id, "of": slot(link.action_id, link.item), "approver": approver}
        ctx.audit(connection, "create_approval_link", link.id, **details, expires_at=spelled(link.expires_at))

    await services.database.transaction(write)
    path = LINK_PATH + signer.sign(link.id)
    return MadeLink(link, path, services.public_url + path if services.public_url else None)


def _end(now: datetime, seconds: int, end_of_credential: datetime | None) -> datetime:
    wanted = (now + timedelta(seconds=seconds)).replace(microsecond=0)
    return wanted if end_of_credential is None else min(wanted, end_of_credential)


@permits(Permission.EXECUTION_APPROVE)
async def slice_approval_links(ctx: Context, command: ApprovalLinkFilter, window: Window) -> Slice[ApprovalLink]:
    """A slice of the links that the caller made, and of those to executions of the caller's; an operator or admin sees
    all of the tenant. The newest first.
    """
    statement = link_rows.filtered(link_rows.visible_to(ctx.user), command, ctx.services.clock.now())
    return await ctx.read(
        partial(read_slice, statement=statement, order=NEWEST, window=window, entity=link_rows.approval_link)
    )


@permits(Permission.EXECUTION_APPROVE)
async def count_approval_links(ctx: Context, command: ApprovalLinkFilter) -> int:
    """How many links a filter finds."""
    found = link_rows.filtered(link_rows.visible_to(ctx.user), command, ctx.services.clock.now()).subquery()
    statement = select(func.count()).select_from(found)
    return await ctx.read(lambda connection: connection.execute(statement).scalar_one())


@permits(Permission.EXECUTION_APPROVE)
async def approval_links_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, ApprovalLink]:
    """The links among `ids` that the caller may see."""
    statement = link_rows.visible_to(ctx.user).where(LINKS.c.id.in_(ids))
    return await ctx.read(
        lambda connection: {row.id: link_rows.approval_link(row) for row in connection.execute(statement)}
    )


@permits(Permission.EXECUTION_APPROVE)
async def revoke_approval_link(ctx: Context, link_id: str) -> ApprovalLink:
    """Make a link worthless at once and for ever; what was decided by it stays. Again: nothing more happens.

    Raises `ApprovalLinkNotFound`.
    """

    def revoke(connection: Connection) -> ApprovalLink:
        found = link_rows.read_visible(connection, ctx.user, link_id)
        if found.revoked_at is not None:
            return found
        at = ctx.services.clock.now()
        connection.execute(update(LINKS).where(LINKS.c.id == link_id).values(revoked_at=at))
        ctx.audit(connection, "revoke_approval_link", link_id, execution_id=found.execution_id, approver=found.approver)
        return msgspec.structs.replace(found, revoked_at=at)

    return await ctx.services.database.transaction(revoke)


@open_to_all
async def open_approval(ctx: Context, token: str, recall: Recall) -> OpenedApproval:
    """What a link asks, and of whom.

    Raises `NotFound`, `ApprovalLinkEnded`, `NotWaiting` where it was decided, and `PermissionDenied`.
    """
    link, holder = await _opened(ctx, token, recall)

    def read(connection: Connection) -> OpenedApproval:
        try:
            approval = read_approval(connection, holder, link.execution_id, slot(link.action_id, link.item))
        except NotWaiting:
            execution = rows.read_summary(connection, holder.tenant, link.execution_id)
            raise NotWaiting(OVER if execution.status.is_terminal else NOT_NOW) from None
        name = link_rows.read_workflow_name(connection, link.execution_id)
        return OpenedApproval(approval, link.approver, name, ctx.services.clock.now())

    return await ctx.read(read)


@open_to_all
async def decide_by_link(ctx: Context, token: str, recall: Recall, decision: dict[str, Any]) -> ExecutionSummary:
    """Decide as the person that a link was made for; `decision` has what `DecideApproval` has beside the place.

    Raises `NotFound`, `ApprovalLinkEnded`, `InvalidInput`, and what `decide_approval` raises.
    """
    link, holder = await _opened(ctx, token, recall)
    place = {"execution_id": link.execution_id, "action_id": link.action_id, "item": link.item}
    command = parse(DecideApproval, {**decision, **place})
    return await decide_approval(Context(holder, ctx.services, ctx.origin), command)


async def _opened(ctx: Context, token: str, recall: Recall) -> tuple[ApprovalLink, Viewer]:
    """The link of a token, and the approver by it, with the rights that its maker has at this moment."""
    try:
        link_id = _signer(ctx).read(token)
    except InvalidLink:
        raise NotFound("This is no link that was made here: look whether it was copied as a whole") from None
    stored = await ctx.read(lambda connection: link_rows.read(connection, link_id))
    if stored is None:
        raise NotFound("This link is not known here any more: ask for a new one")
    if stored.link.revoked_at is not None:
        raise ApprovalLinkEnded("This link was revoked")
    if stored.link.expires_at <= ctx.services.clock.now() and not stored.outlasts:
        raise ApprovalLinkEnded("The time of this link is over")
    try:
        maker = await recall(stored.maker)
        if maker is not None:
            _require_rights(maker, stored.link.approver)
    except (Unauthenticated, PermissionDenied):
        raise ApprovalLinkEnded("This link has ended with the credential of whoever made it") from None
    return stored.link, _holder(stored)


def _require_rights(maker: Viewer, approver: str) -> None:
    """Raise `PermissionDenied` where a link for `approver` would carry more than its maker has."""
    for permission in sorted(SCOPE):
        require(maker, permission)
    if approver != maker.user_id:
        require(maker, Permission.ADMIN)


def _signer(ctx: Context) -> LinkSigner:
    if ctx.services.links is None:
        raise NotWaiting("This service makes no links")
    return ctx.services.links


def _holder(stored: StoredLink) -> Viewer:
    """Whoever has the link is its approver, and may do nothing else."""
    link = stored.link
    return Viewer(
        link.approver, stored.tenant, Role.OPERATOR, SCOPE, CredentialKind.APPROVAL_LINK, link.id, link.expires_at
    )

"""The use cases of approval links: make one for a person, see what it asks, and decide by it."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.approval_links import ApprovalLink, InvalidLink, LinkSigner
from engine.state import slot
from models.entities import ExecutionSummary
from models.errors import NotFound, NotWaiting
from models.messages import Approval, CreateApprovalLink, DecideApproval
from models.words import CredentialKind, Permission, Role
from resolvers import execution_rows as rows
from resolvers.approvals import decide_approval, read_approval
from resolvers.context import Context, Viewer
from resolvers.permissions import open_to_all, permits, require

LINK_PATH = "/approvals/"
SCOPE = frozenset({Permission.EXECUTION_APPROVE, Permission.EXECUTION_PAYLOAD})


class MadeLink(msgspec.Struct, frozen=True):
    """The path of a link below the service's address, and when it is of no use any more."""

    path: str
    expires_at: datetime


@permits(Permission.EXECUTION_APPROVE)
async def create_approval_link(ctx: Context, command: CreateApprovalLink) -> MadeLink:
    """Make a link for the caller or, as an admin, for another approver: whoever has it decides as that person.

    Raises `ExecutionNotFound`, `NotWaiting`, `PermissionDenied`.
    """
    viewer, services = ctx.user, ctx.services
    approver = command.approver or viewer.user_id
    if approver != viewer.user_id:
        require(viewer, Permission.ADMIN)
    expires_at = (services.clock.now() + timedelta(seconds=command.expires_in_seconds)).replace(microsecond=0)
    link = ApprovalLink(
        viewer.tenant, command.execution_id, command.action_id, command.item, approver, int(expires_at.timestamp())
    )

    def write(connection: Connection) -> None:
        rows.read_summary(connection, viewer.tenant, command.execution_id)
        approval = read_approval(connection, _stranger(link), link.execution_id, slot(link.action_id, link.item))
        ctx.audit(connection, "create_approval_link", link.execution_id, of=approval.action_id, approver=approver)

    await services.database.transaction(write)
    return MadeLink(LINK_PATH + _signer(ctx).sign(link), expires_at)


@open_to_all
async def open_approval(ctx: Context, token: str) -> Approval:
    """What a link asks. Raises `NotFound`, `NotWaiting` where it was decided, and `PermissionDenied`."""
    link = _link(ctx, token)

    def read(connection: Connection) -> Approval:
        return read_approval(connection, _stranger(link), link.execution_id, slot(link.action_id, link.item))

    return await ctx.read(read)


@open_to_all
async def decide_by_link(
    ctx: Context, token: str, *, approved: bool, comment: str | None, form: dict[str, Any]
) -> ExecutionSummary:
    """Decide as the person that a link was made for. Raises `NotFound`, and what `decide_approval` raises."""
    link = _link(ctx, token)
    command = DecideApproval(
        execution_id=link.execution_id,
        action_id=link.action_id,
        item=link.item,
        approved=approved,
        comment=comment,
        form=form,
    )
    return await decide_approval(Context(_stranger(link), ctx.services, ctx.origin), command)


def _signer(ctx: Context) -> LinkSigner:
    if ctx.services.links is None:
        raise NotWaiting("This service makes no links")
    return ctx.services.links


def _link(ctx: Context, token: str) -> ApprovalLink:
    try:
        return _signer(ctx).read(token, ctx.services.clock.now())
    except InvalidLink:
        raise NotFound("This link is not valid any more: ask for a new one") from None


def _stranger(link: ApprovalLink) -> Viewer:
    """Whoever has the link is its approver, and may do nothing else."""
    return Viewer(link.approver, link.tenant, Role.OPERATOR, SCOPE, CredentialKind.APPROVAL_LINK)

"""Reads and writes the rows of approval links; what proves their maker's credential stays in its row."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, exists, insert, or_, select

from models.commands.filters import ApprovalLinkFilter
from models.commands.validation import BAD_TEXT
from models.database.tables import ExecutionRow, WorkflowRow, table
from models.database.waiting_tables import ApprovalLinkRow
from models.entities.approval_links import ApprovalLink as ApprovalLinkEntity
from models.errors import ApprovalLinkNotFound
from models.words import CredentialKind
from resolvers.access.permissions import OVERSEERS
from resolvers.context import Credential, Viewer

LINKS = table(ApprovalLinkRow)
EXECUTIONS = table(ExecutionRow)
WORKFLOWS = table(WorkflowRow)
COLUMNS = tuple(LINKS.c[name] for name in ApprovalLinkEntity.__struct_fields__)

_HOLDER = EXECUTIONS.alias("holder")
OUTLASTS = and_(
    LINKS.c.credential == CredentialKind.SYSTEM.value,
    exists().where(_HOLDER.c.id == LINKS.c.execution_id, _HOLDER.c.completed_at.is_(None)),
)
"""Whether a link is good beyond its time: an execution made it that goes on, as a pause puts off its end."""


class StoredLink(msgspec.Struct, frozen=True):
    """A link with its tenant, and the credential by which it was made; and whether it is good beyond its time."""

    tenant: str
    link: ApprovalLinkEntity
    maker: Credential
    outlasts: bool = False


def write(connection: Connection, stored: StoredLink) -> None:
    """Keep a new link."""
    row = {**msgspec.structs.asdict(stored.link), "tenant": stored.tenant, "proof": stored.maker.proof}
    connection.execute(insert(LINKS).values(row))


def read(connection: Connection, link_id: str) -> StoredLink | None:
    """A link by its id, whatever its tenant: who knows its text knows that it is there."""
    columns = (*COLUMNS, LINKS.c.tenant, LINKS.c.proof, OUTLASTS.label("outlasts"))
    row = connection.execute(select(*columns).where(LINKS.c.id == link_id)).one_or_none()
    if row is None:
        return None
    link = approval_link(row)
    return StoredLink(
        row.tenant, link, Credential(link.credential, link.created_by, link.key_id, row.proof), row.outlasts
    )


def read_visible(connection: Connection, viewer: Viewer, link_id: str) -> ApprovalLinkEntity:
    """A link that the caller may see, held against others who change it. Raises `ApprovalLinkNotFound`."""
    if BAD_TEXT.search(link_id):
        raise ApprovalLinkNotFound(BAD_TEXT.sub("\ufffd", link_id))
    statement = visible_to(viewer).where(LINKS.c.id == link_id).with_for_update(of=LINKS)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise ApprovalLinkNotFound(link_id)
    return approval_link(row)


def read_workflow_name(connection: Connection, execution_id: str) -> str:
    """The name of the workflow that an execution runs."""
    statement = (
        select(WORKFLOWS.c.name)
        .join(EXECUTIONS, EXECUTIONS.c.workflow_id == WORKFLOWS.c.id)
        .where(EXECUTIONS.c.id == execution_id)
    )
    return str(connection.execute(statement).scalar_one())


def visible_to(viewer: Viewer) -> Select[Any]:
    """The links that the caller may see and revoke: all, for an operator or admin; else the own, and those to
    executions of the caller's.
    """
    statement = select(*COLUMNS).where(LINKS.c.tenant == viewer.tenant)
    if viewer.role in OVERSEERS:
        return statement
    is_owner = EXECUTIONS.c.created_by == viewer.user_id
    return statement.join(EXECUTIONS, EXECUTIONS.c.id == LINKS.c.execution_id).where(
        or_(LINKS.c.created_by == viewer.user_id, is_owner)
    )


def filtered(statement: Select[Any], command: ApprovalLinkFilter, now: datetime) -> Select[Any]:
    """Those that a filter finds."""
    if command.execution_id:
        statement = statement.where(LINKS.c.execution_id.in_(command.execution_id))
    if command.approver:
        statement = statement.where(LINKS.c.approver.in_(command.approver))
    if not command.include_ended:
        statement = statement.where(LINKS.c.revoked_at.is_(None), or_(LINKS.c.expires_at > now, OUTLASTS))
    return statement


def approval_link(row: Row[*tuple[Any, ...]]) -> ApprovalLinkEntity:
    """The entity of a row of `COLUMNS`."""
    values = {name: row._mapping[name] for name in ApprovalLinkEntity.__struct_fields__}
    return ApprovalLinkEntity(**{**values, "credential": CredentialKind(row.credential)})

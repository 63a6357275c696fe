"""The use cases of the versions of workflows: those of many workflows at once, a slice of each, and a version anew."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, select, tuple_

from models.entities.workflows import WorkflowVersion
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.keyset import Order, Slice, Window, cut, decode_place, no_cursor
from resolvers.workflows.rows import VERSIONS, WORKFLOWS

Asked = tuple[str, str]
"""A workflow's id and a `Window` as JSON: workflows that are asked alike are answered together."""

NEWEST = Order(VERSIONS.c.revision, VERSIONS.c.workflow_id, name="revision", is_text=True)
MOST_DIGITS = 9

OF_TENANT = select(
    VERSIONS.c.workflow_id.label("id"),
    VERSIONS.c.revision,
    VERSIONS.c.created_at,
    VERSIONS.c.created_by,
    WORKFLOWS.c.revision.label("newest_revision"),
).join(WORKFLOWS, WORKFLOWS.c.id == VERSIONS.c.workflow_id)


@permits(Permission.WORKFLOW_READ)
async def versions_by_revision(ctx: Context, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], WorkflowVersion]:
    """The versions of the tenant's workflows, deleted ones included, given as `(workflow_id, revision)`."""
    statement = OF_TENANT.where(
        WORKFLOWS.c.tenant == ctx.user.tenant, tuple_(VERSIONS.c.workflow_id, VERSIONS.c.revision).in_(keys)
    )
    found = await ctx.read(lambda connection: [_version(row) for row in connection.execute(statement)])
    return {(version.workflow_id, version.revision): version for version in found}


@permits(Permission.WORKFLOW_READ)
async def slices_of_versions(ctx: Context, keys: Sequence[Asked]) -> dict[Asked, Slice[WorkflowVersion]]:
    """A slice of each workflow's versions, newest first; one statement for all that ask for the same slice.

    Raises `InvalidInput` for what is no cursor of such a list.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for workflow_id, window in keys:
        groups[window].append(workflow_id)

    def read(connection: Connection) -> dict[Asked, Slice[WorkflowVersion]]:
        found = {}
        for window, ids in groups.items():
            asked = Window.model_validate_json(window)
            statement = _newest_of_each(asked).where(WORKFLOWS.c.tenant == ctx.user.tenant, WORKFLOWS.c.id.in_(ids))
            of_workflow: defaultdict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
            for row in connection.execute(statement):
                of_workflow[row.id].append(row)
            for workflow_id in ids:
                found[workflow_id, window] = cut(of_workflow[workflow_id], NEWEST, asked, _version)
        return found

    return await ctx.read(read)


def _newest_of_each(window: Window) -> Select[Any]:
    """One more row of each workflow than was asked for.

    A workflow has all versions up to its present one, so where a slice begins and ends is computed.
    """
    newest: ColumnElement[int] = WORKFLOWS.c.revision
    if window.after is not None:
        below = _revision(window.after, "after")
        newest = case((newest < below, newest), else_=below - 1)
    oldest = 0 if window.before is None else _revision(window.before, "before") + 1
    revision, size = VERSIONS.c.revision, window.size + 1
    backward = window.last is not None
    within = revision < oldest + size if backward else revision > newest - size
    order = revision.asc() if backward else revision.desc()
    return OF_TENANT.where(revision <= newest, revision >= oldest, within).order_by(order)


def _revision(cursor: str, argument: str) -> int:
    number, _ = decode_place(cursor, argument, NEWEST)
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        raise no_cursor(argument)
    return int(number)


def _version(row: Row[*tuple[Any, ...]]) -> WorkflowVersion:
    return WorkflowVersion(
        workflow_id=row.id,
        revision=row.revision,
        created_at=row.created_at,
        created_by=row.created_by,
        newest_revision=row.newest_revision,
    )

"""Reads and writes workflow rows and turns them into entities."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from engine.definition.compiling import PARTS, as_written_now, plan_of
from models.commands.validation import BAD_TEXT
from models.database.changes import take_change
from models.database.database import Damaged
from models.database.selections import Selection
from models.database.tables import (
    ActivityRow,
    WorkflowRow,
    WorkflowTagRow,
    WorkflowVersionRow,
    table,
)
from models.entities.workflows import WorkflowDetail, WorkflowSummary
from models.errors import WorkflowNotFound
from models.folding import folded
from models.ids import ACTIVITY_PREFIX
from models.words import ActivityType, WorkflowStatus
from resolvers.context import Context
from resolvers.workflows.usage import NEVER_USED, read_usage

WORKFLOWS = table(WorkflowRow)
VERSIONS = table(WorkflowVersionRow)
TAGS = table(WorkflowTagRow)
ACTIVITIES = table(ActivityRow)

SUMMARY_COLUMNS = tuple(WORKFLOWS.c[name] for name in WorkflowSummary.__struct_fields__)

# Built once: composing a statement costs as much as running it.
BY_ID = select(*SUMMARY_COLUMNS).where(
    WORKFLOWS.c.id == bindparam("workflow_id"),
    WORKFLOWS.c.tenant == bindparam("of_tenant"),
    WORKFLOWS.c.deleted_at.is_(None),
)
BY_ID_FOR_UPDATE = BY_ID.with_for_update()
READ_BY_ID = Selection(BY_ID)


def summary(row: Sequence[Any]) -> WorkflowSummary:
    """The list item of a row of `SUMMARY_COLUMNS`."""
    return WorkflowSummary(**_values(row))


def read_summary(connection: Connection, tenant: str, workflow_id: str, *, for_update: bool = False) -> WorkflowSummary:
    """A workflow of the tenant, locked `for_update` where other nodes may write.

    Raises `WorkflowNotFound`, also where it was deleted.
    """
    return WorkflowSummary(**_found(connection, tenant, workflow_id, for_update=for_update))


def read_detail(connection: Connection, tenant: str, workflow_id: str, *, for_update: bool = False) -> WorkflowDetail:
    """A workflow of the tenant with its definition, locked `for_update` where other nodes may write.

    Raises `WorkflowNotFound`, also where it was deleted.
    """
    values = _found(connection, tenant, workflow_id, for_update=for_update)
    version = connection.execute(
        select(VERSIONS).where(VERSIONS.c.workflow_id == workflow_id, VERSIONS.c.revision == values["revision"])
    ).one()
    if for_update or isinstance(version.definition, Damaged):
        plan_of(version.definition, version.schema_version)  # a change here would lose what is not known here
    definition = as_written_now(version.definition, version.schema_version)
    usage = read_usage(connection, tenant, [workflow_id]).get(workflow_id, NEVER_USED)
    return WorkflowDetail(
        **values,
        **{part: definition[part] for part in PARTS if part in definition},
        execution_count=usage.execution_count,
        last_execution=usage.last_execution,
    )


def read_definition(connection: Connection, workflow_id: str, revision: int) -> Mapping[str, Any]:
    """The definition of a version that there is. Raises `Unreadable`."""
    version = connection.execute(
        select(VERSIONS).where(VERSIONS.c.workflow_id == workflow_id, VERSIONS.c.revision == revision)
    ).one()
    plan_of(version.definition, version.schema_version)
    definition: Mapping[str, Any] = as_written_now(version.definition, version.schema_version)
    return definition


def _found(connection: Connection, tenant: str, workflow_id: str, *, for_update: bool = False) -> dict[str, Any]:
    if BAD_TEXT.search(workflow_id):
        raise WorkflowNotFound(BAD_TEXT.sub("\ufffd", workflow_id))
    asked = {"workflow_id": workflow_id, "of_tenant": tenant}
    rows = connection.execute(BY_ID_FOR_UPDATE, asked).all() if for_update else READ_BY_ID.rows(connection, asked)
    if not rows:
        raise WorkflowNotFound(workflow_id)
    return _values(rows[0])


def _values(row: Sequence[Any]) -> dict[str, Any]:
    values = dict(zip(WorkflowSummary.__struct_fields__, row, strict=True))
    values["status"] = WorkflowStatus(values["status"])
    return values


def replace_tags(connection: Connection, workflow_id: str, tags: Sequence[str]) -> None:
    """Make `tags` the tags by which a workflow is found."""
    connection.execute(delete(TAGS).where(TAGS.c.workflow_id == workflow_id))
    if tags:
        connection.execute(insert(TAGS), [{"workflow_id": workflow_id, "tag": tag} for tag in tags])


def write_activity(connection: Connection, ctx: Context, kind: ActivityType, workflow: WorkflowSummary) -> None:
    """Add a line on a workflow to the activity feed."""
    connection.execute(
        insert(ACTIVITIES).values(
            id=ctx.services.new_id(ACTIVITY_PREFIX),
            tenant=ctx.user.tenant,
            type=kind.value,
            at=ctx.services.clock.now(),
            user_id=ctx.user.user_id,
            details={"workflow_id": workflow.id, "workflow_name": workflow.name},
            change=take_change(connection),
        )
    )


def search_text(name: str, description: str | None) -> str:
    """What a search for a substring looks at (decision W9)."""
    return folded(f"{name}\n{description or ''}")

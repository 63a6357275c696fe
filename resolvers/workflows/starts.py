"""Reads which workflows the workflows execute that one executes, as far down as executions may go."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from engine.core.bounds import MAX_DEPTH
from engine.definition.start_warnings import WorkflowStarts, start_warnings, starts_of
from models.entities.workflows import WorkflowDetail
from models.workflow_warnings import WorkflowWarning, shown_warning
from resolvers.workflows.rows import VERSIONS, WORKFLOWS

MAX_FOLLOWED = 200
"""Workflows that are looked at when one is saved."""

PRESENT = (
    select(WORKFLOWS.c.id, WORKFLOWS.c.concurrency, VERSIONS.c.definition)
    .join(VERSIONS, and_(VERSIONS.c.workflow_id == WORKFLOWS.c.id, VERSIONS.c.revision == WORKFLOWS.c.revision))
    .where(
        WORKFLOWS.c.tenant == bindparam("of_tenant"),
        WORKFLOWS.c.deleted_at.is_(None),
        WORKFLOWS.c.id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(WORKFLOWS.c.id)
    .limit(MAX_FOLLOWED)
)


def warnings_of_starts(connection: Connection, tenant: str, workflow: WorkflowDetail) -> tuple[WorkflowWarning, ...]:
    """The warnings of a workflow that leads to executions of its own."""
    saved = starts_of(workflow.definition, workflow.concurrency)
    others = _below(connection, tenant, workflow.id, saved)
    return tuple(shown_warning(warning) for warning in start_warnings(workflow.id, saved, others))


def _below(
    connection: Connection, tenant: str, workflow_id: str, saved: WorkflowStarts
) -> Mapping[str, WorkflowStarts]:
    others: dict[str, WorkflowStarts] = {}
    wanted = saved.workflow_ids - {workflow_id}
    for _ in range(MAX_DEPTH):
        if not wanted or len(others) >= MAX_FOLLOWED:
            break
        rows: list[Any] = list(connection.execute(PRESENT, {"of_tenant": tenant, "ids": sorted(wanted)}))
        others |= {row.id: _stored_starts(row) for row in rows}
        started = {name for row in rows for name in others[row.id].workflow_ids}
        wanted = frozenset(started - others.keys() - {workflow_id})
    return others


def _stored_starts(row: Any) -> WorkflowStarts:
    """Of a workflow that is damaged, or that a newer version wrote, nothing is known."""
    try:
        return starts_of(row.definition, row.concurrency)
    except (AttributeError, KeyError, TypeError, ValueError):
        return WorkflowStarts((), None)

"""Looks, in the commit, whether workflows still are what executions of them are accepted by from memory."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from models.database.one_of import one_of, word_list
from models.database.tables import WorkflowRow, table

WORKFLOWS = table(WorkflowRow)
DECISIVE = ("status", "revision", "timeout_seconds", "queue_timeout_seconds", "concurrency")
"""The columns of a workflow that decide whether an execution of it is accepted, and as what."""

AS_THEY_ARE = select(WORKFLOWS.c.id, *(WORKFLOWS.c[name] for name in DECISIVE)).where(
    one_of(WORKFLOWS.c.id, word_list("ids")), WORKFLOWS.c.deleted_at.is_(None)
)


class Basis(msgspec.Struct, frozen=True):
    """What an execution is accepted by: a workflow, and the values of its `DECISIVE` columns."""

    workflow_id: str
    values: tuple[Any, ...]


class BasisChanged(Exception):
    """The workflow was changed or deleted since it was read: whoever accepts reads it anew."""


def changed(connection: Connection, bases: Mapping[str, Basis]) -> dict[str, Exception]:
    """What refuses those executions, named by the keys of `bases`, whose workflows are not any more what they were."""
    rows = connection.execute(AS_THEY_ARE, {"ids": sorted({basis.workflow_id for basis in bases.values()})})
    present = {row[0]: tuple(row[1:]) for row in rows}
    return {
        execution_id: BasisChanged(basis.workflow_id)
        for execution_id, basis in bases.items()
        if present.get(basis.workflow_id) != basis.values
    }

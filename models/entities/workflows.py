"""The entities of workflows."""

from datetime import datetime
from typing import Any

import msgspec

from models.words import WorkflowStatus
from models.workflow_warnings import WorkflowWarning


class WorkflowSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow as lists show it."""

    id: str
    name: str
    description: str | None
    status: WorkflowStatus
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    tags: list[str]
    timeout_seconds: int | None
    queue_timeout_seconds: int | None = None
    concurrency: dict[str, Any] | None = None

    @property
    def version(self) -> str:
        """The documented version word: `1.0`, then `1.1` after the first changed definition."""
        return version_word(self.revision)


class WorkflowDetail(WorkflowSummary, frozen=True, kw_only=True):
    """A workflow with its definition, as it was sent, and what its executions say of it."""

    parameters: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    on_failure: list[dict[str, Any]] = []
    on_exit: list[dict[str, Any]] = []
    outputs: dict[str, Any] = {}
    execution_count: int = 0
    last_execution: datetime | None = None
    warnings: tuple[WorkflowWarning, ...] = ()
    """What a change was accepted with; none where it is only read."""

    @property
    def definition(self) -> dict[str, Any]:
        """What a version pins: a part that is empty, but for the parameters and the actions, is left out."""
        parts = {"on_failure": self.on_failure, "on_exit": self.on_exit, "outputs": self.outputs}
        whole: dict[str, Any] = {"parameters": self.parameters, "actions": self.actions}
        return whole | {name: part for name, part in parts.items() if part}


def version_word(revision: int) -> str:
    """The documented spelling of a revision number, which counts from 0."""
    return f"1.{revision}"

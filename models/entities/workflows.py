"""The entities of workflows, and the words for their versions."""

import re
from datetime import datetime
from typing import Any

import msgspec

from models.error_codes import ErrorCode
from models.errors import NotFound
from models.words import WorkflowStatus
from models.workflow_warnings import WorkflowWarning

VERSION_WORD = re.compile("1\\.(0|[1-9][0-9]{0,8})")


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
    retention: dict[str, Any] | None = None

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


class WorkflowVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a workflow, which never changes: its definition is read apart from it.

    `created_by` is None where nobody noted it. The workflow is at `newest_revision`.
    """

    workflow_id: str
    revision: int
    created_at: datetime
    created_by: str | None
    newest_revision: int

    @property
    def is_current(self) -> bool:
        """Whether the workflow is at this version."""
        return self.revision == self.newest_revision

    @property
    def version(self) -> str:
        """The documented version word."""
        return version_word(self.revision)


class VersionNotFound(NotFound):
    """The workflow has no such version; the message says which it has."""

    code = ErrorCode.VERSION_NOT_FOUND

    def __init__(self, workflow_id: str, version: str, newest: int) -> None:
        known = version_word(newest) if newest == 0 else f"{version_word(0)} to {version_word(newest)}"
        super().__init__(f"Workflow {workflow_id} has no version {version}: it has {known}")


def version_word(revision: int) -> str:
    """The documented spelling of a revision number, which counts from 0."""
    return f"1.{revision}"


def revision_of(workflow_id: str, version: str, newest: int) -> int:
    """The revision number of a version of a workflow, which has all up to the `newest`. Raises `VersionNotFound`."""
    found = VERSION_WORD.fullmatch(version)
    revision = None if found is None else int(found.group(1))
    if revision is None or revision > newest:
        raise VersionNotFound(workflow_id, version, newest)
    return revision

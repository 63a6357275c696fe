"""Which items a list shows and in which order, validated once for both edges; what is absent does not filter."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from models.commands.validation import Command
from models.moments import Moment
from models.words import ActionErrorCode, ActivityType, AuditOutcome, ExecutionStatus, TagsMode, WorkflowStatus

MAX_VALUES = 100
"""So many values may be given for one field."""

Texts = Annotated[list[str], Field(max_length=MAX_VALUES)]


class Direction(StrEnum):
    """From the least or from the greatest on."""

    ASC = "asc"
    DESC = "desc"


class WorkflowOrderField(StrEnum):
    """By what workflows can be ordered: an index serves each."""

    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    NAME = "name"


class ExecutionGroup(StrEnum):
    """By what executions can be counted."""

    STATUS = "status"
    WORKFLOW = "workflow"
    CREATED_BY = "created_by"
    DAY = "day"


class TimeRange(Command):
    """From `since` on, and before `until`: each day of a row of days belongs to one range."""

    since: Moment | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _is_no_empty_range(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("since must be before until")
        return self


class WorkflowFilter(Command):
    """Which workflows (decision W9): any of several values of one field, and all of the fields."""

    status: Annotated[list[Annotated[WorkflowStatus, Field(strict=False)]], Field(max_length=MAX_VALUES)] = Field(
        default_factory=list
    )
    created_by: Texts = Field(default_factory=list)
    tags: Texts = Field(default_factory=list)
    tags_mode: Annotated[TagsMode, Field(strict=False)] = TagsMode.ALL
    search: str | None = None
    created: TimeRange | None = None
    updated: TimeRange | None = None


class ExecutionFilter(Command):
    """Which executions: any of several values of one field, and all of the fields."""

    parent_id: Texts = Field(default_factory=list)
    workflow_id: Texts = Field(default_factory=list)
    status: Annotated[list[Annotated[ExecutionStatus, Field(strict=False)]], Field(max_length=MAX_VALUES)] = Field(
        default_factory=list
    )
    created_by: Texts = Field(default_factory=list)
    error_code: Annotated[list[Annotated[ActionErrorCode, Field(strict=False)]], Field(max_length=MAX_VALUES)] = Field(
        default_factory=list
    )
    is_set_aside: bool | None = None
    created: TimeRange | None = None
    completed: TimeRange | None = None


class ActivityFilter(Command):
    """Which activities (decision X8): those in the range `at`; and those after `since`, itself excluded."""

    at: TimeRange | None = None
    since: Moment | None = None
    type: Annotated[list[Annotated[ActivityType, Field(strict=False)]], Field(max_length=MAX_VALUES)] = Field(
        default_factory=list
    )
    user_id: Texts = Field(default_factory=list)


class AuditFilter(Command):
    """Which entries of the audit log: any of several values of one field, and all of the fields."""

    actor: Texts = Field(default_factory=list)
    action: Texts = Field(default_factory=list)
    target: Texts = Field(default_factory=list)
    outcome: Annotated[list[Annotated[AuditOutcome, Field(strict=False)]], Field(max_length=MAX_VALUES)] = Field(
        default_factory=list
    )
    at: TimeRange | None = None


class ApiKeyFilter(Command):
    """Which API keys: those of any of these users; those that were revoked only where they are asked for."""

    user_id: Texts = Field(default_factory=list)
    include_revoked: bool = False


class ApprovalLinkFilter(Command):
    """Which approval links: those of any of these executions and for any of these approvers.

    Those that were revoked or are too old only where they are asked for.
    """

    execution_id: Texts = Field(default_factory=list)
    approver: Texts = Field(default_factory=list)
    include_ended: bool = False


class ExecutionOrderField(StrEnum):
    """By what executions can be ordered: an index serves it."""

    CREATED_AT = "created_at"


class ExecutionOrder(Command):
    """How executions are ordered; the id decides between equals."""

    field: Annotated[ExecutionOrderField, Field(strict=False)] = ExecutionOrderField.CREATED_AT
    direction: Annotated[Direction, Field(strict=False)] = Direction.DESC


class WorkflowOrder(Command):
    """How workflows are ordered; the id decides between equals."""

    field: Annotated[WorkflowOrderField, Field(strict=False)] = WorkflowOrderField.CREATED_AT
    direction: Annotated[Direction, Field(strict=False)] = Direction.DESC

"""Which items a list shows and in which order, validated once for both edges; what is absent does not filter."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from models.commands.labels import MAX_LABEL_VALUE, MAX_LABELS
from models.commands.validation import Command, Id
from models.moments import Moment
from models.words import (
    ActionErrorCode,
    ActivityType,
    AuditOutcome,
    EventType,
    ExecutionStatus,
    LogLevel,
    TagsMode,
    WaitReason,
    WorkflowStatus,
)

MAX_VALUES = 100
"""So many values may be given for one field."""

MAX_TEXT = 200
MAX_BUCKETS = 200
FLEETING = frozenset({WaitReason.DEPENDENCIES, WaitReason.CONCURRENCY})
"""What is only known of an execution by whoever has it in hand, or by its journal."""

Seconds = Annotated[float, Field(ge=0, le=1e10)]
Texts = Annotated[list[str], Field(max_length=MAX_VALUES)]
SearchedText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Ids = Annotated[list[Annotated[str, Id()]], Field(max_length=MAX_VALUES)]


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
    LABEL = "label"
    FAILURE = "failure"
    WAIT_REASON = "wait_reason"


class TimeRange(Command):
    """From `since` on, and before `until`: each day of a row of days belongs to one range."""

    since: Moment | None = Field(default=None, description="From this moment on.")
    until: Moment | None = Field(default=None, description="Before this moment.")

    @model_validator(mode="after")
    def _is_no_empty_range(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("since must be before until")
        return self


class WorkflowFilter(Command):
    """Which workflows (decision W9): any of several values of one field, and all of the fields."""

    status: list[Annotated[WorkflowStatus, Field(strict=False)]] = Field(
        default_factory=list, max_length=MAX_VALUES, description="In one of these statuses."
    )
    created_by: Texts = Field(default_factory=list, description="Owned by one of these users.")
    tags: Texts = Field(default_factory=list, description="With these tags.")
    tags_mode: TagsMode = Field(
        default=TagsMode.ALL, strict=False, description="All of `tags` (the default), or any of them."
    )
    search: str | None = Field(default=None, description="With this text in the name or the description, in any case.")
    created: TimeRange | None = Field(default=None, description="Created in this range.")
    updated: TimeRange | None = Field(default=None, description="Last changed in this range.")


class DurationRange(Command):
    """From `min_seconds` to `max_seconds`, both included."""

    min_seconds: Seconds | None = Field(default=None, description="So long at least.")
    max_seconds: Seconds | None = Field(default=None, description="So long at most.")

    @model_validator(mode="after")
    def _is_no_empty_range(self) -> Self:
        if self.min_seconds is not None and self.max_seconds is not None and self.min_seconds > self.max_seconds:
            raise ValueError("the lower end must not be above the upper one")
        return self


class LabelFilter(Command):
    """A label that executions must have."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=63)] = Field(description="Its key.")
    value: Annotated[str, StringConstraints(max_length=MAX_LABEL_VALUE)] | None = Field(
        default=None, description="Its value. Default: any."
    )


OfWorkflows = Annotated[Ids, Field(description="Of these workflows.")]
InStatuses = Annotated[
    list[Annotated[ExecutionStatus, Field(strict=False)]],
    Field(max_length=MAX_VALUES, description="In one of these statuses."),
]
ByUsers = Annotated[Texts, Field(description="Started by one of these users.")]
ForReasons = Annotated[
    list[Annotated[ActionErrorCode, Field(strict=False)]],
    Field(max_length=MAX_VALUES, description="Failed for one of these reasons."),
]
Labels = Annotated[list[LabelFilter], Field(max_length=MAX_LABELS)]


class ExecutionExclusions(Command):
    """Which executions are left out: those of which any of this holds."""

    workflow_id: OfWorkflows = Field(default_factory=list)
    status: InStatuses = Field(default_factory=list)
    created_by: ByUsers = Field(default_factory=list)
    error_code: ForReasons = Field(default_factory=list)
    labels: Labels = Field(default_factory=list, description="With one of these labels.")


class ExecutionFilter(Command):
    """Which executions: any of several values of one field, all of the labels, and all of the fields."""

    parent_id: Ids = Field(default_factory=list, description="Started by one of these executions.")
    workflow_id: OfWorkflows = Field(default_factory=list)
    status: InStatuses = Field(default_factory=list)
    created_by: ByUsers = Field(default_factory=list)
    error_code: ForReasons = Field(default_factory=list)
    without: ExecutionExclusions | None = Field(
        default=None,
        description="None of those of which any of this holds. What this leaves is looked for as a `duration` is, but "
        "for statuses.",
    )
    is_set_aside: bool | None = Field(
        default=None, description="Those that are set aside (`fault`), or those that are not."
    )
    created: TimeRange | None = Field(default=None, description="Accepted in this range.")
    started: TimeRange | None = Field(default=None, description="Begun in this range. Looked for as a `duration` is.")
    completed: TimeRange | None = Field(default=None, description="Ended in this range.")
    duration: DurationRange | None = Field(
        default=None,
        description="That took so long from their acceptance to their end; those that go on, until now. Looked for "
        "among the newest 50000 that the rest of the filter finds.",
    )
    labels: Labels = Field(default_factory=list, description="With all of these labels.")
    text: str | None = Field(
        default=None,
        max_length=MAX_TEXT,
        description="With this text in the parameters, the error or the labels, in any case. Looked for among the "
        "newest 10000 that the rest of the filter finds, and no further back than 64 MB of parameters. Needs the "
        "permission `execution:payload`.",
    )
    wait_reason: list[Annotated[WaitReason, Field(strict=False)]] = Field(
        default_factory=list,
        max_length=MAX_VALUES,
        description="That have not ended and wait for one of these. A back-off, a delay between repetitions and a "
        "service's limit are found where they last for more than 5 seconds; DEPENDENCIES and CONCURRENCY cannot be "
        "asked for.",
    )

    @field_validator("text")
    @classmethod
    def _text_is_not_blank(cls, text: str | None) -> str | None:
        if text is not None and not text.strip():
            raise ValueError("must not be blank: send the text to look for")
        return text

    @field_validator("wait_reason")
    @classmethod
    def _reasons_are_kept(cls, reasons: list[WaitReason]) -> list[WaitReason]:
        fleeting = [reason for reason in reasons if reason in FLEETING]
        if fleeting:
            kept = ", ".join(reason.name for reason in WaitReason if reason not in FLEETING)
            raise ValueError(f"who waits for {fleeting[0].name} is kept nowhere: ask for one of {kept}")
        return reasons


class ActivityFilter(Command):
    """Which activities (decision X8): those in the range `at`; and those after `since`, itself excluded."""

    at: TimeRange | None = Field(default=None, description="In this range.")
    since: Moment | None = Field(default=None, description="Later than this moment, which `at.since` would include.")
    type: list[Annotated[ActivityType, Field(strict=False)]] = Field(
        default_factory=list, max_length=MAX_VALUES, description="Of one of these types."
    )
    user_id: Texts = Field(default_factory=list, description="By one of these users.")


class LogFilter(Command):
    """Which lines of a log: any of several values of one field, and all of the fields."""

    level: list[Annotated[LogLevel, Field(strict=False)]] = Field(
        default_factory=list, max_length=MAX_VALUES, description="Of one of these levels."
    )
    action_id: Texts = Field(default_factory=list, description="About one of these actions.")
    text: SearchedText | None = Field(
        default=None, description="With this text in the message, in any case: 1 to 200 characters."
    )


class JournalFilter(Command):
    """Which events of a journal: any of several values of one field, and all of the fields."""

    type: list[Annotated[EventType, Field(strict=False)]] = Field(
        default_factory=list, max_length=MAX_VALUES, description="Of one of these types."
    )
    action_id: Texts = Field(default_factory=list, description="That happened to one of these actions.")


class AuditFilter(Command):
    """Which entries of the audit log: any of several values of one field, and all of the fields."""

    actor: Texts = Field(default_factory=list, description="By one of these users.")
    action: Texts = Field(default_factory=list, description="One of these, such as `delete_workflow`.")
    target: Texts = Field(default_factory=list, description="Done to one of these ids.")
    outcome: list[Annotated[AuditOutcome, Field(strict=False)]] = Field(
        default_factory=list, max_length=MAX_VALUES, description="Ended in one of these ways."
    )
    at: TimeRange | None = Field(default=None, description="In this range.")


class ApiKeyFilter(Command):
    """Which API keys: those of any of these users; those that were revoked only where they are asked for."""

    user_id: Texts = Field(default_factory=list, description="That stand for one of these users.")
    include_revoked: bool = Field(default=False, description="Those that were revoked as well. Default: false.")


class ApprovalLinkFilter(Command):
    """Which approval links: those of any of these executions and for any of these approvers.

    Those that were revoked or are too old only where they are asked for.
    """

    execution_id: Ids = Field(default_factory=list, description="To approvals of one of these executions.")
    approver: Texts = Field(default_factory=list, description="For one of these approvers.")
    include_ended: bool = Field(
        default=False, description="Those that were revoked or are too old as well. Default: false."
    )


class ExecutionOrderField(StrEnum):
    """By what executions can be ordered: an index serves it."""

    CREATED_AT = "created_at"


class ExecutionOrder(Command):
    """How executions are ordered; the id decides between equals."""

    field: ExecutionOrderField = Field(
        default=ExecutionOrderField.CREATED_AT, strict=False, description="Default: CREATED_AT."
    )
    direction: Direction = Field(default=Direction.DESC, strict=False, description="Default: DESC.")


class WorkflowOrder(Command):
    """How workflows are ordered; the id decides between equals."""

    field: WorkflowOrderField = Field(
        default=WorkflowOrderField.CREATED_AT, strict=False, description="Default: CREATED_AT."
    )
    direction: Direction = Field(default=Direction.DESC, strict=False, description="Default: DESC.")


class SeriesRange(Command):
    """From `since` to `until`, in so many parts of equal length."""

    since: Moment = Field(description="From this moment on.")
    until: Moment = Field(description="Before this moment.")
    buckets: int = Field(default=24, ge=1, le=MAX_BUCKETS, description="In so many parts: 1 to 200.")

    @model_validator(mode="after")
    def _is_no_empty_range(self) -> Self:
        if self.since >= self.until:
            raise ValueError("since must be before until")
        return self

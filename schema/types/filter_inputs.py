"""The filters and orders of lists as GraphQL inputs: they only carry values; the commands validate them."""

from datetime import datetime
from typing import Any

import strawberry

from models.commands.filters import (
    ActivityFilter,
    ApiKeyFilter,
    ApprovalLinkFilter,
    AuditFilter,
    ExecutionFilter,
    ExecutionOrder,
    WorkflowFilter,
    WorkflowOrder,
)
from models.commands.validation import parse
from schema.spellings import renamed
from schema.types.enums import (
    ActionErrorCode,
    ActivityType,
    AuditOutcome,
    Direction,
    ExecutionOrderField,
    ExecutionStatus,
    TagsMode,
    WorkflowOrderField,
    WorkflowStatus,
)
from schema.types.scalars import raw

ABSENT = strawberry.UNSET


@strawberry.input(description="A range of time: `since` belongs to it, `until` does not.")
class TimeRangeInput:
    """See `TimeRange`."""

    since: datetime | None = strawberry.field(default=ABSENT, description="From this moment on.")
    until: datetime | None = strawberry.field(default=ABSENT, description="Before this moment.")


@strawberry.input(description="Which workflows: any of the values of one field, and all of the fields that are given.")
class WorkflowFilterInput:
    """See `WorkflowFilter`."""

    status: list[WorkflowStatus] | None = strawberry.field(default=ABSENT, description="In one of these statuses.")
    created_by: list[str] | None = strawberry.field(default=ABSENT, description="Owned by one of these users.")
    tags: list[str] | None = strawberry.field(default=ABSENT, description="With these tags.")
    tags_mode: TagsMode | None = strawberry.field(
        default=ABSENT, description="All of `tags` (the default), or any of them."
    )
    search: str | None = strawberry.field(
        default=ABSENT, description="With this text in the name or the description, in any case."
    )
    created: TimeRangeInput | None = strawberry.field(default=ABSENT, description="Created in this range.")
    updated: TimeRangeInput | None = strawberry.field(default=ABSENT, description="Last changed in this range.")


@strawberry.input(description="Which executions: any of the values of one field, and all of the fields that are given.")
class ExecutionFilterInput:
    """See `ExecutionFilter`."""

    parent_id: list[strawberry.ID] | None = strawberry.field(
        default=ABSENT, description="Started by one of these executions."
    )
    workflow_id: list[strawberry.ID] | None = strawberry.field(default=ABSENT, description="Of these workflows.")
    status: list[ExecutionStatus] | None = strawberry.field(default=ABSENT, description="In one of these statuses.")
    created_by: list[str] | None = strawberry.field(default=ABSENT, description="Started by one of these users.")
    error_code: list[ActionErrorCode] | None = strawberry.field(
        default=ABSENT, description="Failed for one of these reasons."
    )
    is_set_aside: bool | None = strawberry.field(
        default=ABSENT, description="Those that are set aside (`fault`), or those that are not."
    )
    created: TimeRangeInput | None = strawberry.field(default=ABSENT, description="Accepted in this range.")
    completed: TimeRangeInput | None = strawberry.field(default=ABSENT, description="Ended in this range.")


@strawberry.input(description="Which activities: any of the values of one field, and all of the fields that are given.")
class ActivityFilterInput:
    """See `ActivityFilter`."""

    at: TimeRangeInput | None = strawberry.field(default=ABSENT, description="In this range.")
    since: datetime | None = strawberry.field(
        default=ABSENT,
        description="Later than this moment, which `at.since` would include.",
        deprecation_reason=renamed("at"),
    )
    type: list[ActivityType] | None = strawberry.field(default=ABSENT, description="Of one of these types.")
    user_id: list[str] | None = strawberry.field(default=ABSENT, description="By one of these users.")


@strawberry.input(description="Which entries: any of the values of one field, and all of the fields that are given.")
class AuditFilterInput:
    """See `AuditFilter`."""

    actor: list[str] | None = strawberry.field(default=ABSENT, description="By one of these users.")
    action: list[str] | None = strawberry.field(default=ABSENT, description="One of these, such as `delete_workflow`.")
    target: list[str] | None = strawberry.field(default=ABSENT, description="Done to one of these ids.")
    outcome: list[AuditOutcome] | None = strawberry.field(default=ABSENT, description="Ended in one of these ways.")
    at: TimeRangeInput | None = strawberry.field(default=ABSENT, description="In this range.")


@strawberry.input(description="Which API keys: of all that you manage, those that meet all of the fields.")
class ApiKeyFilterInput:
    """See `ApiKeyFilter`."""

    user_id: list[str] | None = strawberry.field(default=ABSENT, description="That stand for one of these users.")
    include_revoked: bool | None = strawberry.field(
        default=ABSENT, description="Those that were revoked as well. Default: false."
    )


@strawberry.input(description="Which approval links: any of the values of one field, and all of the fields.")
class ApprovalLinkFilterInput:
    """See `ApprovalLinkFilter`."""

    execution_id: list[strawberry.ID] | None = strawberry.field(
        default=ABSENT, description="To approvals of one of these executions."
    )
    approver: list[str] | None = strawberry.field(default=ABSENT, description="For one of these approvers.")
    include_ended: bool | None = strawberry.field(
        default=ABSENT, description="Those that were revoked or are too old as well. Default: false."
    )


@strawberry.input(description="How workflows are ordered; the id decides between equals.")
class WorkflowOrderInput:
    """See `WorkflowOrder`."""

    field: WorkflowOrderField | None = strawberry.field(default=ABSENT, description="Default: CREATED_AT.")
    direction: Direction | None = strawberry.field(default=ABSENT, description="Default: DESC.")


@strawberry.input(description="How executions are ordered; the id decides between equals.")
class ExecutionOrderInput:
    """See `ExecutionOrder`."""

    field: ExecutionOrderField | None = strawberry.field(default=ABSENT, description="Default: CREATED_AT.")
    direction: Direction | None = strawberry.field(default=ABSENT, description="Default: DESC.")


def workflow_filter(given: WorkflowFilterInput | None) -> WorkflowFilter:
    """The command. Raises `InvalidInput`."""
    return parse(WorkflowFilter, _given(given), ("filter",))


def workflow_order(given: WorkflowOrderInput | None) -> WorkflowOrder:
    """The command. Raises `InvalidInput`."""
    return parse(WorkflowOrder, _given(given), ("orderBy",))


def execution_order(given: ExecutionOrderInput | None) -> ExecutionOrder:
    """The command. Raises `InvalidInput`."""
    return parse(ExecutionOrder, _given(given), ("orderBy",))


def execution_filter(given: ExecutionFilterInput | None) -> ExecutionFilter:
    """The command. Raises `InvalidInput`."""
    return parse(ExecutionFilter, _given(given), ("filter",))


def activity_filter(given: ActivityFilterInput | None) -> ActivityFilter:
    """The command. Raises `InvalidInput`."""
    return parse(ActivityFilter, _given(given), ("filter",))


def audit_filter(given: AuditFilterInput | None) -> AuditFilter:
    """The command. Raises `InvalidInput`."""
    return parse(AuditFilter, _given(given), ("filter",))


def api_key_filter(given: ApiKeyFilterInput | None) -> ApiKeyFilter:
    """The command. Raises `InvalidInput`."""
    return parse(ApiKeyFilter, _given(given), ("filter",))


def approval_link_filter(given: ApprovalLinkFilterInput | None) -> ApprovalLinkFilter:
    """The command. Raises `InvalidInput`."""
    return parse(ApprovalLinkFilter, _given(given), ("filter",))


def _given(value: Any) -> dict[str, object]:
    """A field that is null does not filter, like one that is left out."""
    return {} if value is None else {name: item for name, item in raw(value).items() if item is not None}

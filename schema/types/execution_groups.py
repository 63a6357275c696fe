"""Counts of executions as GraphQL types."""

import strawberry

from resolvers.overviews.causes import CauseCount
from resolvers.overviews.groups import GroupCounts
from schema.context import GraphQLInfo
from schema.spellings import renamed
from schema.types.enums import ActionErrorCode, ExecutionGroup, ExecutionStatus, WaitReason
from schema.types.failures import known_code
from schema.types.workflows import Execution, Workflow, execution_type, workflow_type


@strawberry.type(description="How many executions have one word in common.")
class ExecutionGroupCount:
    """One bar of a chart."""

    key: str = strawberry.field(
        description="The status as REST spells it, the workflow's id, the user, the day, the label's value, or what "
        "tells a cause from the others.",
        deprecation_reason=renamed("value"),
    )
    count: int = strawberry.field(description="How many executions.")
    by: strawberry.Private[ExecutionGroup]
    cause: strawberry.Private[CauseCount | None]

    @strawberry.field(
        description="The status as `ExecutionStatus` spells it, the workflow's id, the user, the day, the value of the "
        "label, the reason as `WaitReason` spells it, or what tells a failure from the others."
    )
    def value(self) -> str:
        """Spell."""
        match self.by:
            case ExecutionGroup.STATUS:
                return ExecutionStatus(self.key).name
            case ExecutionGroup.WAIT_REASON:
                return WaitReason(self.key).name
        return self.key

    @strawberry.field(description="The workflow, where executions are counted by workflow or by failure.")
    async def workflow(self, info: GraphQLInfo) -> Workflow | None:
        """Load."""
        workflow_id = self.key if self.by is ExecutionGroup.WORKFLOW else self.cause and self.cause.workflow_id
        found = await info.context.workflows.load(workflow_id) if workflow_id else None
        return workflow_type(found) if found else None

    @strawberry.field(description="With FAILURE: the action that failed; null: none did, as with a time-out.")
    def action_id(self) -> str | None:
        """Tell."""
        return None if self.cause is None else self.cause.action_id

    @strawberry.field(description="With FAILURE: why.")
    def code(self) -> ActionErrorCode | None:
        """Tell."""
        code = None if self.cause is None else self.cause.code
        return None if code is None else known_code(code)

    @strawberry.field(description="With FAILURE: the status of the answer, where one came.")
    def http_status(self) -> int | None:
        """Tell."""
        return None if self.cause is None else self.cause.http_status

    @strawberry.field(
        description="With FAILURE and WAIT_REASON: the execution that was accepted last of all that were counted here."
    )
    def latest(self) -> Execution | None:
        """Tell."""
        return None if self.cause is None else execution_type(self.cause.latest)

    @strawberry.field(description="The same: the one that was accepted first.")
    def first(self) -> Execution | None:
        """Tell."""
        return None if self.cause is None else execution_type(self.cause.first)


@strawberry.type(description="Executions counted by one of their fields.")
class ExecutionGroups:
    """See `group_executions`."""

    groups: list[ExecutionGroupCount] = strawberry.field(
        description="The largest first; days the latest first, and failures that with the latest execution. The word "
        "is in `value`."
    )
    counted: int = strawberry.field(description="How many executions were looked at: the newest 50000 at most.")
    is_complete: bool = strawberry.field(description="Whether these are all executions that the filter finds.")


def execution_groups_type(found: GroupCounts, by: ExecutionGroup) -> ExecutionGroups:
    """The GraphQL type of counts."""
    return ExecutionGroups(
        groups=[
            ExecutionGroupCount(key=group.key, count=group.count, by=by, cause=group.cause) for group in found.groups
        ],
        counted=found.counted,
        is_complete=found.is_complete,
    )

"""Counts of executions as GraphQL types."""

import strawberry

from resolvers.executions.groups import GroupCounts
from schema.context import GraphQLInfo
from schema.spellings import renamed
from schema.types.enums import ExecutionGroup, ExecutionStatus
from schema.types.workflows import Workflow, workflow_type


@strawberry.type(description="How many executions have one word in common.")
class ExecutionGroupCount:
    """One bar of a chart."""

    key: str = strawberry.field(
        description="The status as REST spells it, the workflow's id, the user, the day, or the label's value.",
        deprecation_reason=renamed("value"),
    )
    count: int = strawberry.field(description="How many executions.")
    by: strawberry.Private[ExecutionGroup]

    @strawberry.field(
        description="The status as `ExecutionStatus` spells it, the workflow's id, the user, the day, or the value of "
        "the label."
    )
    def value(self) -> str:
        """Spell."""
        return ExecutionStatus(self.key).name if self.by is ExecutionGroup.STATUS else self.key

    @strawberry.field(description="The workflow, where executions are counted by workflow.")
    async def workflow(self, info: GraphQLInfo) -> Workflow | None:
        """Load."""
        found = await info.context.workflows.load(self.key) if self.by is ExecutionGroup.WORKFLOW else None
        return workflow_type(found) if found else None


@strawberry.type(description="Executions counted by one of their fields.")
class ExecutionGroups:
    """See `group_executions`."""

    groups: list[ExecutionGroupCount] = strawberry.field(
        description="The largest first; days the latest first. The word is in `value`."
    )
    counted: int = strawberry.field(description="How many executions were looked at: the newest 50000 at most.")
    is_complete: bool = strawberry.field(description="Whether these are all executions that the filter finds.")


def execution_groups_type(found: GroupCounts, by: ExecutionGroup) -> ExecutionGroups:
    """The GraphQL type of counts."""
    return ExecutionGroups(
        groups=[ExecutionGroupCount(key=group.key, count=group.count, by=by) for group in found.groups],
        counted=found.counted,
        is_complete=found.is_complete,
    )

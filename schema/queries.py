"""The root of all queries."""

import strawberry

from models.commands import ExecutionFilter, WorkflowFilter
from models.errors import NotFound
from models.ids import EXECUTION_PREFIX, WORKFLOW_PREFIX
from models.validation import parse
from resolvers import execution_lists, executions, workflow_lists, workflows
from schema.connections import Connection, connection, window
from schema.context import GraphQLInfo
from schema.enums import ExecutionStatus, TagsMode, WorkflowStatus
from schema.execution_types import Execution, execution_type
from schema.node import Node
from schema.scalars import raw
from schema.workflow_types import Workflow, workflow_type


@strawberry.input(description="Which workflows; what is left out does not filter.")
class WorkflowFilterInput:
    """See `WorkflowFilter`."""

    status: WorkflowStatus | None = strawberry.field(default=strawberry.UNSET, description="In this status.")
    created_by: str | None = strawberry.field(default=strawberry.UNSET, description="Owned by this user.")
    tags: list[str] | None = strawberry.field(default=strawberry.UNSET, description="With these tags.")
    tags_mode: TagsMode | None = strawberry.field(
        default=strawberry.UNSET, description="All of `tags` (the default), or any of them."
    )
    search: str | None = strawberry.field(
        default=strawberry.UNSET, description="With this text in the name or the description, in any case."
    )


@strawberry.input(description="Which executions; what is left out does not filter.")
class ExecutionFilterInput:
    """See `ExecutionFilter`."""

    workflow_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Of this workflow.")
    status: ExecutionStatus | None = strawberry.field(default=strawberry.UNSET, description="In this status.")


@strawberry.type(description="All that can be read.")
class Query:
    """Objects that are not found are null, so that one missing object never destroys an answer."""

    @strawberry.field(description="Any object by its id.")
    async def node(self, info: GraphQLInfo, id: strawberry.ID) -> Node | None:
        """Fetch."""
        if id.startswith(WORKFLOW_PREFIX):
            return await _workflow(info, id)
        if id.startswith(EXECUTION_PREFIX):
            return await _execution(info, id)
        return None

    @strawberry.field(description="A workflow by its id.")
    async def workflow(self, info: GraphQLInfo, id: strawberry.ID) -> Workflow | None:
        """Fetch."""
        return await _workflow(info, id)

    @strawberry.field(description="The workflows of the tenant, newest first.")
    async def workflows(
        self,
        info: GraphQLInfo,
        filter: WorkflowFilterInput | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Workflow]:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = parse(WorkflowFilter, _given(filter), ("filter",))
        found = await workflow_lists.slice_workflows(ctx, command, window(first, after, last, before))
        return connection(found, workflow_type, lambda: workflow_lists.count_workflows(ctx, command))

    @strawberry.field(description="An execution by its id.")
    async def execution(self, info: GraphQLInfo, id: strawberry.ID) -> Execution | None:
        """Fetch."""
        return await _execution(info, id)

    @strawberry.field(description="The executions of the tenant, newest first.")
    async def executions(
        self,
        info: GraphQLInfo,
        filter: ExecutionFilterInput | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Execution]:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = parse(ExecutionFilter, _given(filter), ("filter",))
        found = await execution_lists.slice_executions(ctx, command, window(first, after, last, before))
        return connection(found, execution_type, lambda: execution_lists.count_executions(ctx, command))


async def _workflow(info: GraphQLInfo, workflow_id: str) -> Workflow | None:
    try:
        return workflow_type(await workflows.get_workflow(info.context.ctx, workflow_id))
    except NotFound:
        return None


async def _execution(info: GraphQLInfo, execution_id: str) -> Execution | None:
    try:
        return execution_type(await executions.get_execution(info.context.ctx, execution_id))
    except NotFound:
        return None


def _given(filter_: WorkflowFilterInput | ExecutionFilterInput | None) -> dict[str, object]:
    """A filter that is null does not filter, like one that is left out."""
    return {} if filter_ is None else {name: value for name, value in raw(filter_).items() if value is not None}

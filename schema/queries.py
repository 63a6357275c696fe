"""The root of all queries."""

import strawberry

from models.commands import ActivityFilter, ExecutionFilter, WorkflowFilter
from models.errors import NotFound
from models.ids import EXECUTION_PREFIX, WORKFLOW_PREFIX
from models.validation import parse
from resolvers import activities, execution_lists, executions, workflow_lists, workflows
from resolvers.health import get_health
from resolvers.metrics import get_metrics
from resolvers.statistics import get_statistics
from resolvers.workflow_search import search_workflows
from resolvers.workflow_templates import list_templates
from schema.activity_types import Activity, ActivityFilterInput, activity_type
from schema.connections import Connection, connection, window
from schema.context import GraphQLInfo
from schema.enums import ExecutionStatus, TagsMode, WorkflowStatus
from schema.execution_types import Execution, execution_type
from schema.node import Node
from schema.operations_types import Health, SystemMetrics, health_type, metrics_type
from schema.scalars import raw
from schema.search_types import WorkflowSearchResult, search_command, search_result_type
from schema.statistics_types import Statistics, statistics_type
from schema.template_types import WorkflowTemplate, template_type
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

    @strawberry.field(description="The workflows that match every word of a query, the best first.")
    async def search_workflows(self, info: GraphQLInfo, query: str, limit: int | None = 50) -> WorkflowSearchResult:
        """Search."""
        return search_result_type(await search_workflows(info.context.ctx, search_command(query, limit)))

    @strawberry.field(description="The templates that a workflow can be created from.")
    async def workflow_templates(self, info: GraphQLInfo) -> list[WorkflowTemplate]:
        """Fetch."""
        return [template_type(template) for template in await list_templates(info.context.ctx)]

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

    @strawberry.field(description="The tenant's totals.")
    async def statistics(self, info: GraphQLInfo) -> Statistics:
        """Fetch."""
        return statistics_type(await get_statistics(info.context.ctx))

    @strawberry.field(description="What happened in the tenant, newest first.")
    async def activities(
        self,
        info: GraphQLInfo,
        filter: ActivityFilterInput | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Activity]:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = parse(ActivityFilter, _given(filter), ("filter",))
        found = await activities.slice_activities(ctx, command, window(first, after, last, before))
        return connection(found, activity_type, lambda: activities.count_activities(ctx, command))

    @strawberry.field(description="Whether the service works.")
    async def health(self, info: GraphQLInfo) -> Health:
        """Probe."""
        return health_type(await get_health(info.context.ctx))

    @strawberry.field(description="Figures of the service.")
    async def system_metrics(self, info: GraphQLInfo) -> SystemMetrics:
        """Measure."""
        return metrics_type(await get_metrics(info.context.ctx))


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


def _given(filter_: WorkflowFilterInput | ExecutionFilterInput | ActivityFilterInput | None) -> dict[str, object]:
    """A filter that is null does not filter, like one that is left out."""
    return {} if filter_ is None else {name: value for name, value in raw(filter_).items() if value is not None}

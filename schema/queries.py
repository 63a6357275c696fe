"""The root of all queries."""

from typing import Annotated

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
from models.commands.validation import BAD_TEXT
from models.errors import NotFound
from models.ids import (
    ACTION_RUN_PREFIX,
    ACTIVITY_PREFIX,
    API_KEY_PREFIX,
    APPROVAL_LINK_PREFIX,
    APPROVAL_PREFIX,
    AUDIT_PREFIX,
    BULK_OPERATION_PREFIX,
    CALLBACK_PREFIX,
    EXECUTION_PREFIX,
    NODE_PREFIX,
    SAVED_VIEW_PREFIX,
    WORKFLOW_PREFIX,
)
from resolvers import approvals, callbacks
from resolvers.access import api_keys, approval_links, audit, secrets, services
from resolvers.executions import activities, executions
from resolvers.executions import lists as execution_lists
from resolvers.operations.nodes import list_nodes
from resolvers.operations.statistics import get_statistics
from resolvers.overviews import groups as execution_groups
from resolvers.overviews.saved_views import list_views
from resolvers.workflows import lists as workflow_lists
from resolvers.workflows import workflows
from resolvers.workflows.search import search_workflows
from resolvers.workflows.templates import list_templates
from schema.arguments import After, Before, ExecutionId, First, Last, NodeId, WorkflowId
from schema.authoring_queries import AuthoringQuery
from schema.bulk_queries import BulkOperationQuery, read_bulk_operation
from schema.context import GraphQLInfo
from schema.history_queries import HistoryQuery
from schema.operations_queries import OperationsQuery
from schema.overview_queries import OverviewQuery
from schema.rerun_queries import RerunQuery
from schema.spellings import renamed
from schema.types.access.api_keys import ApiKey, api_key_type
from schema.types.access.approval_links import ApprovalLink, approval_link_type
from schema.types.access.audit import AuditEntry, audit_entry_type
from schema.types.access.secrets import Secret, secret_type
from schema.types.access.services import RegisteredService, service_type
from schema.types.access.viewer import Viewer, viewer_type
from schema.types.activities import Activity, activity_type
from schema.types.approvals import Approval, Mine, approval_type
from schema.types.callbacks import delivery_type
from schema.types.connections import Connection, connection, window
from schema.types.enums import ExecutionGroup
from schema.types.execution_groups import ExecutionGroups, execution_groups_type
from schema.types.executions import ActionRun, action_runs
from schema.types.filter_inputs import (
    ActivityFilterInput,
    ApiKeyFilterInput,
    ApprovalLinkFilterInput,
    AuditFilterInput,
    ExecutionFilterInput,
    ExecutionOrderInput,
    WorkflowFilterInput,
    WorkflowOrderInput,
    chosen,
)
from schema.types.node import Node
from schema.types.operations import node_type
from schema.types.overviews.saved_views import saved_view_type
from schema.types.search import WorkflowSearchResult, search_command, search_result_type, skipped
from schema.types.statistics import Statistics, statistics_type
from schema.types.templates import WorkflowTemplate, template_type
from schema.types.workflows import Execution, Workflow, execution_type, workflow_type

WorkflowsFilter = Annotated[WorkflowFilterInput | None, strawberry.argument(description="Which workflows.")]
ExecutionsFilter = Annotated[ExecutionFilterInput | None, strawberry.argument(description="Which executions.")]
ActivitiesFilter = Annotated[ActivityFilterInput | None, strawberry.argument(description="Which activities.")]


@strawberry.type(description="All that can be read.")
class Query(HistoryQuery, AuthoringQuery, OperationsQuery, OverviewQuery, BulkOperationQuery, RerunQuery):
    """Objects that are not found are null; a field that fails is null, and its error leaves the rest of the answer."""

    @strawberry.field(
        description="Any object by its id: a workflow, execution, activity, callback's delivery, audit entry, API key, "
        "approval link, bulk operation, saved view, action of an execution, approval that waits, or node; null where "
        "there is none."
    )
    async def node(self, info: GraphQLInfo, id: NodeId) -> Node | None:
        """Fetch."""
        ctx = info.context.ctx
        if id.startswith(WORKFLOW_PREFIX):
            return await _workflow(info, id)
        if id.startswith(EXECUTION_PREFIX):
            return await _execution(info, id)
        _ = ctx.user
        if BAD_TEXT.search(id):
            return None
        if id.startswith(CALLBACK_PREFIX):
            delivery = (await callbacks.deliveries_by_id(ctx, [id])).get(id)
            return delivery_type(delivery) if delivery else None
        if id.startswith(ACTIVITY_PREFIX):
            activity = (await activities.activities_by_id(ctx, [id])).get(id)
            return activity_type(activity) if activity else None
        if id.startswith(AUDIT_PREFIX):
            entry = (await audit.audit_entries_by_id(ctx, [id])).get(id)
            return audit_entry_type(entry) if entry else None
        if id.startswith(API_KEY_PREFIX):
            key = (await api_keys.api_keys_by_id(ctx, [id])).get(id)
            return api_key_type(key) if key else None
        if id.startswith(ACTION_RUN_PREFIX):
            return await _action_run(info, id.removeprefix(ACTION_RUN_PREFIX))
        if id.startswith(APPROVAL_PREFIX):
            name = id.removeprefix(APPROVAL_PREFIX)
            waiting = (await approvals.approvals_by_id(ctx, [name])).get(name)
            return approval_type(waiting) if waiting else None
        if id.startswith(NODE_PREFIX):
            return next((node_type(found) for found in await list_nodes(ctx) if found.id == id), None)
        if id.startswith(APPROVAL_LINK_PREFIX):
            link = (await approval_links.approval_links_by_id(ctx, [id])).get(id)
            return approval_link_type(link) if link else None
        if id.startswith(BULK_OPERATION_PREFIX):
            return await read_bulk_operation(info, id)
        if id.startswith(SAVED_VIEW_PREFIX):
            return next((saved_view_type(view) for view in await list_views(ctx) if view.id == id), None)
        return None

    @strawberry.field(description="Who asks, and what they may do: the way to see whether you are signed in.")
    def viewer(self, info: GraphQLInfo) -> Viewer | None:
        """Tell."""
        return viewer_type(info.context.ctx.user)

    @strawberry.field(description="A workflow by its id; null where there is none.")
    async def workflow(self, info: GraphQLInfo, id: WorkflowId) -> Workflow | None:
        """Fetch."""
        return await _workflow(info, id)

    @strawberry.field(description="The workflows of the tenant, newest first unless another order is asked for.")
    async def workflows(
        self,
        info: GraphQLInfo,
        filter: WorkflowsFilter = None,
        order_by: Annotated[WorkflowOrderInput | None, strawberry.argument(description="In which order.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Workflow] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = chosen(WorkflowFilter, filter)
        slice_ = window(first, after, last, before)
        found = await workflow_lists.slice_workflows(ctx, command, slice_, chosen(WorkflowOrder, order_by, "orderBy"))
        return connection(found, workflow_type, lambda: workflow_lists.count_workflows(ctx, command))

    @strawberry.field(description="The workflows that match every word of a query, the best first.")
    async def search_workflows(
        self,
        info: GraphQLInfo,
        query: Annotated[str, strawberry.argument(description="Words, or beginnings of words, in any case.")],
        first: Annotated[int | None, strawberry.argument(description="So many: 1 to 100, or 50.")] = None,
        after: After = None,
        limit: Annotated[
            int | None, strawberry.argument(description="The same.", deprecation_reason=renamed("first"))
        ] = None,
    ) -> WorkflowSearchResult | None:
        """Search."""
        command = search_command(query, first, limit)
        return search_result_type(await search_workflows(info.context.ctx, command, skipped(after)))

    @strawberry.field(description="The templates that a workflow can be created from.")
    async def workflow_templates(self, info: GraphQLInfo) -> list[WorkflowTemplate] | None:
        """Fetch."""
        return [template_type(template) for template in await list_templates(info.context.ctx)]

    @strawberry.field(description="An execution by its id; null where there is none.")
    async def execution(self, info: GraphQLInfo, id: ExecutionId) -> Execution | None:
        """Fetch."""
        return await _execution(info, id)

    @strawberry.field(description="The executions of the tenant, newest first unless another order is asked for.")
    async def executions(
        self,
        info: GraphQLInfo,
        filter: ExecutionsFilter = None,
        order_by: Annotated[ExecutionOrderInput | None, strawberry.argument(description="In which order.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Execution] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = chosen(ExecutionFilter, filter)
        slice_ = window(first, after, last, before)
        found = await execution_lists.slice_executions(
            ctx, command, slice_, chosen(ExecutionOrder, order_by, "orderBy")
        )
        return connection(found, execution_type, lambda: execution_lists.count_executions(ctx, command))

    @strawberry.field(
        description="How many executions there are by status, workflow, user, day, label, failure or wait."
    )
    async def executions_grouped_by(
        self,
        info: GraphQLInfo,
        field: Annotated[ExecutionGroup, strawberry.argument(description="By what they are counted.")],
        filter: ExecutionsFilter = None,
        first: First = None,
        label_key: Annotated[
            str | None, strawberry.argument(description="With LABEL: the key of the label by whose value is counted.")
        ] = None,
    ) -> ExecutionGroups | None:
        """Count."""
        limit = window(first, None, None, None).first
        found = await execution_groups.group_executions(
            info.context.ctx, field, chosen(ExecutionFilter, filter), 50 if limit is None else limit, label_key
        )
        return execution_groups_type(found, field)

    @strawberry.field(description="The tenant's totals; those of one workflow are in its `statistics`.")
    async def statistics(self, info: GraphQLInfo) -> Statistics | None:
        """Fetch."""
        return statistics_type(await get_statistics(info.context.ctx))

    @strawberry.field(description="What happened in the tenant, newest first.")
    async def activities(
        self,
        info: GraphQLInfo,
        filter: ActivitiesFilter = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Activity] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = chosen(ActivityFilter, filter)
        found = await activities.slice_activities(ctx, command, window(first, after, last, before))
        return connection(found, activity_type, lambda: activities.count_activities(ctx, command))

    @strawberry.field(description="Who did what in the tenant, newest first; for those with the permission `admin:*`.")
    async def audit_entries(
        self,
        info: GraphQLInfo,
        filter: Annotated[AuditFilterInput | None, strawberry.argument(description="Which entries.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AuditEntry] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = chosen(AuditFilter, filter)
        found = await audit.slice_audit_entries(ctx, command, window(first, after, last, before))
        return connection(found, audit_entry_type, lambda: audit.count_audit_entries(ctx, command))

    @strawberry.field(description="Your API keys, newest first; with the permission `admin:*` those of the tenant.")
    async def api_keys(
        self,
        info: GraphQLInfo,
        filter: Annotated[ApiKeyFilterInput | None, strawberry.argument(description="Which API keys.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ApiKey] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = chosen(ApiKeyFilter, filter)
        found = await api_keys.slice_api_keys(ctx, command, window(first, after, last, before))
        return connection(found, api_key_type, lambda: api_keys.count_api_keys(ctx, command))

    @strawberry.field(description="The secrets of the tenant, without their values, by name: capitals come first.")
    async def secrets(
        self, info: GraphQLInfo, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Secret] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        found = await secrets.slice_secrets(ctx, window(first, after, last, before))
        return connection(found, secret_type, lambda: secrets.count_secrets(ctx))

    @strawberry.field(
        description="The services that workflows of the tenant may call, by name: capitals come first. Those of the "
        "operator, and those that admins have registered."
    )
    async def services(
        self, info: GraphQLInfo, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[RegisteredService] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        found = await services.slice_services(ctx, window(first, after, last, before))
        return connection(found, service_type, lambda: services.count_services(ctx))

    @strawberry.field(
        description="What waits for people to decide, oldest first. Of yours, `totalCount` is the number among the "
        "oldest 10000."
    )
    async def pending_approvals(
        self,
        info: GraphQLInfo,
        mine: Mine = True,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Approval] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        found = await approvals.slice_approvals(ctx, window(first, after, last, before), mine=mine)
        return connection(found, approval_type, lambda: approvals.count_approvals(ctx, mine=mine))

    @strawberry.field(
        description="What waits for people to decide, oldest first, at most 100 at a time.",
        deprecation_reason=renamed("pendingApprovals"),
    )
    async def approvals(
        self,
        info: GraphQLInfo,
        mine: Mine = True,
        first: Annotated[int, strawberry.argument(description="So many: at most 100.")] = 50,
        after: Annotated[
            str | None, strawberry.argument(description="The `cursor` of the last one that was seen.")
        ] = None,
    ) -> list[Approval] | None:
        """Fetch."""
        found = await approvals.list_approvals(info.context.ctx, mine=mine, first=first, after=after)
        return [approval_type(approval) for approval in found]

    @strawberry.field(
        description="The links that you made to decide approvals by, and those to executions that you started; for "
        "operators and admins all of the tenant. Newest first."
    )
    async def approval_links(
        self,
        info: GraphQLInfo,
        filter: Annotated[ApprovalLinkFilterInput | None, strawberry.argument(description="Which links.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ApprovalLink] | None:
        """Fetch a slice."""
        ctx = info.context.ctx
        command = chosen(ApprovalLinkFilter, filter)
        found = await approval_links.slice_approval_links(ctx, command, window(first, after, last, before))
        return connection(found, approval_link_type, lambda: approval_links.count_approval_links(ctx, command))


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


async def _action_run(info: GraphQLInfo, name: str) -> ActionRun | None:
    """An action by the id of its execution, a colon, and its own id."""
    execution_id, _, action_id = name.partition(":")
    try:
        detail = await executions.get_execution(info.context.ctx, execution_id)
    except NotFound:
        return None
    return next((run for run in action_runs(detail) if run.action_id == action_id), None)

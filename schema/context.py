"""What GraphQL fields are given: the caller's context and the loaders that batch nested reads."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from strawberry.types import Info

from models.entities.bulk_operations import BulkSlice
from models.entities.callbacks import CallbackDelivery
from models.entities.executions import ExecutionDetail, ExecutionSummary
from models.entities.workflows import WorkflowSummary, WorkflowVersion
from resolvers import callbacks
from resolvers.bulk import items as bulk_items
from resolvers.context import Context
from resolvers.executions import lists as execution_lists
from resolvers.executions import nested as nested_executions
from resolvers.executions.nested import Asked, Counted
from resolvers.keyset import Slice
from resolvers.overviews.estimates import pasts_of_workflows
from resolvers.overviews.lines import Place, places_in_line
from resolvers.overviews.pasts import WorkflowPast
from resolvers.overviews.sketches import Sketch, sketches_by_id
from resolvers.workflows import lists as workflow_lists
from resolvers.workflows import usage, versions
from resolvers.workflows.usage import Usage
from schema.loader import Loader


class GraphQLContext:
    """One request's, or one WebSocket's, context. `connection_params` is what `connection_init` brought."""

    def __init__(self, ctx: Context, headers: Mapping[str, str]) -> None:
        self.connection_params: dict[str, object] | None = None
        self.headers = headers
        self.enter(ctx)

    def enter(self, ctx: Context) -> None:
        """Make `ctx` the caller. The loaders batch and keep nothing, so that a long-lived socket sees no stale rows."""
        self.ctx = ctx
        self.workflows: Loader[str, WorkflowSummary] = Loader(ctx, workflow_lists.workflows_by_id)
        self.definitions: Loader[tuple[str, int], dict[str, Any]] = Loader(ctx, workflow_lists.definitions_by_version)
        self.versions: Loader[tuple[str, int], WorkflowVersion] = Loader(ctx, versions.versions_by_revision)
        self.versions_of: Loader[versions.Asked, Slice[WorkflowVersion]] = Loader(ctx, versions.slices_of_versions)
        self.usage: Loader[str, Usage] = Loader(ctx, usage.workflow_usage)
        self.executions: Loader[str, ExecutionDetail] = Loader(ctx, execution_lists.executions_by_id)
        self.parameters: Loader[str, Mapping[str, Any]] = Loader(ctx, execution_lists.parameters_by_id)
        self.callback_deliveries: Loader[str, list[CallbackDelivery]] = Loader(ctx, callbacks.callback_deliveries)
        self.pasts: Loader[str, WorkflowPast] = Loader(ctx, pasts_of_workflows)
        self.bulk_items: Loader[bulk_items.Asked, BulkSlice] = Loader(ctx, bulk_items.slices_of_items)
        self.sketches: Loader[str, Sketch] = Loader(ctx, sketches_by_id)
        self.lines: Loader[str, Place] = Loader(ctx, places_in_line)
        self.executions_of: Loader[Asked, Slice[ExecutionSummary]] = Loader(ctx, nested_executions.slices_of_workflows)
        self.reruns: Loader[tuple[str, str], Slice[ExecutionSummary]] = Loader(ctx, nested_executions.slices_of_reruns)
        self.rerun_counts: Loader[str, int] = Loader(ctx, nested_executions.counts_of_reruns)
        self.execution_counts: Loader[Counted, int] = Loader(ctx, nested_executions.counts_of_workflows)


GraphQLInfo: TypeAlias = Info[GraphQLContext, None]

"""What GraphQL fields are given: the caller's context and the loaders that batch nested reads."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from models.entities.bulk_operations import BulkSlice
from models.entities.callbacks import CallbackDelivery
from models.entities.executions import ExecutionDetail, ExecutionSummary
from models.entities.workflows import WorkflowSummary, WorkflowVersion
from models.errors import AnswerTooLarge
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
from schema.transport.deadline import part_of_operation

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class GraphQLContext:
    """One request's, or one WebSocket's, context. `connection_params` is what `connection_init` brought."""

    def __init__(self, ctx: Context, headers: Mapping[str, str]) -> None:
        self.connection_params: dict[str, object] | None = None
        self.headers = headers
        self.enter(ctx)

    def enter(self, ctx: Context) -> None:
        """Make `ctx` the caller. The loaders batch and keep nothing, so that a long-lived socket sees no stale rows."""
        self.ctx = ctx
        self.workflows: DataLoader[str, WorkflowSummary | None] = _loader(ctx, workflow_lists.workflows_by_id)
        self.definitions: DataLoader[tuple[str, int], dict[str, Any] | None] = _loader(
            ctx, workflow_lists.definitions_by_version
        )
        self.versions: DataLoader[tuple[str, int], WorkflowVersion | None] = _loader(ctx, versions.versions_by_revision)
        self.versions_of: DataLoader[versions.Asked, Slice[WorkflowVersion] | None] = _loader(
            ctx, versions.slices_of_versions
        )
        self.usage: DataLoader[str, Usage | None] = _loader(ctx, usage.workflow_usage)
        self.executions: DataLoader[str, ExecutionDetail | None] = _loader(ctx, execution_lists.executions_by_id)
        self.parameters: DataLoader[str, Mapping[str, Any] | None] = _loader(ctx, execution_lists.parameters_by_id)
        self.callback_deliveries: DataLoader[str, list[CallbackDelivery] | None] = _loader(
            ctx, callbacks.callback_deliveries
        )
        self.pasts: DataLoader[str, WorkflowPast | None] = _loader(ctx, pasts_of_workflows)
        self.bulk_items: DataLoader[bulk_items.Asked, BulkSlice | None] = _loader(ctx, bulk_items.slices_of_items)
        self.sketches: DataLoader[str, Sketch | None] = _loader(ctx, sketches_by_id)
        self.lines: DataLoader[str, Place | None] = _loader(ctx, places_in_line)
        self.executions_of: DataLoader[Asked, Slice[ExecutionSummary] | None] = _loader(
            ctx, nested_executions.slices_of_workflows
        )
        self.reruns: DataLoader[tuple[str, str], Slice[ExecutionSummary] | None] = _loader(
            ctx, nested_executions.slices_of_reruns
        )
        self.rerun_counts: DataLoader[str, int | None] = _loader(ctx, nested_executions.counts_of_reruns)
        self.execution_counts: DataLoader[Counted, int | None] = _loader(ctx, nested_executions.counts_of_workflows)


GraphQLInfo: TypeAlias = Info[GraphQLContext, None]


def _loader(
    ctx: Context, read: Callable[[Context, Sequence[K]], Awaitable[Mapping[K, V | AnswerTooLarge]]]
) -> "DataLoader[K, V | None]":
    async def load(keys: list[K]) -> list[V | BaseException | None]:
        loader.batch = None  # what it has brought would stay with it until the next one
        with part_of_operation():
            found = await read(ctx, list(dict.fromkeys(keys)))
        return [found.get(key) for key in keys]

    loader: DataLoader[K, V | None] = DataLoader(load_fn=load, cache=False)
    return loader

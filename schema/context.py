"""What GraphQL fields are given: the caller's context and the loaders that batch nested reads."""

from collections.abc import Hashable, Mapping
from typing import Any, Generic, TypeAlias, TypeVar

from strawberry.types import Info

from resolvers import callbacks
from resolvers.bulk import items
from resolvers.context import Context
from resolvers.executions import lists as execution_lists
from resolvers.executions import nested as nested_executions
from resolvers.overviews.estimates import pasts_of_workflows
from resolvers.overviews.lines import places_in_line
from resolvers.overviews.sketches import sketches_by_id
from resolvers.workflows import lists as workflow_lists
from resolvers.workflows import usage as workflow_usage
from resolvers.workflows import versions as workflow_versions
from schema.loader import Loader, Read

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Loading(Generic[K, V]):
    """A loader of a context, made when it is asked for: most operations need none, or one."""

    def __init__(self, read: Read[K, V]) -> None:
        self._read = read

    def __get__(self, context: "GraphQLContext", _owner: type) -> Loader[K, V]:
        known = context.loaders.get(self)
        if known is None:
            known = context.loaders[self] = Loader(context.ctx, self._read)
        return known


class GraphQLContext:
    """One request's, or one WebSocket's, context. `connection_params` is what `connection_init` brought.

    Its loaders batch and keep nothing, so that a long-lived socket sees no stale rows.
    """

    workflows = _Loading(workflow_lists.workflows_by_id)
    definitions = _Loading(workflow_lists.definitions_by_version)
    versions = _Loading(workflow_versions.versions_by_revision)
    versions_of = _Loading(workflow_versions.slices_of_versions)
    usage = _Loading(workflow_usage.workflow_usage)
    executions = _Loading(execution_lists.executions_by_id)
    parameters = _Loading(execution_lists.parameters_by_id)
    callback_deliveries = _Loading(callbacks.callback_deliveries)
    pasts = _Loading(pasts_of_workflows)
    bulk_items = _Loading(items.slices_of_items)
    sketches = _Loading(sketches_by_id)
    lines = _Loading(places_in_line)
    executions_of = _Loading(nested_executions.slices_of_workflows)
    reruns = _Loading(nested_executions.slices_of_reruns)
    rerun_counts = _Loading(nested_executions.counts_of_reruns)
    execution_counts = _Loading(nested_executions.counts_of_workflows)

    def __init__(self, ctx: Context, headers: Mapping[str, str]) -> None:
        self.connection_params: dict[str, object] | None = None
        self.headers = headers
        self.enter(ctx)

    def enter(self, ctx: Context) -> None:
        """Make `ctx` the caller."""
        self.ctx = ctx
        self.loaders: dict[object, Any] = {}


GraphQLInfo: TypeAlias = Info[GraphQLContext, None]

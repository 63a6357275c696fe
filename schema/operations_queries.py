"""The queries about the service itself: whether it works, its figures, its processes, and what it will delete."""

import strawberry

from resolvers.operations.health import get_health
from resolvers.operations.metrics import get_metrics
from resolvers.operations.nodes import list_nodes
from resolvers.operations.retention import preview_retention
from schema.context import GraphQLInfo
from schema.types.operations import (
    ClusterNode,
    Health,
    RetentionPreview,
    SystemMetrics,
    health_type,
    metrics_type,
    node_type,
    retention_preview_type,
)


@strawberry.type(description="How the service stands.")
class OperationsQuery:
    """Probe, measure, list."""

    @strawberry.field(description="Whether the service works, and each one that workflows call; no credentials needed.")
    async def health(self, info: GraphQLInfo) -> Health | None:
        """Probe."""
        return health_type(await get_health(info.context.ctx))

    @strawberry.field(
        description="The processes of the service, the oldest first: what each does, its lease, and how much it has in "
        "hand. For operators and admins."
    )
    async def nodes(self, info: GraphQLInfo) -> list[ClusterNode] | None:
        """Fetch."""
        return [node_type(node) for node in await list_nodes(info.context.ctx)]

    @strawberry.field(description="Figures of the service now; the subscription of this name tells them repeatedly.")
    async def system_metrics(self, info: GraphQLInfo) -> SystemMetrics | None:
        """Measure."""
        return metrics_type(await get_metrics(info.context.ctx))

    @strawberry.field(description="What of the tenant was kept for long enough and would be deleted now; for admins.")
    async def retention_preview(self, info: GraphQLInfo) -> RetentionPreview | None:
        """Count."""
        return retention_preview_type(await preview_retention(info.context.ctx))

"""The root of all subscriptions: live, and resumable by cursor."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry

from resolvers import execution_streams
from resolvers.metrics import metrics_stream
from schema.context import GraphQLInfo
from schema.execution_types import Execution, ExecutionEvent, event_type, execution_type
from schema.operations_types import SystemMetrics, metrics_type


@strawberry.type(description="All that can be watched.")
class Subscription:
    """Each ends by itself when there is nothing more to come."""

    @strawberry.subscription(
        description="The journal of an execution: first what is there after the sequence `after`, then what comes, "
        "without a gap and each entry once, until the execution has ended."
    )
    async def execution_events(
        self, info: GraphQLInfo, execution_id: strawberry.ID, after: int = 0
    ) -> AsyncGenerator[ExecutionEvent, None]:
        """Watch the journal."""
        async with aclosing(execution_streams.execution_events(info.context.ctx, execution_id, after)) as events:
            async for event in events:
                yield event_type(event)

    @strawberry.subscription(
        description="An execution as it stands, again after each change until it has ended; a slow reader skips "
        "what came in between."
    )
    async def execution(self, info: GraphQLInfo, id: strawberry.ID) -> AsyncGenerator[Execution, None]:
        """Watch the progress."""
        async with aclosing(execution_streams.execution_snapshots(info.context.ctx, id)) as snapshots:
            async for snapshot in snapshots:
                yield execution_type(snapshot)

    @strawberry.subscription(
        description="The figures of the service now and again after each interval, which is 1 to 3600 seconds."
    )
    async def system_metrics(self, info: GraphQLInfo, interval_seconds: int = 5) -> AsyncGenerator[SystemMetrics, None]:
        """Watch the figures."""
        async with aclosing(metrics_stream(info.context.ctx, interval_seconds)) as figures:
            async for metrics in figures:
                yield metrics_type(metrics)

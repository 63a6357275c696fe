"""The root of all subscriptions: live, and resumable by cursor."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from typing import Annotated, TypeVar

import strawberry

from models.commands.filters import ActivityFilter, ExecutionFilter
from models.entities.activities import Activity as ActivityEntity
from models.entities.executions import ExecutionSummary
from resolvers.approvals import approval_lists
from resolvers.bulk import operations as bulk_operations
from resolvers.executions import feeds
from resolvers.executions import streams as execution_streams
from resolvers.executions.feeds import Change
from resolvers.operations.metrics import metrics_stream
from schema.arguments import AfterSequence, BulkOperationId, ExecutionId
from schema.context import GraphQLInfo
from schema.spellings import renamed
from schema.told import told_once
from schema.types.activities import Activity, activity_type
from schema.types.approvals import Approval, Mine, approval_type
from schema.types.executions import ExecutionEvent, event_type
from schema.types.filter_inputs import ActivityFilterInput, ExecutionFilterInput, chosen
from schema.types.operations import SystemMetrics, metrics_type
from schema.types.runs.bulk_operations import BulkOperation, bulk_operation_type
from schema.types.workflows import Execution, execution_type

E = TypeVar("E")
T = TypeVar("T")

AfterChange = Annotated[
    str | None, strawberry.argument(description="The last `cursor` that was seen; without it: from now on.")
]


@strawberry.type(description="An execution that was accepted or changed its status.")
class ExecutionChange:
    """See `execution_changes`."""

    cursor: str = strawberry.field(description="Pass it as `after` to go on from here after a lost connection.")
    execution: Execution | None = strawberry.field(
        description="The execution as it stands now; null in the first message of a subscription without `after`, "
        "which says that it is live and from where on."
    )


@strawberry.type(description="A new line of the activity feed.")
class ActivityChange:
    """See `activity_changes`."""

    cursor: str = strawberry.field(description="Pass it as `after` to go on from here after a lost connection.")
    activity: Activity | None = strawberry.field(
        description="The activity; null in the first message of a subscription without `after`, which says that it "
        "is live and from where on."
    )


ExecutionsFilter = Annotated[ExecutionFilterInput | None, strawberry.argument(description="Which executions.")]
ActivitiesFilter = Annotated[ActivityFilterInput | None, strawberry.argument(description="Which activities.")]


@strawberry.type(description="All that can be watched.")
class Subscription:
    """Those on one execution end with it; the others go on until they are stopped."""

    @strawberry.subscription(
        description="The journal of an execution: first what is there after the sequence `after`, then what comes, "
        "without a gap and each entry once, until the execution has ended."
    )
    async def execution_events(
        self, info: GraphQLInfo, execution_id: ExecutionId, after: AfterSequence = 0
    ) -> AsyncGenerator[ExecutionEvent, None]:
        """Watch the journal."""
        async with aclosing(execution_streams.execution_events(info.context.ctx, execution_id, after)) as events:
            async for event in events:
                yield told_once(event, ExecutionEvent, event_type)

    @strawberry.subscription(
        description="An execution as it stands, again after each change until it has ended; a slow reader skips "
        "what came in between."
    )
    async def execution(self, info: GraphQLInfo, id: ExecutionId) -> AsyncGenerator[Execution, None]:
        """Watch the progress."""
        async with aclosing(execution_streams.execution_snapshots(info.context.ctx, id)) as snapshots:
            async for snapshot in snapshots:
                yield execution_type(snapshot)

    @strawberry.subscription(
        description="Each execution of the tenant that is accepted or changes its status, as it then stands. After a "
        "cursor, each that changed since then once. One that no longer meets the filter is not told: filter by "
        "status on your side if you need to see it leave."
    )
    def execution_changes(
        self, info: GraphQLInfo, filter: ExecutionsFilter = None, after: AfterChange = None
    ) -> AsyncGenerator[ExecutionChange, None]:
        """Watch the list."""
        return _execution_changes(info, filter, after)

    @strawberry.subscription(
        description="The same as `executionChanges`.", deprecation_reason=renamed("executionChanges")
    )
    def executions(
        self, info: GraphQLInfo, filter: ExecutionsFilter = None, after: AfterChange = None
    ) -> AsyncGenerator[ExecutionChange, None]:
        """Watch the list."""
        return _execution_changes(info, filter, after)

    @strawberry.subscription(description="What happens in the tenant, each activity once.")
    def activity_changes(
        self, info: GraphQLInfo, filter: ActivitiesFilter = None, after: AfterChange = None
    ) -> AsyncGenerator[ActivityChange, None]:
        """Watch the feed."""
        return _activity_changes(info, filter, after)

    @strawberry.subscription(
        description="The same as `activityChanges`.", deprecation_reason=renamed("activityChanges")
    )
    def activity(
        self, info: GraphQLInfo, filter: ActivitiesFilter = None, after: AfterChange = None
    ) -> AsyncGenerator[ActivityChange, None]:
        """Watch the feed."""
        return _activity_changes(info, filter, after)

    @strawberry.subscription(
        description="What waits for people to decide, as the query `approvals` gives it, now and after each change."
    )
    async def approvals(self, info: GraphQLInfo, mine: Mine = True) -> AsyncGenerator[list[Approval], None]:
        """Watch what waits."""
        async with aclosing(approval_lists(info.context.ctx, mine=mine)) as lists:
            async for waiting in lists:
                yield [approval_type(approval) for approval in waiting]

    @strawberry.subscription(
        description="A bulk operation as it stands, again after each change until it has ended; a slow reader, or one "
        "that was away, skips what came in between."
    )
    async def bulk_operation_progress(
        self, info: GraphQLInfo, id: BulkOperationId
    ) -> AsyncGenerator[BulkOperation, None]:
        """Watch how far it has come."""
        async with aclosing(bulk_operations.bulk_operation_progress(info.context.ctx, id)) as snapshots:
            async for snapshot in snapshots:
                yield bulk_operation_type(snapshot)

    @strawberry.subscription(
        description="The figures of the service now and again after each interval, which is 1 to 3600 seconds."
    )
    async def system_metrics(
        self,
        info: GraphQLInfo,
        interval_seconds: Annotated[int, strawberry.argument(description="1 to 3600.")] = 5,
    ) -> AsyncGenerator[SystemMetrics, None]:
        """Watch the figures."""
        async with aclosing(metrics_stream(info.context.ctx, interval_seconds)) as figures:
            async for metrics in figures:
                yield metrics_type(metrics)


def _execution_changes(
    info: GraphQLInfo, filter_: ExecutionFilterInput | None, after: str | None
) -> AsyncGenerator[ExecutionChange, None]:
    changes = feeds.execution_changes(info.context.ctx, chosen(ExecutionFilter, filter_), after)
    return _told(changes, ExecutionChange, _execution_change)


def _execution_change(cursor: str, execution: ExecutionSummary | None) -> ExecutionChange:
    return ExecutionChange(cursor=cursor, execution=None if execution is None else execution_type(execution))


def _activity_changes(
    info: GraphQLInfo, filter_: ActivityFilterInput | None, after: str | None
) -> AsyncGenerator[ActivityChange, None]:
    changes = feeds.activity_changes(info.context.ctx, chosen(ActivityFilter, filter_), after)
    return _told(changes, ActivityChange, _activity_change)


def _activity_change(cursor: str, activity: ActivityEntity | None) -> ActivityChange:
    return ActivityChange(cursor=cursor, activity=None if activity is None else activity_type(activity))


async def _told(
    changes: AsyncGenerator[Change[E], None], kind: type[T], show: Callable[[str, E | None], T]
) -> AsyncGenerator[T, None]:
    """Each change as `show` gives it; the first one of a feed may only say from where on."""
    async with aclosing(changes):
        async for change in changes:
            if change.node is None:
                yield show(change.cursor, None)
            else:
                yield told_once(change.node, kind, partial(show, change.cursor))

"""When a running execution is likely to end, as a GraphQL type."""

from datetime import datetime

import strawberry

from models.entities import executions
from resolvers.overviews.pasts import WorkflowPast, estimate
from schema.mirrors import Mirror


@strawberry.type(description="When a running execution is likely to end, by the latest runs of its workflow.")
class ExecutionEstimate:
    """See `models.entities.executions.ExecutionEstimate`."""

    completes_at: datetime | None = strawberry.field(
        description="When it is likely to complete; null: it has taken longer than any of those runs."
    )
    remaining_seconds: float | None = strawberry.field(description="From now until then.")
    is_overdue: bool = strawberry.field(description="Whether it has taken longer than nine of ten of those runs.")
    runs: int = strawberry.field(
        description="So many runs it is based on: those that completed among the newest 200 executions of the "
        "workflow, of the same version where at least 5 of them are."
    )
    median_seconds: float = strawberry.field(description="Half of those runs took no longer.")
    slow_seconds: float = strawberry.field(description="Nine of ten of those runs took no longer.")


ESTIMATE = Mirror(ExecutionEstimate, executions.ExecutionEstimate)


def estimate_type(
    execution: executions.ExecutionSummary, past: WorkflowPast | None, now: datetime
) -> ExecutionEstimate | None:
    """The GraphQL type of what the past says of a running execution."""
    if past is None or execution.started_at is None:
        return None
    found = estimate(past, execution.revision, execution.started_at, now)
    return None if found is None else ESTIMATE.of(found)

"""Executions over time as GraphQL types."""

from datetime import datetime

import strawberry

from resolvers.overviews import series
from schema.mirrors import Mirror


@strawberry.type(description="A part of a range of time, and what became of executions in it.")
class ExecutionBucket:
    """Counted; null where what is older than the newest 1000000 lies in it."""

    since: datetime = strawberry.field(description="From this moment on.")
    until: datetime = strawberry.field(description="Before this moment.")
    accepted: int | None = strawberry.field(description="How many were accepted in it.")
    completed: int | None = strawberry.field(description="How many completed in it.")
    failed: int | None = strawberry.field(description="How many failed in it.")
    cancelled: int | None = strawberry.field(description="How many were cancelled in it.")


@strawberry.type(description="Executions over time.")
class ExecutionSeries:
    """See `execution_series`."""

    buckets: list[ExecutionBucket] = strawberry.field(
        description="The parts of the range, the earliest first. All of it is counted, of each column the newest "
        "1000000 of the range: a part that holds older ones has null there."
    )
    runs: int = strawberry.field(
        description="How many are timed: the latest that completed in the range, at most 5000."
    )
    p50_seconds: float | None = strawberry.field(
        description="From acceptance to the end, half of these took at most so long; null: none completed."
    )
    p95_seconds: float | None = strawberry.field(description="The same for 95 of a hundred.")


BUCKET = Mirror(ExecutionBucket, series.Bucket)
SERIES = Mirror(ExecutionSeries, series.Series, "buckets")


def series_type(found: series.Series) -> ExecutionSeries:
    """The GraphQL type of a series."""
    return SERIES.of(found, buckets=list(map(BUCKET.of, found.buckets)))

"""Statistics of a tenant and of a workflow as GraphQL types."""

import strawberry

from resolvers.operations.statistics import Statistics as StatisticsEntity
from resolvers.overviews.pasts import rank
from resolvers.workflows.usage import Usage
from schema.context import GraphQLInfo
from schema.mirrors import Mirror


@strawberry.type(description="How many workflows have a tag.")
class TagCount:
    """One line of the list of popular tags."""

    tag: str = strawberry.field(description="The tag.")
    count: int = strawberry.field(description="How many workflows have it.")


@strawberry.type(description="The tenant's totals.")
class Statistics:
    """Read from running totals, so that it costs the same however many executions there are."""

    total_workflows: int = strawberry.field(description="Workflows that are not deleted.")
    active_workflows: int = strawberry.field(description="Those that can be executed.")
    total_executions: int = strawberry.field(description="All executions that were ever accepted.")
    successful_executions: int = strawberry.field(description="Those that completed.")
    failed_executions: int = strawberry.field(description="Those that failed, time-outs included.")
    average_execution_time: float = strawberry.field(
        description="Seconds from acceptance to the end, on average, of those that completed or failed."
    )
    popular_tags: list[TagCount] = strawberry.field(description="The ten most frequent tags.")


@strawberry.type(description="The running totals of one workflow.")
class WorkflowStatistics:
    """Written with the journal, so that nobody ever has to count."""

    executions: int = strawberry.field(description="All that were ever accepted.")
    live: int = strawberry.field(description="Those that have not ended.")
    completed: int = strawberry.field(description="Those that ended well.")
    failed: int = strawberry.field(description="Those that failed, time-outs included.")
    cancelled: int = strawberry.field(description="Those that were cancelled.")
    success_rate: float | None = strawberry.field(
        description="The part of those that completed or failed that completed, 0.0 to 1.0; null where there is none."
    )
    average_seconds: float | None = strawberry.field(
        description="From acceptance to the end, on average, of those that completed or failed."
    )
    workflow_id: strawberry.Private[str]

    @strawberry.field(
        description="From the start to the end, half of the latest took at most so long: of its newest 200 executions "
        "those that completed. Null: none did. What is read of them stands for 30 s."
    )
    async def p50_seconds(self, info: GraphQLInfo) -> float | None:
        """Load, together with those of the other workflows."""
        return await self._rank(info, 50)

    @strawberry.field(description="The same for 95 of a hundred.")
    async def p95_seconds(self, info: GraphQLInfo) -> float | None:
        """Load, together with those of the other workflows."""
        return await self._rank(info, 95)

    async def _rank(self, info: GraphQLInfo, percent: int) -> float | None:
        past = await info.context.pasts.load(self.workflow_id)
        took = sorted(run.seconds for run in past.runs) if past else []
        return rank(took, percent) if took else None


def workflow_statistics_type(workflow_id: str, usage: Usage) -> WorkflowStatistics:
    """The GraphQL type of a workflow's totals."""
    ended = usage.completed + usage.failed
    return WorkflowStatistics(
        workflow_id=workflow_id,
        executions=usage.execution_count,
        live=usage.execution_count - ended - usage.cancelled,
        completed=usage.completed,
        failed=usage.failed,
        cancelled=usage.cancelled,
        success_rate=round(usage.completed / ended, 4) if ended else None,
        average_seconds=round(usage.run_seconds / ended, 3) if ended else None,
    )


STATISTICS = Mirror(Statistics, StatisticsEntity, "popular_tags")


def statistics_type(statistics: StatisticsEntity) -> Statistics:
    """The GraphQL type of statistics."""
    tags = [TagCount(tag=entry.tag, count=entry.count) for entry in statistics.popular_tags]
    return STATISTICS.of(statistics, popular_tags=tags)

"""A tenant's statistics as a GraphQL type."""

import strawberry

from resolvers.statistics import Statistics as StatisticsEntity


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


def statistics_type(statistics: StatisticsEntity) -> Statistics:
    """The GraphQL type of statistics."""
    return Statistics(
        total_workflows=statistics.total_workflows,
        active_workflows=statistics.active_workflows,
        total_executions=statistics.total_executions,
        successful_executions=statistics.successful_executions,
        failed_executions=statistics.failed_executions,
        average_execution_time=statistics.average_execution_time,
        popular_tags=[TagCount(tag=entry.tag, count=entry.count) for entry in statistics.popular_tags],
    )

"""The queries about what was and what is."""

from typing import Annotated

import strawberry

from resolvers.executions import comparisons
from schema.context import GraphQLInfo
from schema.types.runs.comparisons import ExecutionComparison, comparison_type


@strawberry.type(description="What differs.")
class HistoryQuery:
    """Compare."""

    @strawberry.field(
        description="Two executions side by side: what differs in their versions, parameters, results, attempts and "
        "times. One that there is not is EXECUTION_NOT_FOUND."
    )
    async def compare_executions(
        self,
        info: GraphQLInfo,
        base: Annotated[strawberry.ID, strawberry.argument(description="The execution that is compared with.")],
        other: Annotated[strawberry.ID, strawberry.argument(description="The other execution, of any workflow.")],
    ) -> ExecutionComparison | None:
        """Compare."""
        return comparison_type(await comparisons.compare_executions(info.context.ctx, base, other))

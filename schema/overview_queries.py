"""The queries of whoever looks at many executions at once."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.commands.filters import ExecutionFilter, SeriesRange
from models.commands.validation import parse
from resolvers.overviews import saved_views, series
from schema.context import GraphQLInfo
from schema.types.filter_inputs import ExecutionFilterInput, chosen
from schema.types.overviews.saved_views import SavedView, saved_view_type
from schema.types.overviews.series import ExecutionSeries, series_type


@strawberry.type(description="What many executions come to.")
class OverviewQuery:
    """Count over time; and the views in which people look."""

    @strawberry.field(
        description="How many executions were accepted, completed, failed and were cancelled in each part of a range."
    )
    async def execution_series(
        self,
        info: GraphQLInfo,
        since: Annotated[datetime, strawberry.argument(description="From this moment on.")],
        until: Annotated[datetime, strawberry.argument(description="Before this moment.")],
        buckets: Annotated[int, strawberry.argument(description="In so many parts of equal length: 1 to 200.")] = 24,
        filter: Annotated[ExecutionFilterInput | None, strawberry.argument(description="Which executions.")] = None,
    ) -> ExecutionSeries | None:
        """Count."""
        asked = parse(SeriesRange, {"since": since.isoformat(), "until": until.isoformat(), "buckets": buckets}, ())
        return series_type(await series.execution_series(info.context.ctx, asked, chosen(ExecutionFilter, filter)))

    @strawberry.field(
        description="The saved views of executions that the caller has: those of the tenant, then the own ones; each "
        "by name, at most 50 of either."
    )
    async def saved_views(self, info: GraphQLInfo) -> list[SavedView] | None:
        """Fetch."""
        return [saved_view_type(view) for view in await saved_views.list_views(info.context.ctx)]

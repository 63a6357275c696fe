"""The documented path of statistics."""

import msgspec
from litestar import Controller, Response, get

from resolvers.operations.statistics import get_statistics
from rest_compat.requests import RestRequest, caller
from rest_compat.responses import json_response


class StatisticsController(Controller):
    """`/workflows/statistics`."""

    path = "/workflows/statistics"

    @get()
    async def read(self, request: RestRequest) -> Response[bytes]:
        """Get statistics."""
        statistics = await get_statistics(await caller(request))
        return json_response(msgspec.structs.asdict(statistics))

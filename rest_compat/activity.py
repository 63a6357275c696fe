"""The documented path of the activity feed."""

import msgspec
from litestar import Controller, Response, get

from models.commands.workflows import ListActivities
from resolvers.executions.activities import list_activities
from rest_compat.requests import RestRequest, caller, parse_query
from rest_compat.responses import json_response

INTEGERS = frozenset({"limit"})


class ActivityController(Controller):
    """`/workflows/activity`."""

    path = "/workflows/activity"

    @get()
    async def list(self, request: RestRequest) -> Response[bytes]:
        """Get the activity feed (decision X8)."""
        ctx = await caller(request)
        found = await list_activities(ctx, parse_query(request, ListActivities, integers=INTEGERS))
        return json_response({"activities": [msgspec.structs.asdict(activity) for activity in found]})

"""The documented path of the search."""

from litestar import Controller, Response, get

from models.commands.workflows import SearchWorkflows
from resolvers.workflows.search import search_workflows
from rest_compat.requests import RestRequest, caller, parse_query
from rest_compat.responses import WORKFLOW_ITEM, json_response

WHOLE_NUMBERS = frozenset({"limit"})


class SearchController(Controller):
    """`/workflows/search`."""

    path = "/workflows"

    @get("/search")
    async def search(self, request: RestRequest) -> Response[bytes]:
        """Search workflows, the best match first."""
        ctx = await caller(request)
        found = await search_workflows(ctx, parse_query(request, SearchWorkflows, integers=WHOLE_NUMBERS))
        items = [WORKFLOW_ITEM.of(workflow) for workflow in found.workflows]
        return json_response({"workflows": items, "total": found.total, "query": found.query, "limit": found.limit})

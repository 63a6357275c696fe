"""How the tests of the search ask for workflows."""

from typing import Any

import httpx

from models.commands.workflows import SearchWorkflows
from resolvers.context import Context
from resolvers.workflows.search import search_workflows
from tests.support.calls import Json, graphql

SEARCH_QUERY = """
query ($q: String!, $limit: Int) {
  searchWorkflows(query: $q, limit: $limit) { totalCount nodes { id name tags actions { actionId } } }
}
"""


async def search(client: httpx.AsyncClient, q: str, **query: Any) -> Json:
    """The body of a search, which GraphQL must answer alike."""
    answered = await client.get("/workflows/search", params={"q": q, **query})
    assert answered.status_code == 200, answered.text
    body = dict(answered.json())
    found = (await graphql(client, SEARCH_QUERY, q=q, **query))["searchWorkflows"]
    assert [node["id"] for node in found["nodes"]] == [workflow["workflow_id"] for workflow in body["workflows"]]
    assert found["totalCount"] == body["total"]
    return body


async def found(ctx: Context, q: str, limit: int = 50) -> list[str]:
    """The names that a search finds without a server."""
    result = await search_workflows(ctx, SearchWorkflows(q=q, limit=limit))
    return [workflow.name for workflow in result.workflows]

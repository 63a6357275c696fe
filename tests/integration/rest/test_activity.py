"""The activity feed through both edges, on both databases (decision X8)."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import insert

from models.commands.filters import ActivityFilter
from models.commands.workflows import ListActivities
from models.errors import InvalidInput
from resolvers.context import Context
from resolvers.executions.activities import count_activities, list_activities, slice_activities
from resolvers.keyset import Window
from resolvers.workflows.rows import ACTIVITIES
from tests.support.calls import (
    Json,
    answer,
    assert_envelope,
    call,
    create,
    ended,
    faults,
    graphql,
    held,
    notify,
    run,
    soon,
    start,
    token,
)
from tests.support.scripted_service import PartnerService

pytestmark = pytest.mark.asyncio

PATH = "/workflows/activity"
FEED = """
query ($filter: ActivityFilterInput, $first: Int, $after: String, $last: Int, $before: String) {
  activities(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    nodes { id type timestamp userId details workflowId executionId workflow { id name } execution { id status } }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


async def feed(client: httpx.AsyncClient, **query: str | int) -> list[Json]:
    """The activities that a query finds."""
    found = await client.get(PATH, params=query)
    assert found.status_code == 200, found.text
    assert list(found.json()) == ["activities"]
    return list(found.json()["activities"])


async def test_the_documented_lines_newest_first(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Document Analysis", notify("a"))
    execution = await run(client, workflow["workflow_id"])
    await client.put(f"/workflows/{workflow['workflow_id']}", json={"description": "new"})
    await client.delete(f"/workflows/{workflow['workflow_id']}")
    lines = await feed(client)
    assert [line["type"] for line in lines] == [
        "workflow_deleted",
        "workflow_updated",
        "execution_completed",
        "workflow_executed",
        "workflow_created",
    ]
    assert [list(line) for line in lines] == [["id", "type", "timestamp", "user_id", "details"]] * 5
    assert {line["user_id"] for line in lines} == {"ada"}
    assert all(line["id"].startswith("act_") and line["timestamp"].endswith("Z") for line in lines)
    assert lines[4]["details"] == {"workflow_id": workflow["workflow_id"], "workflow_name": "Document Analysis"}
    assert lines[3]["details"] == {
        "workflow_id": workflow["workflow_id"],
        "execution_id": execution["execution_id"],
    }


async def test_failed_and_cancelled_executions_are_told(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    scripted.answers["/fail"] = answer({}, 500)
    failing = await create(client, "failing", call("a", "/fail"))
    await run(client, failing["workflow_id"])
    scripted.answers["/held"] = held
    waiting = await create(client, "waiting", call("a", "/held"))
    scripted.arrived.clear()
    execution_id = await start(client, waiting["workflow_id"])
    await soon(scripted.arrived)
    await client.post(f"/workflows/executions/{execution_id}/cancel")
    assert [line["type"] for line in await feed(client)] == [
        "execution_cancelled",
        "workflow_executed",
        "workflow_created",
        "execution_failed",
        "workflow_executed",
        "workflow_created",
    ]


async def test_limit_order_and_since(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await create(client, f"workflow {number}")
    lines = await feed(client)
    assert [line["id"] for line in await feed(client, order="asc")] == [line["id"] for line in reversed(lines)]
    assert [line["id"] for line in await feed(client, limit=2)] == [line["id"] for line in lines[:2]]
    # `since` is exclusive, and what an answer says can be asked for as it is.
    after = await feed(client, since=lines[3]["timestamp"], order="asc", limit=2)
    assert [line["id"] for line in after] == [lines[2]["id"], lines[1]["id"]]
    assert await feed(client, since=lines[0]["timestamp"]) == []


async def test_the_default_limit_is_twenty(client: httpx.AsyncClient) -> None:
    for number in range(21):
        await create(client, f"workflow {number}")
    assert len(await feed(client)) == 20
    assert len(await feed(client, limit=100)) == 21


async def test_since_in_any_zone_and_any_year(client: httpx.AsyncClient) -> None:
    await create(client, "one")
    soon_ = datetime.now(UTC) + timedelta(minutes=1)
    ago = datetime.now(UTC) - timedelta(minutes=1)
    assert len(await feed(client, since=ago.replace(tzinfo=None).isoformat())) == 1
    assert await feed(client, since=soon_.replace(tzinfo=None).isoformat()) == []
    assert len(await feed(client, since=ago.isoformat())) == 1
    for text in ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "9999-12-31"):
        assert await feed(client, since=text) == []
    for text in ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"):
        assert len(await feed(client, since=text)) == 1


async def test_malformed_queries(client: httpx.AsyncClient) -> None:
    for since in ("", "yesterday", "2024-02-30", "1705320000", "2024-01-15T12:00:00 02:00"):
        refused = await client.get(PATH, params={"since": since})
        assert faults(refused) == [(["query", "since"], "value_error.datetime")]
    for name, text, word in (
        ("limit", "0", "value_error.number.not_ge"),
        ("limit", "101", "value_error.number.not_le"),
        ("limit", "1" * 60, "type_error.integer"),
        ("limit", "ten", "type_error.integer"),
        ("order", "newest", "value_error.const"),
    ):
        assert faults(await client.get(PATH, params={name: text})) == [(["query", name], word)]


async def test_the_feed_is_the_tenants(client: httpx.AsyncClient) -> None:
    await create(client, "ours")
    assert len(await feed_of(client, token("grace", "default", "viewer"))) == 1
    assert await feed_of(client, token("ada", "elsewhere", "admin")) == []
    client.headers.pop("X-User-ID")
    assert_envelope(await client.get(PATH), 401, "UNAUTHENTICATED")


async def feed_of(client: httpx.AsyncClient, headers: dict[str, str]) -> list[Json]:
    """The feed as somebody else sees it, through both edges."""
    rest = (await client.get(PATH, headers=headers)).json()["activities"]
    body = (await client.post("/graphql", json={"query": FEED}, headers=headers)).json()
    assert [node["id"] for node in body["data"]["activities"]["nodes"]] == [line["id"] for line in rest]
    return list(rest)


async def test_the_graphql_feed_is_typed_and_leads_on(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "Document Analysis", notify("a"))
    execution_id = await start(client, workflow["workflow_id"])
    await ended(client, execution_id)
    found = (await graphql(client, FEED))["activities"]
    lines = await feed(client)
    assert found["totalCount"] == 3
    completed, _, created = found["nodes"]
    assert [node["id"] for node in found["nodes"]] == [line["id"] for line in lines]
    assert created == {
        "id": lines[2]["id"],
        "type": "WORKFLOW_CREATED",
        "timestamp": lines[2]["timestamp"],
        "userId": "ada",
        "details": lines[2]["details"],
        "workflowId": workflow["workflow_id"],
        "executionId": None,
        "workflow": {"id": workflow["workflow_id"], "name": "Document Analysis"},
        "execution": None,
    }
    assert completed["type"] == "EXECUTION_COMPLETED"
    assert completed["executionId"] == execution_id
    assert completed["execution"] == {"id": execution_id, "status": "COMPLETED"}


async def test_the_graphql_feed_is_filtered_and_paged(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "one")
    for number in range(4):
        await client.put(f"/workflows/{workflow['workflow_id']}", json={"description": str(number)})
    ids = [line["id"] for line in await feed(client)]
    updated = (await graphql(client, FEED, filter={"type": "WORKFLOW_UPDATED"}))["activities"]
    assert (updated["totalCount"], [node["id"] for node in updated["nodes"]]) == (4, ids[:4])
    since = (await feed(client))[2]["timestamp"]
    later = (await graphql(client, FEED, filter={"since": since}))["activities"]
    assert (later["totalCount"], [node["id"] for node in later["nodes"]]) == (2, ids[:2])
    assert (await graphql(client, FEED, filter={"since": None, "type": None}))["activities"]["totalCount"] == 5

    page = (await graphql(client, FEED, first=2))["activities"]
    assert [edge["node"]["id"] for edge in page["edges"]] == ids[:2]
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (True, False)
    page = (await graphql(client, FEED, first=2, after=page["pageInfo"]["endCursor"]))["activities"]
    assert [edge["node"]["id"] for edge in page["edges"]] == ids[2:4]
    back = (await graphql(client, FEED, last=2, before=page["pageInfo"]["startCursor"]))["activities"]
    assert [edge["node"]["id"] for edge in back["edges"]] == ids[:2]


async def test_malformed_graphql_arguments(client: httpx.AsyncClient) -> None:
    malformed: list[Json] = [
        {"first": 101},
        {"after": "nonsense"},
        {"filter": {"since": "yesterday"}},
        {"filter": {"type": "NOTHING"}},
    ]
    for variables in malformed:
        refused = (await client.post("/graphql", json={"query": FEED, "variables": variables})).json()
        assert refused["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"


async def test_a_moment_shared_by_many_lines_is_cut_by_their_ids(ctx: Context) -> None:
    at = datetime.now(UTC)  # lines of long ago are deleted meanwhile
    rows = [
        {
            "tenant": tenant,
            "at": at,
            "id": f"act_{number:016x}",
            "type": "workflow_created",
            "user_id": "ada",
            "details": {},
        }
        for tenant in ("default", "elsewhere")
        for number in range(5)
    ]
    await ctx.services.database.transaction(lambda connection: connection.execute(insert(ACTIVITIES), rows))
    newest = [f"act_{number:016x}" for number in range(4, -1, -1)]
    assert [line.id for line in await list_activities(ctx, ListActivities())] == newest
    assert await count_activities(ctx, ActivityFilter()) == 5
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = await slice_activities(ctx, ActivityFilter(), Window(first=2, after=cursor))
        seen += [edge.node.id for edge in page.edges]
        cursor = page.edges[-1].cursor
    assert seen == newest
    assert not page.has_next
    with pytest.raises(InvalidInput):
        await slice_activities(ctx, ActivityFilter(), Window(after="nonsense"))

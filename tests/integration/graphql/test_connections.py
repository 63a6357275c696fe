"""What pages is a connection: the journal, the items of an action, what waits for people, what a search finds."""

from typing import Any

import httpx
import pytest

from tests.support.calls import Json, create, graphql, notify, run, start, token
from tests.support.edges.approvals import ask, decide, waits

pytestmark = pytest.mark.asyncio

SLICE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
ARGUMENTS = "first: $first, after: $after, last: $last, before: $before"
VARIABLES = "$first: Int, $after: String, $last: Int, $before: String"
JOURNAL = f"""
query ($id: ID!, {VARIABLES}) {{
  execution(id: $id) {{ journal({ARGUMENTS}) {{ totalCount edges {{ cursor node {{ sequence type }} }} {SLICE} }} }}
}}
"""
ITEMS = f"""
query ($id: ID!, $status: ActionStatus, {VARIABLES}) {{
  execution(id: $id) {{ actions {{ items {{
    results(status: $status, {ARGUMENTS}) {{ totalCount edges {{ cursor node {{ index }} }} {SLICE} }}
  }} }} }}
}}
"""
PENDING = f"""
query ($mine: Boolean, {VARIABLES}) {{
  pendingApprovals(mine: $mine, {ARGUMENTS}) {{
    totalCount nodes {{ id }} edges {{ cursor node {{ id execution {{ id }} }} }} {SLICE}
  }}
}}
"""
SEARCH = f"""
query ($first: Int, $after: String) {{
  searchWorkflows(query: "found", first: $first, after: $after) {{
    totalCount nodes {{ name }} edges {{ cursor node {{ name }} }} {SLICE}
  }}
}}
"""


def nodes(found: Json, field: str) -> list[Any]:
    return [edge["node"][field] for edge in found["edges"]]


async def refusal(client: httpx.AsyncClient, query: str, **variables: Any) -> list[str]:
    """Where the one fault of an operation is."""
    answered = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    [error] = answered["errors"]
    return [str(fault["loc"][0]) for fault in error["extensions"]["faults"]]


async def test_the_journal_is_paged_through_in_both_directions(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "w", notify("a"), notify("b"))
    execution_id = (await run(client, workflow["workflow_id"]))["execution_id"]

    async def page(**arguments: Any) -> Json:
        return (await graphql(client, JOURNAL, id=execution_id, **arguments))["execution"]["journal"]

    whole = await page()
    sequences = nodes(whole, "sequence")
    assert sequences == list(range(1, whole["totalCount"] + 1))
    assert [edge["cursor"] for edge in whole["edges"]] == [str(sequence) for sequence in sequences]
    assert nodes(whole, "type")[-1] == "EXECUTION_COMPLETED"
    second = await page(first=2, after="2")
    assert (nodes(second, "sequence"), second["pageInfo"]["endCursor"]) == ([3, 4], "4")
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (True, True)
    last = await page(last=2)
    assert (nodes(last, "sequence"), last["pageInfo"]["hasNextPage"]) == (sequences[-2:], False)
    assert nodes(await page(last=2, before="4"), "sequence") == [2, 3]
    assert nodes(await page(first=9, after="1", before="3"), "sequence") == [2]
    assert nodes(await page(first=9, after="5", before="3"), "sequence") == []
    for wrong in ("x", "-1", "1" * 20, "²"):
        assert await refusal(client, JOURNAL, id=execution_id, after=wrong) == ["after"]


async def test_the_items_of_an_action_are_paged_through(client: httpx.AsyncClient) -> None:
    each = notify("each", "{{item}}", for_each={"in": list("abcde")})
    workflow = await create(client, "w", each)
    execution_id = (await run(client, workflow["workflow_id"]))["execution_id"]

    async def page(**arguments: Any) -> Json:
        [action] = (await graphql(client, ITEMS, id=execution_id, **arguments))["execution"]["actions"]
        return dict(action["items"]["results"])

    first = await page(first=2)
    assert (nodes(first, "index"), first["totalCount"]) == ([0, 1], 5)
    after = first["pageInfo"]["endCursor"]
    assert nodes(await page(first=9, after=after, status="SUCCESS"), "index") == [2, 3, 4]
    assert nodes(await page(last=2, before="4"), "index") == [2, 3]
    assert (await page(status="FAILED"))["totalCount"] == 0


async def test_what_waits_for_people_is_paged_through_though_some_are_decided_meanwhile(
    client: httpx.AsyncClient,
) -> None:
    client.headers.update(token("ann", "default", "admin"))
    workflow = await create(client, "w", ask("ask"))
    ids = []
    for _ in range(4):
        ids.append(f"appr_{await start(client, workflow['workflow_id'])}:ask")
        await waits(client, ids[-1].removeprefix("appr_").removesuffix(":ask"))
    others = await create(client, "others", ask("ask", approvers=["bob"]))
    await waits(client, await start(client, others["workflow_id"]))

    async def page(**arguments: Any) -> Json:
        return dict((await graphql(client, PENDING, **arguments))["pendingApprovals"])

    whole = await page()
    ids = [edge["node"]["id"] for edge in whole["edges"]]
    assert (len(ids), whole["totalCount"]) == (4, 4)
    assert (whole["pageInfo"]["hasNextPage"], whole["pageInfo"]["hasPreviousPage"]) == (False, False)
    assert [edge["node"]["id"].split("_", 1)[1].startswith(edge["node"]["execution"]["id"]) for edge in whole["edges"]]
    everybody = await page(mine=False)
    assert (len(everybody["nodes"]), everybody["totalCount"]) == (5, 5)
    first = await page(first=2)
    cursor = first["pageInfo"]["endCursor"]
    assert (nodes(first, "id"), first["pageInfo"]["hasNextPage"], first["totalCount"]) == (ids[:2], True, 4)
    back = await page(last=2, before=whole["edges"][3]["cursor"])
    assert (nodes(back, "id"), back["pageInfo"]["hasPreviousPage"]) == (ids[1:3], True)
    assert nodes(await page(last=1), "id") == ids[3:]
    decided = whole["edges"][1]["node"]["execution"]["id"]
    assert await decide(client, decided, "ann", True) == []
    assert nodes(await page(first=2, after=cursor), "id") == ids[2:]
    assert (await page(first=0))["edges"] == []
    workflows = (await graphql(client, "{ workflows { edges { cursor } } }"))["workflows"]["edges"]
    for wrong in ("x", ids[0], workflows[0]["cursor"]):
        assert await refusal(client, PENDING, before=wrong) == ["before"]
    assert await refusal(client, PENDING, first=101) == ["first"]


async def test_what_a_search_finds_is_paged_through(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await create(client, f"found {number}", notify("a"))

    async def page(**arguments: Any) -> Json:
        return dict((await graphql(client, SEARCH, **arguments))["searchWorkflows"])

    whole = nodes(await page(), "name")
    assert len(whole) == 5
    first = await page(first=2)
    assert (nodes(first, "name"), [node["name"] for node in first["nodes"]]) == (whole[:2], whole[:2])
    assert first["pageInfo"] == {
        "hasNextPage": True, "hasPreviousPage": False, "startCursor": "1", "endCursor": "2",
    }  # fmt: skip
    rest = await page(first=3, after="2")
    assert (nodes(rest, "name"), rest["pageInfo"]["hasNextPage"]) == (whole[2:], False)
    assert [edge["cursor"] for edge in rest["edges"]] == ["3", "4", "5"]
    for wrong in ("x", "1001", "-1"):
        assert await refusal(client, SEARCH, after=wrong) == ["after"]


async def test_a_cursor_is_of_one_list_alone(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "w", notify("a"))
    await run(client, workflow["workflow_id"])
    await graphql(client, 'mutation { createApiKey(input: { name: "k" }) { apiKey { id } } }')
    async with httpx.AsyncClient(base_url=client.base_url, headers=token("root", "default", "admin")) as admin:
        cursors = {}
        for name in ("workflows", "executions", "activities", "auditEntries", "apiKeys"):
            found = (await graphql(admin, f"{{ {name}(last: 1) {{ edges {{ cursor }} }} }}"))[name]
            [cursors[name]] = [edge["cursor"] for edge in found["edges"]]
        for name in (*cursors, "approvalLinks", "bulkOperations"):
            query = f"query ($after: String) {{ {name}(after: $after) {{ edges {{ cursor }} }} }}"
            for whose, cursor in cursors.items():
                if whose == name:
                    await graphql(admin, query, after=cursor)
                else:
                    assert await refusal(admin, query, after=cursor) == ["after"]

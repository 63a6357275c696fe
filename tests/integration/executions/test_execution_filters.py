"""Executions found by labels, text, duration and what they wait for: alike on both databases, page by page."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from resolvers.executions import conditions
from tests.support.calls import (
    PATIENCE_SECONDS,
    Json,
    answer,
    call,
    create,
    ended,
    events,
    graphql,
    notify,
    soon,
    token,
)
from tests.support.calls import held as held_back
from tests.support.edges.approvals import ask
from tests.support.edges.graphql_operations import top_level_errors
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

FIND = """
query ($filter: ExecutionFilterInput, $first: Int, $after: String, $last: Int, $before: String, $order: Direction) {
  executions(
    filter: $filter, first: $first, after: $after, last: $last, before: $before,
    orderBy: { direction: $order }
  ) {
    totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
GROUPS = """
query ($key: String, $field: ExecutionGroup = LABEL, $filter: ExecutionFilterInput) {
  executionsGroupedBy(field: $field, labelKey: $key, filter: $filter) { groups { value count } counted isComplete }
}
"""
NESTED = """
query ($filter: ExecutionFilterInput) {
  workflows { nodes { name executions(filter: $filter, first: 2) { totalCount nodes { id } } } }
}
"""


async def find(client: httpx.AsyncClient, filter: Json, **window: Any) -> list[str]:
    """The ids that a filter finds, newest first; a page and the count must agree."""
    found = (await graphql(client, FIND, filter=filter, **window))["executions"]
    if not window:
        assert found["totalCount"] == len(found["nodes"])
    return [node["id"] for node in found["nodes"]]


async def execute(client: httpx.AsyncClient, workflow: Json, **asked: Any) -> str:
    """A synchronous run; its id."""
    body = {"async_execution": False, **asked}
    answered = await client.post(f"/workflows/{workflow['workflow_id']}/execute", json=body)
    assert answered.status_code in (200, 202), answered.text
    return str(answered.json()["execution_id"])


async def rests(client: httpx.AsyncClient, execution_id: str) -> None:
    """Come back when the journal says that an action waits, or that its next attempt is put off."""
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(events(client, execution_id)) as journal:
        async for event in journal:
            if event["type"] in ("ACTION_WAITING", "ACTION_RETRY_SCHEDULED", "ACTION_REPEAT_SCHEDULED"):
                return
    raise AssertionError(f"it ended before it waited: {(await ended(client, execution_id))['error']}")


def pair(key: str, value: str | None = None) -> Json:
    return {"key": key} if value is None else {"key": key, "value": value}


async def test_labels_find_by_pairs_and_by_keys_in_every_list(client: httpx.AsyncClient) -> None:
    one, other = [await create(client, name, notify("a")) for name in ("one", "other")]
    a = await execute(client, one, labels={"team": "x", "env": "prod"})
    b = await execute(client, one, labels={"team": "x", "env": "test"})
    c = await execute(client, other, labels={"team": "y", "env": "prod"})
    await execute(client, other)
    assert await find(client, {"labels": [pair("team", "x")]}) == [b, a]
    assert await find(client, {"labels": [pair("team")]}) == [c, b, a]
    assert await find(client, {"labels": [pair("team", "x"), pair("env", "prod")]}) == [a]
    assert await find(client, {"labels": [pair("env", "prod"), pair("team")]}) == [c, a]
    assert await find(client, {"labels": [pair("env", "prod")], "workflowId": [other["workflow_id"]]}) == [c]
    for unlike in (pair("Team", "x"), pair("team", "X")):
        assert await find(client, {"labels": [unlike]}) == []
    assert await find(client, {"labels": [pair("team", "x")]}, order="ASC") == [a, b]

    nodes = (await graphql(client, NESTED, filter={"labels": [pair("env", "prod")]}))["workflows"]["nodes"]
    found = {node["name"]: [run["id"] for run in node["executions"]["nodes"]] for node in nodes}
    assert found == {"one": [a], "other": [c]}
    assert {node["executions"]["totalCount"] for node in nodes} == {1}

    async def grouped(**asked: Any) -> dict[str, int]:
        told = (await graphql(client, GROUPS, **asked))["executionsGroupedBy"]
        assert (told["isComplete"], told["counted"]) == (True, sum(group["count"] for group in told["groups"]))
        return {group["value"]: group["count"] for group in told["groups"]}

    assert await grouped(key="team") == {"x": 2, "y": 1}
    assert await grouped(key="team", filter={"labels": [pair("env", "prod")]}) == {"x": 1, "y": 1}
    assert await grouped(key="ghost") == {}
    assert await grouped(field="STATUS", filter={"labels": [pair("team", "x")]}) == {"COMPLETED": 2}
    for asked in ({"key": None}, {"field": "STATUS", "key": "team"}, {"key": "k" * 64}, {"key": "\x00"}):
        [error] = await top_level_errors(client, GROUPS, **asked)
        assert [fault["loc"] for fault in error["extensions"]["faults"]] == [["labelKey"]]

    await client.patch(f"/workflows/executions/{a}/labels", json={"set": {"team": "z"}, "remove": ["env"]})
    assert await find(client, {"labels": [pair("team", "x")]}) == [b]
    assert await find(client, {"labels": [pair("team", "z")]}) == [a]
    assert await find(client, {"labels": [pair("env")]}) == [c, b]


async def test_what_is_left_out_is_not_found(client: httpx.AsyncClient) -> None:
    one, other = [await create(client, name, notify("a")) for name in ("one", "other")]
    broken = await create(client, "broken", notify("a", "{{missing.value}}"), parameters=[])
    a = await execute(client, one, labels={"team": "x", "env": "prod"})
    b = await execute(client, other, labels={"team": "y"})
    c = await execute(client, broken)
    d = await execute(client, one)

    async def without(**asked: Any) -> list[str]:
        return await find(client, {"without": asked})

    assert await without() == [d, c, b, a]
    assert await without(status=["FAILED"]) == [d, b, a]
    assert await without(status=["COMPLETED", "FAILED"]) == []
    assert await without(workflowId=[one["workflow_id"]]) == [c, b]
    assert await without(createdBy=["ada"]) == []
    assert await without(createdBy=["bob"]) == [d, c, b, a]
    assert await without(errorCode=["EXPRESSION_ERROR"]) == [d, b, a]
    assert await without(errorCode=["TIMEOUT"]) == [d, c, b, a]
    assert await without(labels=[pair("team")]) == [d, c]
    assert await without(labels=[pair("team", "x"), pair("team", "z")]) == [d, c, b]
    assert await without(labels=[pair("team", "y")], status=["FAILED"]) == [d, a]
    both = {"status": ["COMPLETED", "FAILED"], "labels": [pair("team")], "without": {"labels": [pair("env", "prod")]}}
    assert await find(client, both) == [b]
    assert await find(client, {"status": ["FAILED"], "without": {"status": ["FAILED"]}}) == []
    grouped = await graphql(client, GROUPS, field="STATUS", filter={"without": {"labels": [pair("team", "x")]}})
    counts = {group["value"]: group["count"] for group in grouped["executionsGroupedBy"]["groups"]}
    assert counts == {"COMPLETED": 2, "FAILED": 1}
    [error] = await top_level_errors(client, FIND, filter={"without": {"labels": [{"key": ""}]}})
    assert [fault["loc"] for fault in error["extensions"]["faults"]] == [["filter", "without", "labels", 0, "key"]]


async def test_what_is_left_out_is_looked_for_among_the_newest(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = await create(client, "many", notify("a"))
    ids = [await execute(client, workflow, labels={"n": str(number % 2)}) for number in range(6)]
    monkeypatch.setattr(conditions, "MAX_TIMED", 3)
    assert await find(client, {"without": {"labels": [pair("n", "0")]}}) == [ids[5], ids[3]]
    assert await find(client, {"without": {"status": ["FAILED"]}}) == ids[::-1]


async def test_a_page_of_labelled_executions_goes_on_where_the_last_one_ended(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "paged", notify("a"))
    ids = [await execute(client, workflow, labels={"n": str(number % 2), "all": ""}) for number in range(7)]
    filter_ = {"labels": [pair("n", "0"), pair("all")], "text": "0"}
    wanted = ids[::2][::-1]
    seen: list[str] = []
    after = None
    while True:
        page = (await graphql(client, FIND, filter=filter_, first=2, after=after))["executions"]
        assert page["totalCount"] == 4
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        await execute(client, workflow, labels={"n": "1", "all": ""})
    assert seen == wanted
    back = (await graphql(client, FIND, filter=filter_, last=3, before=after))["executions"]
    assert [node["id"] for node in back["nodes"]] == wanted[:3]


TEXTS = [
    ("invoice", True),
    ("INVOICE 4711", True),
    ("größe", True),
    ("GRÖSSE", True),
    ("Größe Ж", True),
    ("größe ж", True),
    ("50%", True),
    ("5_%", False),
    ("%", True),
    ("_", False),
    ("*", True),
    ("[x]", True),
    ("[a-z]", False),
    ("a?", False),
    ("^(a|b)$.", True),
    ("\\d", True),
    ("\\", True),
    ('say "hi"', True),
    ("two\nlines", True),
    ("]]", False),
    ("ghost", False),
    ("gro\u0308ße", True),
    ("GRO\u0308SSE", True),
    ("CAFÉ ΛΌΓΟς", True),
    ("cafe\u0301 λόγοΣ", True),
    ("語テ", True),
    ("👧", True),
]


@pytest.mark.parametrize(("text", "is_found"), TEXTS)
async def test_a_text_is_found_as_it_stands_in_any_case(client: httpx.AsyncClient, text: str, is_found: bool) -> None:
    workflow = await create(client, "texts", notify("a"))
    value = (
        'Invoice 4711, Größe Ж, 50% off * [x] ^(a|b)$. \\d say "Hi" two\nlines cafe\u0301 λο\u0301γος 日本語テスト 👩‍👧'
    )
    execution_id = await execute(client, workflow, parameters={"note": value})
    await execute(client, workflow, parameters={"note": "nothing of that"})
    assert await find(client, {"text": text}) == ([execution_id] if is_found else [])


async def test_a_text_is_looked_for_in_errors_and_labels_too(client: httpx.AsyncClient) -> None:
    good = await create(client, "good", notify("a"))
    bad = await create(client, "bad", notify("a", "{{ghost.of.mine}}"))
    failed = await execute(client, bad)
    labelled = await execute(client, good, labels={"team": "Billing"})
    assert await find(client, {"text": "GHOST.OF"}) == [failed]
    assert await find(client, {"text": "billing"}) == [labelled]
    assert await find(client, {"text": "billing", "status": ["FAILED"]}) == []


async def test_no_more_is_looked_through_than_is_said(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = await create(client, "many", notify("a"))
    other = await create(client, "other", notify("a"))
    old = await execute(client, workflow, parameters={"x": "needle"})
    ids = [await execute(client, other, parameters={"x": "needle"}) for _ in range(3)]
    filter_ = {"text": "needle"}
    assert await find(client, filter_) == [*reversed(ids), old]
    monkeypatch.setattr(conditions, "MAX_READ", 3)
    assert await find(client, filter_) == [*reversed(ids)]
    assert await find(client, filter_ | {"workflowId": [workflow["workflow_id"]]}) == [old]
    assert await find(client, filter_ | {"createdBy": ["ghost"]}) == []
    nodes = (await graphql(client, NESTED, filter=filter_))["workflows"]["nodes"]
    assert {node["name"]: node["executions"]["totalCount"] for node in nodes} == {"many": 0, "other": 3}
    monkeypatch.setattr(conditions, "MAX_READ", 10_000)
    monkeypatch.setattr(conditions, "MAX_READ_LENGTH", 28)
    assert await find(client, filter_) == [*reversed(ids[1:])]
    monkeypatch.setattr(conditions, "MAX_TIMED", 2)
    assert await find(client, {"duration": {"minSeconds": 0}}) == [*reversed(ids[1:])]


async def test_a_text_needs_the_permission_to_see_payloads(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "hidden", notify("a"))
    await execute(client, workflow, parameters={"x": "needle"})
    client.headers.pop("X-User-ID")
    client.headers.update(token("eve", "default", "viewer"))
    watch = 'subscription { executionChanges(filter: { text: "needle" }) { cursor } }'
    for query in (FIND, NESTED, GROUPS.replace("LABEL", "STATUS")):
        codes = {error["extensions"]["code"] for error in await top_level_errors(client, query, filter={"text": "n"})}
        assert codes == {"PERMISSION_DENIED"}
    answered = await client.post("/graphql", json={"query": watch}, headers={"Accept": "text/event-stream"})
    assert "PERMISSION_DENIED" in answered.text


async def test_durations_of_what_has_ended_and_of_what_goes_on(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held_back
    quick = await create(client, "quick", notify("a"))
    slow = await create(client, "slow", {"action_id": "w", "action_type": "wait", "config": {"seconds": 0.6}})
    held = await create(client, "held", call("hold", "/held"))
    goes_on = (await client.post(f"/workflows/{held['workflow_id']}/execute", json={})).json()["execution_id"]
    await soon(scripted.arrived)
    long = await execute(client, slow)
    short = await execute(client, quick)
    took = {}
    for execution_id in (long, short):
        body = (await client.get(f"/workflows/executions/{execution_id}")).json()
        took[execution_id] = body["duration_seconds"]
    assert took[long] > took[short]
    between = (took[long] + took[short]) / 2
    assert await find(client, {"duration": {"minSeconds": between}}) == [long, goes_on]
    assert await find(client, {"duration": {"maxSeconds": between}}) == [short]
    live = {"status": ["RUNNING"]}
    assert await find(client, {"duration": {"minSeconds": between, "maxSeconds": 1e9}} | live) == [goes_on]
    assert await find(client, {"duration": {"minSeconds": 1e10}}) == []
    assert await find(client, {"duration": {"maxSeconds": 1e10}}) == [short, long, goes_on]
    near = {"minSeconds": took[long] - 0.002, "maxSeconds": took[long] + 0.002}
    assert long in await find(client, {"duration": near})
    for beside in ({"minSeconds": took[long] + 0.002}, {"maxSeconds": took[long] - 0.002}):
        assert long not in await find(client, {"duration": beside})
    scripted.released.set()


async def test_moments_of_start_and_end(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "w", notify("a"))
    execution_id = await execute(client, workflow)
    body = (await client.get(f"/workflows/executions/{execution_id}")).json()
    started = datetime.fromisoformat(body["started_at"])
    later = (started + timedelta(microseconds=1)).isoformat()
    assert await find(client, {"started": {"since": body["started_at"], "until": later}}) == [execution_id]
    assert await find(client, {"started": {"since": later}}) == []
    assert await find(client, {"started": {"until": body["started_at"]}}) == []
    assert await find(client, {"completed": {"until": datetime.now(UTC).isoformat()}}) == [execution_id]


async def test_what_executions_wait_for(client: httpx.AsyncClient, scripted: ScriptedService) -> None:
    scripted.answers["/held"] = held_back
    scripted.answers["/broken"] = answer({}, 503)

    async def begun(name: str, action: Json, **fields: Any) -> str:
        workflow = await create(client, name, action, **fields)
        started = await client.post(f"/workflows/{workflow['workflow_id']}/execute", json={})
        return str(started.json()["execution_id"])

    def waits(**config: Any) -> Json:
        return {"action_id": "w", "action_type": "wait", "config": config}

    ids = {
        "TIMER": await begun("timer", waits(seconds=600)),
        "SIGNAL": await begun("signal", waits(signal="go")),
        "APPROVAL": await begun("approval", ask("w", approvers=["ann"])),
        "RETRY_BACKOFF": await begun(
            "backoff", call("w", "/broken", retry={"max_attempts": 3, "initial_delay_seconds": 600, "jitter": False})
        ),
        "REPEAT_DELAY": await begun(
            "repeat",
            notify("w", repeat={"until": "{{execution.id == 'x'}}", "max_iterations": 9, "delay_seconds": 600}),
        ),
    }
    limited = await create(client, "limited", call("hold", "/held"), concurrency={"limit": 1})
    url = f"/workflows/{limited['workflow_id']}/execute"
    first, second = [(await client.post(url, json={})).json()["execution_id"] for _ in range(2)]
    child = await create(client, "child", waits(signal="go"))
    starts = {"action_id": "s", "action_type": "sub_workflow", "config": {"workflow_id": child["workflow_id"]}}
    ids["EXECUTION"] = await begun("parent", starts)
    ids["WORKFLOW_LIMIT"] = second
    await soon(scripted.arrived)
    for reason, execution_id in ids.items():
        if reason != "WORKFLOW_LIMIT":
            await rests(client, execution_id)
    [of_child] = await find(client, {"parentId": [ids["EXECUTION"]]})
    await rests(client, of_child)
    for reason, execution_id in ids.items():
        others = [of_child] if reason == "SIGNAL" else []
        assert await find(client, {"waitReason": [reason]}) == [*others, execution_id], reason
    assert first not in await find(client, {"waitReason": [*ids]})
    assert len(await find(client, {"waitReason": [*ids]})) == len(ids) + 1
    assert await find(client, {"waitReason": ["TIMER"], "status": ["COMPLETED"]}) == []
    await client.post(f"/workflows/executions/{ids['RETRY_BACKOFF']}/cancel")
    assert await find(client, {"waitReason": ["RETRY_BACKOFF"]}) == []
    [error] = await top_level_errors(client, FIND, filter={"waitReason": ["TIMER", "DEPENDENCIES"]})
    [fault] = error["extensions"]["faults"]
    assert fault["loc"] == ["filter", "waitReason"]
    assert "DEPENDENCIES" in fault["msg"] and "APPROVAL" in fault["msg"]
    scripted.released.set()

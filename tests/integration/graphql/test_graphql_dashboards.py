"""What dashboards ask for: counts by group, a workflow's totals, its graph, the timeline of an execution."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from models.entities.executions import Event
from models.words import EventType, WaitReason
from resolvers.executions.graphs import Graph, GraphEdge, GraphNode, mermaid
from resolvers.executions.timeline import SpanKind, timeline
from tests.support.calls import Json, call, create, ended, graphql, held, notify, run, soon, start
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

GROUPS = """
query ($field: ExecutionGroup!, $filter: ExecutionFilterInput, $first: Int) {
  executionsGroupedBy(field: $field, filter: $filter, first: $first) {
    groups { key count workflow { name } } counted isComplete
  }
}
"""


async def counted(client: httpx.AsyncClient, field: str, **arguments: Any) -> dict[str, int]:
    found = (await graphql(client, GROUPS, field=field, **arguments))["executionsGroupedBy"]
    assert found["isComplete"] is True
    return {group["key"]: group["count"] for group in found["groups"]}


async def test_executions_are_counted_by_each_field(client: httpx.AsyncClient) -> None:
    good = (await create(client, "good", notify("a")))["workflow_id"]
    bad = (await create(client, "bad", notify("a", "{{ghost}}")))["workflow_id"]
    for workflow, times in ((good, 3), (bad, 2)):
        for _ in range(times):
            await run(client, workflow)
    today = datetime.now(UTC).date().isoformat()
    assert await counted(client, "STATUS") == {"completed": 3, "failed": 2}
    assert await counted(client, "WORKFLOW") == {good: 3, bad: 2}
    assert await counted(client, "CREATED_BY") == {"ada": 5}
    assert await counted(client, "DAY") == {today: 5}
    assert await counted(client, "STATUS", filter={"workflowId": bad}) == {"failed": 2}
    assert list(await counted(client, "WORKFLOW", first=1)) == [good]
    found = await graphql(client, GROUPS, field="WORKFLOW")
    assert [group["workflow"]["name"] for group in found["executionsGroupedBy"]["groups"]] == ["good", "bad"]
    query = """query ($id: ID!) { workflow(id: $id) {
      statistics { executions live completed failed cancelled successRate averageSeconds }
    } }"""
    totals = (await graphql(client, query, id=bad))["workflow"]["statistics"]
    assert totals.pop("averageSeconds") >= 0
    assert totals == {"executions": 2, "live": 0, "completed": 0, "failed": 2, "cancelled": 0, "successRate": 0.0}


DAG = """
query ($id: ID!) { workflow(id: $id) { dag {
  nodes { actionId name level status } edges { source target isImplicit } mermaid
} } }
"""


async def test_a_graph_has_the_edges_of_templates_too(client: httpx.AsyncClient) -> None:
    hostile = 'end "]; click n0 "javascript:alert(1)" <b> `x`'
    workflow = await create(
        client,
        "graph",
        notify("first"),
        notify("second", "{{first.response.message}}", name=hostile),
        notify("third", depends_on=["first", "second"]),
    )
    drawn = (await graphql(client, DAG, id=workflow["workflow_id"]))["workflow"]["dag"]
    assert [(node["actionId"], node["level"], node["status"]) for node in drawn["nodes"]] == [
        ("first", 0, None),
        ("second", 1, None),
        ("third", 2, None),
    ]
    assert drawn["edges"] == [
        {"source": "first", "target": "second", "isImplicit": True},
        {"source": "first", "target": "third", "isImplicit": False},
        {"source": "second", "target": "third", "isImplicit": False},
    ]
    head, *lines = drawn["mermaid"].splitlines()
    assert (head, len(lines)) == ("flowchart TD", 6)
    assert lines[0] == '  n0["first"]'
    assert lines[3:] == ["  n0 -.-> n1", "  n0 --> n2", "  n1 --> n2"]
    label = lines[1].removeprefix('  n1["').removesuffix('"]')
    assert not set(label) & set('"<>[]`()\n\\{}')


async def test_a_label_cannot_leave_its_quotes() -> None:
    for text in ('"', "]", "\n", "`md`", "#35;", "a;b", "%%{init}%%", "<script>", "é 中"):
        drawn = mermaid(Graph((GraphNode("a", "notification", text, 0),), (GraphEdge("a", "a", False),)))
        _, node, edge = drawn.splitlines()
        assert node.startswith('  n0["')
        assert node.endswith('"]')
        assert node.count('"') == 2
        assert edge == "  n0 --> n0"


async def test_the_graph_and_the_timeline_of_a_running_execution(
    client: httpx.AsyncClient, scripted: ScriptedService
) -> None:
    scripted.answers["/held"] = held
    actions = [notify("first"), call("second", "/held", depends_on=["first"]), notify("third", "{{second.status}}")]
    execution_id = await start(client, (await create(client, "w", *actions))["workflow_id"])
    await soon(scripted.arrived)
    query = """
    query ($id: ID!) { execution(id: $id) {
      dag { nodes { actionId status } mermaid }
      timeline { actionId spans { kind startedAt endedAt attempt reason } }
    } }
    """
    execution = (await graphql(client, query, id=execution_id))["execution"]
    statuses = {node["actionId"]: node["status"] for node in execution["dag"]["nodes"]}
    assert statuses == {"first": "SUCCESS", "second": "RUNNING", "third": None}
    assert ":::running" in execution["dag"]["mermaid"]
    rows: dict[str, list[Json]] = {row["actionId"]: row["spans"] for row in execution["timeline"]}
    assert list(rows) == ["first", "second"]
    assert (rows["second"][-1]["kind"], rows["second"][-1]["endedAt"]) == ("RUNNING", None)
    scripted.released.set()
    await ended(client, execution_id)
    execution = (await graphql(client, query, id=execution_id))["execution"]
    assert [row["actionId"] for row in execution["timeline"]] == ["first", "second", "third"]
    for row in execution["timeline"]:
        moments = [moment for span in row["spans"] for moment in (span["startedAt"], span["endedAt"])]
        assert row["spans"][-1]["kind"] == "RUNNING"
        assert None not in moments
        assert moments == sorted(moments)


def at(second: int) -> datetime:
    return datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)


async def test_a_timeline_tells_retries_deferrals_and_interruptions() -> None:
    drawn = Graph((GraphNode("a", "x", None, 0), GraphNode("b", "x", None, 1)), (GraphEdge("a", "b", False),))
    retry = {"due_at": "2026-01-01T00:00:06Z", "reason": "retry_backoff", "error": {}}
    told = [
        (EventType.EXECUTION_QUEUED, None, 0, {}),
        (EventType.EXECUTION_STARTED, None, 1, {}),
        (EventType.ACTION_DEFERRED, "a", 2, {"due_at": "2026-01-01T00:00:03Z", "reason": "circuit_open"}),
        (EventType.ACTION_STARTED, "a", 3, {"attempt": 1}),
        (EventType.ACTION_RETRY_SCHEDULED, "a", 4, retry),
        (EventType.ACTION_STARTED, "a", 6, {"attempt": 2}),
        (EventType.EXECUTION_RESUMED, None, 8, {}),
        (EventType.ACTION_STARTED, "a", 9, {"attempt": 3}),
        (EventType.ACTION_SUCCEEDED, "a", 10, {"response": 1}),
        (EventType.EXECUTION_CANCELLED, None, 12, {}),
    ]
    events = [Event(number, kind, at(second), name, data) for number, (kind, name, second, data) in enumerate(told, 1)]
    first, second = timeline(drawn, events)
    assert [(span.kind, span.started_at.second, span.ended_at, span.attempt, span.reason) for span in first.spans] == [
        (SpanKind.QUEUED, 1, at(2), 1, None),
        (SpanKind.WAITING, 2, at(3), 1, WaitReason.CIRCUIT_OPEN),
        (SpanKind.RUNNING, 3, at(4), 1, None),
        (SpanKind.WAITING, 4, at(6), 2, WaitReason.RETRY_BACKOFF),
        (SpanKind.RUNNING, 6, at(8), 2, None),
        (SpanKind.QUEUED, 8, at(9), 3, None),
        (SpanKind.RUNNING, 9, at(10), 3, None),
    ]
    assert [(span.kind, span.started_at, span.ended_at) for span in second.spans] == [(SpanKind.QUEUED, at(10), at(12))]

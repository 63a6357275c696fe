"""Metrics are true: the documented JSON, Prometheus' text, and GraphQL, on both databases (decision X7)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open_metrics
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update
from websockets.asyncio.client import connect as connect_socket

from app.settings.settings import Settings
from models.database.connect import connect
from models.database.postgres import PostgresDatabase
from models.database.sqlite import SqliteDatabase
from models.errors import Unavailable
from models.words import ExecutionStatus
from resolvers.context import Services
from resolvers.executions import counts as execution_counts
from resolvers.executions.rows import EXECUTIONS
from tests.support.calls import (
    Json,
    answer,
    assert_envelope,
    call,
    create,
    ended,
    graphql,
    held,
    notify,
    run,
    soon,
    sse,
    start,
    token,
)
from tests.support.scripted_service import PartnerService

pytestmark = pytest.mark.asyncio

METRICS = """{
  timestamp
  system { cpuUsagePercent memoryUsageMb diskUsagePercent }
  application { activeConnections requestsPerSecond averageResponseTimeMs }
  workflows { activeExecutions queuedExecutions completedToday failedToday }
}"""
QUERY = f"{{ systemMetrics {METRICS} }}"
WATCH = f"subscription ($every: Int) {{ systemMetrics(intervalSeconds: $every) {METRICS} }}"
TEXT = {"Accept": "text/plain"}


async def workflows(client: httpx.AsyncClient) -> Json:
    """The figures of the executions."""
    found = await client.get("/metrics")
    assert found.status_code == 200, found.text
    return dict(found.json()["workflows"])


async def samples(client: httpx.AsyncClient) -> dict[tuple[str, tuple[str, ...]], float]:
    """The samples of Prometheus' text by name and label values."""
    found = await client.get("/metrics", headers=TEXT)
    assert found.status_code == 200
    families = text_string_to_metric_families(found.text)
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


async def test_the_documented_body(client: httpx.AsyncClient) -> None:
    found = await client.get("/metrics")
    assert found.headers["content-type"] == "application/json"
    body = found.json()
    assert list(body) == ["timestamp", "system", "application", "workflows"]
    assert abs(datetime.now(UTC) - datetime.fromisoformat(body["timestamp"])) < timedelta(minutes=1)
    assert list(body["system"]) == ["cpu_usage_percent", "memory_usage_mb", "disk_usage_percent"]
    assert 0 <= body["system"]["cpu_usage_percent"] <= 100
    assert 20 < body["system"]["memory_usage_mb"] < 4_000
    assert 0 < body["system"]["disk_usage_percent"] <= 100
    assert list(body["application"]) == ["active_connections", "requests_per_second", "average_response_time_ms"]
    assert body["application"]["active_connections"] == 1
    assert list(body["workflows"]) == ["active_executions", "queued_executions", "completed_today", "failed_today"]


async def test_what_ended_today_is_counted_at_once(
    client: httpx.AsyncClient, scripted: PartnerService, settings: Settings
) -> None:
    assert set((await workflows(client)).values()) == {0}
    good = await create(client, "good", notify("a"))
    await run(client, good["workflow_id"])
    assert (await workflows(client))["completed_today"] == 1
    scripted.answers["/fail"] = answer({}, 500)
    bad = await create(client, "bad", call("a", "/fail"))
    await run(client, bad["workflow_id"])
    scripted.answers["/held"] = held
    late = await create(client, "late", call("a", "/held"), timeout_seconds=1)
    timed_out = await ended(client, await start(client, late["workflow_id"]))
    assert timed_out["error"]["code"] == "TIMEOUT"
    assert await workflows(client) == {
        "active_executions": 0,
        "queued_executions": 0,
        "completed_today": 1,
        "failed_today": 2,
    }
    await shift(settings, timedelta(days=-1))
    assert set((await workflows(client)).values()) == {0}


async def shift(settings: Settings, by: timedelta) -> None:
    """Move the end of all executions."""
    database = await connect(settings.url)
    moved = datetime.now(UTC) + by
    await database.transaction(lambda connection: connection.execute(update(EXECUTIONS).values(completed_at=moved)))
    await database.close()


async def test_what_is_under_way_is_counted(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    scripted.answers["/held"] = held
    waiting = await create(client, "waiting", call("a", "/held"))
    execution_id = await start(client, waiting["workflow_id"])
    await soon(scripted.arrived)
    assert (await workflows(client))["active_executions"] == 1
    found = await samples(client)
    assert found["orchestrator_executions_live", ("running",)] == 1
    assert found["orchestrator_executions_at_work", ()] == 1
    await client.post(f"/workflows/executions/{execution_id}/cancel")
    assert (await workflows(client))["active_executions"] == 0
    found = await samples(client)
    assert found["orchestrator_executions_ended_total", ("cancelled",)] == 1
    assert found["orchestrator_executions_accepted_total", ()] == 1


async def test_all_tenants_are_counted_and_none_is_named(client: httpx.AsyncClient) -> None:
    elsewhere = {**token("mallory", "secret-tenant", "editor")}
    created = await client.post(
        "/workflows", json={"name": "secret-workflow", "actions": [notify("a")]}, headers=elsewhere
    )
    path = f"/workflows/{created.json()['workflow_id']}/execute"
    await client.post(path, json={"async_execution": False}, headers=elsewhere)
    client.headers.pop("X-User-ID")
    assert (await workflows(client))["completed_today"] == 1
    assert "secret" not in (await client.get("/metrics")).text + (await client.get("/metrics", headers=TEXT)).text


async def test_a_bad_credential_is_refused(client: httpx.AsyncClient) -> None:
    refused = await client.get("/metrics", headers={"Authorization": "Bearer nonsense"})
    assert_envelope(refused, 401, "UNAUTHENTICATED")


async def test_requests_are_counted_by_template(client: httpx.AsyncClient) -> None:
    workflow = await create(client, "one")
    for _ in range(3):
        await client.get(f"/workflows/{workflow['workflow_id']}")
    await client.get("/nowhere/at/all")
    await client.get("/workflows/wf_0000000000000000")
    found = await samples(client)
    assert found["http_requests_total", ("GET", "200")] == 3
    assert found["http_requests_total", ("POST", "201")] == 1
    assert found["http_requests_total", ("GET", "404")] == 2
    assert found["http_request_duration_seconds_count", ("GET", "/workflows/{workflow_id}")] == 4
    assert found["http_request_duration_seconds_count", ("GET", "unmatched")] == 1
    assert found["http_request_duration_seconds_bucket", ("+Inf", "GET", "/workflows/{workflow_id}")] == 4
    assert found["http_connections_open", ()] == 1
    assert not any("wf_" in value or "nowhere" in value for _, labels in found for value in labels)


async def test_the_last_minute_is_counted(client: httpx.AsyncClient) -> None:
    for _ in range(30):
        await client.get("/healthz")
    application = (await client.get("/metrics")).json()["application"]
    assert 0.5 <= application["requests_per_second"] <= 31
    assert 0 < application["average_response_time_ms"] < 1_000


async def test_prometheus_reads_both_formats(client: httpx.AsyncClient) -> None:
    plain = await client.get("/metrics", headers=TEXT)
    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert plain.headers["vary"] == "Accept"
    names = {family.name for family in text_string_to_metric_families(plain.text)}
    assert {"http_request_duration_seconds", "orchestrator_build_info", "process_resident_memory_bytes"} <= names
    opened = await client.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert opened.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert {family.name for family in parse_open_metrics(opened.text)} >= {
        "http_requests",
        "orchestrator_executions_live",
    }


async def test_open_streams_and_sockets_are_connections(client: httpx.AsyncClient, server: str) -> None:
    stream = sse(client, WATCH, every=60)
    first = (await anext(stream))["data"]["systemMetrics"]
    assert first["application"]["activeConnections"] == 1
    socket_url = f"{server.replace('http', 'ws')}/graphql"
    async with connect_socket(socket_url, subprotocols=["graphql-transport-ws"]):  # type: ignore[list-item]  # a `Subprotocol` is a str
        # The stream, the socket, and the request that asks.
        assert (await client.get("/metrics")).json()["application"]["active_connections"] == 3
    await stream.aclose()  # type: ignore[attr-defined]  # it is an async generator
    async with asyncio.timeout(10):
        # The server tells nobody when it has noticed that a client has gone.
        while (await client.get("/metrics")).json()["application"]["active_connections"] > 1:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)


async def test_graphql_says_the_same(client: httpx.AsyncClient) -> None:
    good = await create(client, "good", notify("a"))
    await run(client, good["workflow_id"])
    rest = (await client.get("/metrics")).json()
    edge = (await graphql(client, QUERY))["systemMetrics"]
    assert edge["workflows"] == {
        "activeExecutions": 0,
        "queuedExecutions": 0,
        "completedToday": 1,
        "failedToday": 0,
    }
    assert edge["system"]["diskUsagePercent"] == pytest.approx(rest["system"]["disk_usage_percent"], abs=5)
    client.headers.pop("X-User-ID")
    assert (await graphql(client, QUERY))["systemMetrics"]["workflows"]["completedToday"] == 1


async def test_the_subscription_tells_again(client: httpx.AsyncClient) -> None:
    good = await create(client, "good", notify("a"))
    completed = []
    async for message in sse(client, WATCH, every=1):
        completed.append(message["data"]["systemMetrics"]["workflows"]["completedToday"])
        if len(completed) == 2:
            break
        await run(client, good["workflow_id"])
    assert completed == [0, 1]


async def test_the_interval_has_bounds(client: httpx.AsyncClient) -> None:
    for every in (0, -1, 3_601):
        messages = [message async for message in sse(client, WATCH, every=every)]
        assert [message["errors"][0]["extensions"]["code"] for message in messages] == ["VALIDATION_ERROR"]


async def test_the_subscription_needs_a_caller(client: httpx.AsyncClient) -> None:
    client.headers.pop("X-User-ID")
    messages = [message async for message in sse(client, WATCH, every=1)]
    assert [message["errors"][0]["extensions"]["code"] for message in messages] == ["UNAUTHENTICATED"]


async def test_without_a_database(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_database: Any, _work: Any) -> Any:
        raise Unavailable("The database does not answer: try again in a moment")

    for database in (SqliteDatabase, PostgresDatabase):
        monkeypatch.setattr(database, "read", away)
    refused = await client.get("/metrics")
    assert_envelope(refused, 503, "UNAVAILABLE")
    assert refused.headers["retry-after"]
    found = await samples(client)
    assert found["http_requests_total", ("GET", "503")] == 1
    assert ("orchestrator_executions_live", ("running",)) not in found


async def test_the_counts_read_their_index_alone(services: Services) -> None:
    """At a million executions a count must not read the executions themselves."""
    day = datetime.now(UTC) - timedelta(days=1)
    seen: list[str] = []

    def explain(connection: Any) -> None:
        if connection.dialect.name != "sqlite":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        prefix = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        for statement in (execution_counts.LIVE_COUNT, execution_counts.ended_count(ExecutionStatus.COMPLETED, day)):
            compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
            seen.append(" ".join(str(row) for row in connection.execute(text(prefix + str(compiled)))))

    await services.database.read(explain)
    assert "ix_execution_live" in seen[0]
    assert "ix_execution_ended" in seen[1]

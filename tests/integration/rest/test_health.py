"""Health by what really answers, through both edges, on both databases (decision X6, FAULTS F6 and F7)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import make_url

from app.asgi import create_app
from app.cluster import Cluster
from app.server.serving import serving
from app.settings.settings import Settings
from engine.dispatch.postgres_line import PostgresLine
from engine.dispatch.redis_line import RedisLine
from engine.dispatch.relay import Line
from engine.services.gates import ServiceGates
from engine.services.outbound import Outbound
from engine.services.registry import Service
from engine.services.session_transport import SessionTransport
from models.database.postgres import PostgresDatabase
from models.database.sqlite import SqliteDatabase
from models.entities.operations import ComponentStatus, HealthStatus
from models.errors import Unavailable
from resolvers.context import Context
from resolvers.operations.health import get_health
from resolvers.operations.traffic import Traffic
from resolvers.operations.vitals import PROBE_FRESH_SECONDS, watch
from tests.support.calls import (
    NO_TLS,
    PATIENCE_SECONDS,
    answer,
    assert_envelope,
    call,
    create,
    graphql,
    held,
    soon,
    start,
)
from tests.support.databases import PostgresServer
from tests.support.scripted_service import PartnerService
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio

PATH = "/workflows/health"
HEALTH = """
{ health {
  status timestamp version
  services { database redis wakeUps externalServices { name status } }
  metrics { uptimeSeconds activeExecutions queuedExecutions }
  serviceGates { name circuit openUntil consecutiveFailures running waiting }
} }
"""
NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@asynccontextmanager
async def service(
    settings: Settings, clock: MovableClock | None = None, **services: Service
) -> AsyncIterator[httpx.AsyncClient]:
    """The whole service with these registered services, and a client of `ada`."""
    settings = msgspec.structs.replace(settings, services=services or settings.services)
    async with (
        serving(create_app(settings, clock=clock)) as url,
        httpx.AsyncClient(base_url=url, headers={"X-User-ID": "ada"}, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


def replace_reads(monkeypatch: pytest.MonkeyPatch, read: Callable[..., Any]) -> None:
    """Make every database read, and answer a probe, as the test says."""
    for database in (SqliteDatabase, PostgresDatabase):
        monkeypatch.setattr(database, "read", read)
        monkeypatch.setattr(database, "probe", lambda self: read(self, None))


async def away(_database: Any, _work: Any) -> Any:
    """A database that cannot be reached."""
    raise Unavailable("away")


async def hang(_database: Any, _work: Any) -> Any:
    """A database that takes the question and never answers."""
    await asyncio.Event().wait()


async def test_the_documented_body(client: httpx.AsyncClient, settings: Settings) -> None:
    healthy = await client.get(PATH)
    assert healthy.status_code == 200
    body = healthy.json()
    assert abs(datetime.now(UTC) - datetime.fromisoformat(body.pop("timestamp"))) < timedelta(minutes=1)
    assert body.pop("metrics").keys() == {"uptime_seconds", "active_executions", "queued_executions"}
    assert body["services"].pop("wake_ups", None) == (None if settings.is_embedded else "healthy")
    assert body == {
        "status": "healthy",
        "version": "0.1.0",
        "services": {"database": "healthy", "redis": "not_configured", "external_services": {}},
        "service_gates": {},
    }


async def test_both_edges_say_the_same(settings: Settings, clock: MovableClock, scripted: PartnerService) -> None:
    async with service(settings, clock, up=scripted.service("up"), down=Service(name="down", url=NOBODY)) as client:
        clock.put_forward(3_600)
        rest = (await client.get(PATH)).json()
        edge = (await graphql(client, HEALTH))["health"]
    assert rest["services"]["external_services"] == {"up": "healthy", "down": "unhealthy"}
    assert (rest["status"], edge["status"]) == ("degraded", "DEGRADED")
    assert edge["services"] == {
        "database": "HEALTHY",
        "redis": "NOT_CONFIGURED",
        "wakeUps": "NOT_CONFIGURED" if settings.is_embedded else "HEALTHY",
        "externalServices": [{"name": "up", "status": "HEALTHY"}, {"name": "down", "status": "UNHEALTHY"}],
    }
    assert rest["metrics"].keys() == {"uptime_seconds", "active_executions", "queued_executions"}
    assert 3600 <= rest["metrics"]["uptime_seconds"] <= edge["metrics"]["uptimeSeconds"] < 3700
    assert rest["version"] == edge["version"]


async def test_what_a_service_answers(settings: Settings, clock: MovableClock, scripted: PartnerService) -> None:
    async with service(settings, clock) as client:
        for status, word in ((200, "healthy"), (404, "healthy"), (302, "healthy"), (500, "unhealthy")):
            scripted.answers["/health"] = answer({}, status)
            clock.put_forward(PROBE_FRESH_SECONDS)
            healthy = await client.get(PATH)
            assert healthy.status_code == 200
            assert healthy.json()["services"]["external_services"] == {"scripted": word}
    assert [request["method"] for request in scripted.requests] == ["GET"] * 4


async def test_a_service_that_hangs_is_not_waited_for(
    client: httpx.AsyncClient, scripted: PartnerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.services.health.PROBE_SECONDS", 0.1)
    scripted.answers["/health"] = held
    assert (await client.get(PATH)).json()["services"]["external_services"] == {"scripted": "unhealthy"}


async def test_a_malformed_entry_fails_for_itself_alone(settings: Settings, scripted: PartnerService) -> None:
    broken = Service(name="broken", url="http://[no-address")
    async with service(settings, up=scripted.service("up"), broken=broken) as client:
        external = (await client.get(PATH)).json()["services"]["external_services"]
    assert external == {"up": "healthy", "broken": "unhealthy"}


async def test_names_are_for_the_authenticated_alone(settings: Settings) -> None:
    async with service(settings, secret_partner=Service(name="secret_partner", url=NOBODY)) as client:
        client.headers.pop("X-User-ID")
        rest = await client.get(PATH)
        edge = await client.post("/graphql", json={"query": HEALTH})
        assert (rest.status_code, rest.json()["status"]) == (200, "degraded")
        assert rest.json()["services"]["external_services"] == {}
        assert "service_gates" not in rest.json()
        assert edge.json()["data"]["health"]["services"]["externalServices"] == []
        assert edge.json()["data"]["health"]["serviceGates"] == []
        assert "secret_partner" not in rest.text + edge.text


async def test_a_bad_credential_is_refused(client: httpx.AsyncClient) -> None:
    refused = await client.get(PATH, headers={"Authorization": "Bearer nonsense"})
    assert_envelope(refused, 401, "UNAUTHENTICATED")


async def test_a_hundred_probes_cause_one_round(
    settings: Settings, clock: MovableClock, scripted: PartnerService
) -> None:
    async with service(settings, clock) as client:
        answers = await asyncio.gather(*(client.get(PATH) for _ in range(100)))
        assert {(probe.status_code, probe.json()["status"]) for probe in answers} == {(200, "healthy")}
        assert len(scripted.requests) == 1
        clock.put_forward(PROBE_FRESH_SECONDS)
        await client.get(PATH)
        assert len(scripted.requests) == 2


async def test_the_counts_are_true(client: httpx.AsyncClient, scripted: PartnerService) -> None:
    scripted.answers["/held"] = held
    workflow = await create(client, "waiting", call("a", "/held"))
    for _ in range(2):
        scripted.arrived.clear()
        await start(client, workflow["workflow_id"])
        await soon(scripted.arrived)
    metrics = (await client.get(PATH)).json()["metrics"]
    assert (metrics["active_executions"], metrics["queued_executions"]) == (2, 0)


async def test_without_a_database_it_is_unhealthy_and_says_so(
    settings: Settings, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with service(settings, clock) as client:
        assert (await client.get("/readyz")).status_code == 200
        with monkeypatch.context() as outage:
            replace_reads(outage, away)
            clock.put_forward(PROBE_FRESH_SECONDS)
            unhealthy = await client.get(PATH)
            ready, alive = await client.get("/readyz"), await client.get("/healthz")
            edge = (await graphql(client, HEALTH))["health"]
        assert (unhealthy.status_code, unhealthy.json()["status"]) == (503, "unhealthy")
        assert unhealthy.json()["services"]["database"] == "unhealthy"
        assert unhealthy.json()["metrics"]["active_executions"] is None
        assert (edge["status"], edge["metrics"]["queuedExecutions"]) == ("UNHEALTHY", None)
        assert (ready.status_code, ready.json()) == (503, {"status": "database_unavailable"})
        assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
        assert (await client.get(PATH)).status_code == 503
        clock.put_forward(PROBE_FRESH_SECONDS)
        assert (await client.get(PATH)).status_code == 200
        assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_a_database_that_never_answers_is_asked_once(
    settings: Settings, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.operations.vitals.PATIENCE_SECONDS", 0.1)
    asked = 0

    async def hang_once(database: Any, work: Any) -> Any:
        nonlocal asked
        # The engine and the worker of bulk operations have timers of their own.
        asked += work is None or work.__module__.startswith(("resolvers.operations.", "resolvers.executions."))
        await hang(database, work)

    async with service(settings, clock) as client:
        with monkeypatch.context() as outage:
            replace_reads(outage, hang_once)
            probes = await asyncio.gather(*(client.get(PATH) for _ in range(20)))
            probes += [await client.get(PATH) for _ in range(3)]
            assert {probe.status_code for probe in probes} == {503}
            assert asked == 2  # the probe and the counts, each once


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_real_outage(settings: Settings, clock: MovableClock, postgres: PostgresServer) -> None:
    name = make_url(settings.url).database
    async with service(settings, clock) as client:
        await postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await postgres.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608  # our own name
        )
        clock.put_forward(PROBE_FRESH_SECONDS)
        assert (await client.get(PATH)).json()["services"]["database"] == "unhealthy"
        assert (await client.get("/readyz")).status_code == 503
        await postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        clock.put_forward(PROBE_FRESH_SECONDS)
        assert (await client.get(PATH)).status_code == 200


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("line", [PostgresLine("postgresql://127.0.0.1:1/nowhere"), RedisLine("redis://127.0.0.1:1")])
async def test_a_node_that_does_not_hear_the_others_is_degraded_and_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, line: Line
) -> None:
    monkeypatch.setattr(Cluster, "_line", lambda _cluster: line)
    async with service(settings) as client, asyncio.timeout(PATIENCE_SECONDS):
        while (body := (await client.get(PATH)).json())["status"] == "healthy":
            continue  # the first try to connect is still under way
        edge = (await graphql(client, HEALTH))["health"]
        metrics = (await client.get("/metrics", headers={"Accept": "text/plain"})).text
    assert (body["status"], body["services"]["database"], body["services"]["wake_ups"]) == (
        "degraded",
        "healthy",
        "unhealthy",
    )
    assert (edge["status"], edge["services"]["wakeUps"]) == ("DEGRADED", "UNHEALTHY")
    assert "orchestrator_wake_ups_connected 0.0" in metrics


@pytest.mark.parametrize(
    ("answers", "status", "redis"),
    [
        (True, HealthStatus.HEALTHY, ComponentStatus.HEALTHY),
        (False, HealthStatus.DEGRADED, ComponentStatus.UNHEALTHY),
        (None, HealthStatus.DEGRADED, ComponentStatus.UNHEALTHY),
    ],
)
async def test_a_lost_redis_degrades(
    ctx: Context, tmp_path: Path, answers: bool | None, status: HealthStatus, redis: ComponentStatus
) -> None:
    async def ping() -> bool:
        if answers is None:
            raise ConnectionError("lost")
        return answers

    outbound = Outbound(SessionTransport())
    services = ctx.services
    vitals = watch(
        services.database,
        outbound,
        {},
        ServiceGates({}, services.clock),
        services.clock,
        Traffic(),
        version="1",
        data_directory=tmp_path,
        redis=ping,
    )
    health = await get_health(Context(ctx.viewer, msgspec.structs.replace(services, vitals=vitals)))
    await outbound.close()
    assert (health.status, health.redis, health.database) == (status, redis, ComponentStatus.HEALTHY)

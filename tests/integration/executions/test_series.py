"""Executions over time are counted to the microsecond, alike on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, update

from resolvers.context import Context, Services
from resolvers.executions.rows import EXECUTIONS
from resolvers.overviews import series
from schema.context import GraphQLContext
from schema.schema import build_schema
from tests.support.calls import Json, notify
from tests.support.edges.graphql_operations import top_level_errors
from tests.support.engine_calls import ADA, create, execute
from tests.support.statements import watched

pytestmark = pytest.mark.asyncio

SCHEMA = build_schema(test_environment=True)
SERIES = """
query ($since: DateTime!, $until: DateTime!, $buckets: Int!, $filter: ExecutionFilterInput) {
  executionSeries(since: $since, until: $until, buckets: $buckets, filter: $filter) {
    buckets { since until accepted completed failed cancelled } runs p50Seconds p95Seconds
  }
}
"""
START = datetime(2026, 3, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


async def asked(services: Services, query: str, **variables: Any) -> Json:
    found = await SCHEMA.execute(query, variables, context_value=GraphQLContext(Context(ADA, services), {}))
    assert not found.errors, found.errors
    return dict(found.data or {})


async def over_time(services: Services, buckets: int, hours: int, **filter: Any) -> Json:
    until = START + timedelta(hours=hours)
    moments = {"since": START.isoformat(), "until": until.isoformat()}
    return dict((await asked(services, SERIES, **moments, buckets=buckets, filter=filter))["executionSeries"])


async def lasted(ctx: Context, workflow_id: str, begun: timedelta, took: timedelta, **more: Any) -> str:
    """An execution that was accepted so long after the start and took so long, as far as anybody can tell."""
    execution = await execute(ctx, workflow_id, async_execution=False, **more)

    def write(connection: Connection) -> None:
        moments = {"created_at": START + begun, "completed_at": START + begun + took}
        connection.execute(update(EXECUTIONS).where(EXECUTIONS.c.id == execution.id).values(moments))

    await ctx.services.database.transaction(write)
    return execution.id


def column(found: Json, name: str) -> list[int | None]:
    return [bucket[name] for bucket in found["buckets"]]


async def test_each_part_holds_what_lies_in_it(
    ctx: Context, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = await create(ctx, notify("a"), name="good")
    bad = await create(ctx, notify("a", "{{ghost}}"), name="bad")
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    for begun in (-TICK, 0 * hour, hour - TICK, hour, 3 * hour - TICK, 3 * hour):
        await lasted(ctx, good, begun, minute)
    await lasted(ctx, bad, 2 * hour, 10 * minute, labels={"team": "x"})
    found = await over_time(services, 3, 3)
    assert [bucket["since"] for bucket in found["buckets"]] == [
        (START + number * hour).isoformat().replace("+00:00", "Z") for number in range(3)
    ]
    assert column(found, "accepted") == [2, 1, 2]
    assert column(found, "completed") == [2, 2, 0]
    assert column(found, "failed") == [0, 0, 1]
    assert column(found, "cancelled") == [0, 0, 0]
    assert (found["runs"], found["p50Seconds"], found["p95Seconds"]) == (4, 60, 60)
    only = await over_time(services, 3, 3, workflowId=[bad])
    assert (column(only, "accepted"), column(only, "failed")) == ([0, 0, 1], [0, 0, 1])
    assert (only["runs"], only["p50Seconds"], only["p95Seconds"]) == (0, None, None)
    labelled = await over_time(services, 3, 3, labels=[{"key": "team", "value": "x"}])
    assert column(labelled, "accepted") == [0, 0, 1]
    for buckets in (1, 7, 200):
        whole = await over_time(services, buckets, 3)
        assert len(whole["buckets"]) == buckets
        assert sum(column(whole, "accepted")) == 5
    monkeypatch.setattr(series, "MAX_COUNTED", 2)
    cut = await over_time(services, 3, 3)
    assert column(cut, "accepted") == [None, None, 2]
    assert column(cut, "completed") == [None, 2, 0]
    monkeypatch.setattr(series, "MAX_TIMED", 1)
    assert (await over_time(services, 3, 3))["runs"] == 1


async def test_nothing_of_another_tenant_is_counted(ctx: Context, services: Services) -> None:
    await lasted(ctx, await create(ctx, notify("a")), timedelta(), timedelta(minutes=1))
    moments = {"since": START.isoformat(), "until": (START + timedelta(hours=1)).isoformat(), "buckets": 1}
    stranger = Context(type(ADA)("sue", "other", ADA.role), services)
    found = await SCHEMA.execute(SERIES, moments, context_value=GraphQLContext(stranger, {}))
    assert found.data is not None
    [bucket] = found.data["executionSeries"]["buckets"]
    assert (bucket["accepted"], bucket["completed"]) == (0, 0)


async def test_a_workflow_tells_how_long_its_latest_runs_took_in_one_statement_for_all(
    ctx: Context, services: Services
) -> None:
    for name in ("a", "b"):
        workflow_id = await create(ctx, notify("a"), name=name)
        for seconds in (1, 2, 3, 100):
            execution_id = await lasted(ctx, workflow_id, timedelta(), timedelta(seconds=seconds))
            changed = update(EXECUTIONS).where(EXECUTIONS.c.id == execution_id).values(started_at=START)
            await services.database.transaction(lambda connection, changed=changed: connection.execute(changed))
    services, seen = watched(services)
    nodes = (await asked(services, "{ workflows { nodes { statistics { p50Seconds p95Seconds } } } }"))["workflows"]
    assert [node["statistics"] for node in nodes["nodes"]] == [{"p50Seconds": 2, "p95Seconds": 100}] * 2
    assert sum("past_execution" in statement for statement in seen) == 1


async def test_a_range_that_is_none_is_refused(client: httpx.AsyncClient) -> None:
    moments = {"since": START.isoformat(), "until": START.isoformat()}
    later = {"since": START.isoformat(), "until": (START + timedelta(hours=1)).isoformat()}
    for wrong in (moments | {"buckets": 3}, later | {"buckets": 0}, later | {"buckets": 201}):
        [error] = await top_level_errors(client, SERIES, **wrong)
        assert error["extensions"]["code"] == "VALIDATION_ERROR"

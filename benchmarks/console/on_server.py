"""What the questions about all executions cost the server's processor."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import psutil

from models.commands.filters import FLEETING
from models.words import WaitReason
from tests.support.calls import Json, graphql

TIMES, OFTEN = 10, 100
WAITS = [reason.name for reason in WaitReason if reason not in FLEETING]

COUNT = "query ($filter: ExecutionFilterInput) { executions(filter: $filter, first: 0) { totalCount } }"
PAGE = "query ($filter: ExecutionFilterInput) { executions(filter: $filter, first: 50) { nodes { id strip reason } } }"
LIST = "query ($first: Int!) { executions(first: $first) { nodes { %s } } }"
GROUPS = "query ($by: ExecutionGroup!) { executionsGroupedBy(field: $by) { groups { key count } counted } }"
SERIES = """
query ($since: DateTime!, $until: DateTime!, $buckets: Int!, $filter: ExecutionFilterInput) {
  executionSeries(since: $since, until: $until, buckets: $buckets, filter: $filter) {
    buckets { accepted completed failed cancelled } p50Seconds p95Seconds } }
"""


class Question(NamedTuple):
    """An operation of which the console asks."""

    name: str
    query: str
    variables: Mapping[str, Any]


def questions() -> Iterator[Question]:
    """What Home and Executions ask about all that there are."""
    now = datetime.now(UTC)

    def last(days: int) -> dict[str, str]:
        return {"since": (now - timedelta(days=days)).isoformat(), "until": now.isoformat()}

    failed = {"status": ["FAILED"]}
    filters: dict[str, Json] = {
        "all": {},
        "failed": failed,
        "waiting": {"status": ["RUNNING"], "waitReason": WAITS},
        "by text": {"text": "report"},
        "of 7 days": {"created": last(7)},
        "begun in 7 days": {"started": last(7)},
    }
    for name, chosen in filters.items():
        yield Question(f"totalCount, {name}", COUNT, {"filter": chosen})
        yield Question(f"50 rows, {name}", PAGE, {"filter": chosen})
    for by in ("STATUS", "FAILURE", "WAIT_REASON", "WORKFLOW", "DAY"):
        yield Question(f"executionsGroupedBy {by}", GROUPS, {"by": by})
    for days, buckets in ((1, 48), (60, 60)):
        span = {**last(days), "buckets": buckets}
        yield Question(f"executionSeries, {days} days", SERIES, span)
        yield Question(f"executionSeries, {days} days, failed", SERIES, {**span, "filter": failed})


async def milliseconds(
    client: httpx.AsyncClient, server: psutil.Process, question: Question, times: int = TIMES
) -> float:
    """The processor's time for one answer, in the mean of several."""
    await graphql(client, question.query, **question.variables)
    began = used(server)
    for _ in range(times):
        await graphql(client, question.query, **question.variables)
    return (used(server) - began) / times * 1e3


async def share(client: httpx.AsyncClient, server: psutil.Process, of_500: str) -> float:
    """What a part of an execution of 500 actions takes, as a part of what an execution takes that is looked for."""
    fields = "id status createdBy createdAt startedAt completedAt durationSeconds runSeconds queueSeconds"
    parts = "id actionId status attempt startedAt completedAt isGiven idempotencyKey reusedFrom"
    execution = "query ($id: ID!) { execution(id: $id) { id %s } }"

    async def of(query: str, **variables: Any) -> float:
        return await milliseconds(client, server, Question("", query, variables), OFTEN)

    of_parts = await of(execution % f"actions {{ {parts} }}", id=of_500) - await of(execution % "createdBy", id=of_500)
    of_objects = await of(LIST % fields, first=100) - await of(LIST % fields, first=0)
    return of_parts / 500 / (of_objects / 100)


def used(server: psutil.Process) -> float:
    """The seconds for which it had a processor."""
    times = server.cpu_times()
    return float(times.user + times.system)

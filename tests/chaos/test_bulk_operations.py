"""A bulk cancel with a kill in the middle: each execution is cancelled once, and what is told of it is true."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.cluster import Cluster
from tests.chaos.harm.load import connect
from tests.sizes import sized
from tests.support.calls import create, graphql, start
from tests.support.processes import OrchestratorProcess, Processes

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 1_800))]

EXECUTIONS = sized(300, 10_000)
AT_ONCE = 20
PARTS = (0.2, 0.5)
"""When there are results for so many of all, a process is killed."""

WAIT = {"action_id": "wait", "action_type": "wait", "config": {"signal": "never"}}
CREATE = """mutation ($input: CreateBulkOperationInput!) {
  createBulkOperation(input: $input) { bulkOperation { id total } userErrors { code message } }
}"""
READ = "query ($id: ID!) { bulkOperation(id: $id) { status total succeeded skipped failed left } }"
RESULTS = "SELECT status, COUNT(*) FROM bulk_operation_item GROUP BY status"
CANCELLED = "SELECT COUNT(*) FROM execution WHERE status = 'cancelled'"
AUDITED = "SELECT target FROM audit_entry WHERE action = 'cancel_execution'"

Select = Callable[[str], Awaitable[Any]]


async def waiting(client: httpx.AsyncClient, name: str) -> tuple[str, list[str]]:
    """A workflow and many executions of it that wait."""
    workflow_id = (await create(client, name, WAIT))["workflow_id"]
    left = iter(range(EXECUTIONS))
    ids: list[str] = []

    async def go_on() -> None:
        ids.extend([await start(client, workflow_id) for _ in left])

    await asyncio.gather(*(go_on() for _ in range(AT_ONCE)))
    return workflow_id, ids


async def make(client: httpx.AsyncClient, workflow_id: str) -> str:
    asked = {"kind": "CANCEL", "filter": {"workflowId": [workflow_id]}, "expectedCount": EXECUTIONS}
    made = (await graphql(client, CREATE, input=asked))["createBulkOperation"]
    assert made["userErrors"] == []
    return str(made["bulkOperation"]["id"])


async def reaches(client: httpx.AsyncClient, operation_id: str, succeeded: float) -> dict[str, Any]:
    """The operation once so many have succeeded; it never says less than before."""
    before = 0
    while True:
        operation = (await graphql(client, READ, id=operation_id))["bulkOperation"]
        assert before <= operation["succeeded"] <= operation["total"] == EXECUTIONS
        assert operation["left"] == EXECUTIONS - operation["succeeded"]
        before = operation["succeeded"]
        if before >= succeeded:
            return dict(operation)
        await asyncio.sleep(0.01)


async def told_no_more_than_is(select: Select) -> int:
    """How many are told to be cancelled, at a moment when nobody works on it."""
    told = dict([tuple(row) for row in await select(RESULTS)])
    [(cancelled,)] = await select(CANCELLED)
    assert 0 < told.get("succeeded", 0) <= cancelled
    return int(cancelled) - int(told.get("succeeded", 0))


async def all_cancelled_once(journals: journal_file.Journals, select: Select, ids: list[str]) -> None:
    assert journal_file.faults(journals) == []
    assert journal_file.outcomes(journals) == {"cancelled": EXECUTIONS}
    ends = Counter(event.type for events in journals.values() for event in events)
    assert ends["execution_cancelled"] == EXECUTIONS
    assert sorted(row[0] for row in await select(AUDITED)) == sorted(ids)


async def test_a_bulk_cancel_outlives_kills_and_cancels_each_once(processes: Processes, figures: Figures) -> None:
    orchestrator: OrchestratorProcess = await asyncio.to_thread(processes.orchestrator, {})

    async def select(statement: str) -> Any:
        return await asyncio.to_thread(journal_file.select, orchestrator.data_dir, statement)

    done_again = []
    async with connect(orchestrator.url) as client:
        workflow_id, ids = await waiting(client, "Waits")
        operation_id = await make(client, workflow_id)
        for part in PARTS:
            await reaches(client, operation_id, part * EXECUTIONS)
            await asyncio.to_thread(orchestrator.kill)
            done_again.append(await told_no_more_than_is(select))
            await asyncio.to_thread(orchestrator.start)
        assert (await reaches(client, operation_id, EXECUTIONS))["status"] == "COMPLETED"
    assert await asyncio.to_thread(orchestrator.stop) == 0
    figures(executions=EXECUTIONS, kills=len(PARTS), cancelled_without_a_result_at_the_kill=done_again)
    journals = await asyncio.to_thread(journal_file.read_journals, orchestrator.data_dir)
    await all_cancelled_once(journals, select, ids)


async def test_where_the_node_that_leads_is_killed_another_one_goes_on(cluster: Cluster, figures: Figures) -> None:
    await cluster.start(api=1, workers=2)
    client = cluster.clients[0]
    workflow_id, ids = await waiting(client, "Waits")
    operation_id = await make(client, workflow_id)
    await reaches(client, operation_id, PARTS[0] * EXECUTIONS)
    [(leader,)] = await cluster.select("SELECT MIN(shard) FROM node")
    kinds = {row[0]: row[1] for row in await cluster.select("SELECT shard, kind FROM node")}
    for process in cluster.workers if kinds[leader] == "worker" else cluster.api:
        await asyncio.to_thread(process.kill)
    if kinds[leader] == "api":
        await told_no_more_than_is(cluster.select)
        await asyncio.to_thread(cluster.api[0].start)
    assert (await reaches(client, operation_id, EXECUTIONS))["status"] == "COMPLETED"
    figures(executions=EXECUTIONS, the_leader_was=kinds[leader])
    await all_cancelled_once(await cluster.journals(), cluster.select, ids)

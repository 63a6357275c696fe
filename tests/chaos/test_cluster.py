"""Real processes of a cluster, killed, frozen and asked across: nothing is lost, and nobody does another's work."""

import asyncio
import random
import time
from collections import Counter

import httpx
import pytest

from tests.chaos.conftest import Figures
from tests.chaos.harm import journal_file
from tests.chaos.harm.cluster import Cluster
from tests.chaos.harm.ledger import Ledger
from tests.chaos.harm.load import FAN, Load, settled
from tests.sizes import sized
from tests.support.calls import PATIENCE_SECONDS, create, ended, sse, start
from tests.support.processes import service_call

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(sized(120, 3_600))]

API_NODES, WORKERS = sized((1, 2), (2, 3))
CLIENTS = sized(4, 8)
KILLS = sized(2, 100)
MAX_CALLS_BETWEEN_KILLS = sized(60, 300)
TAKEN_OVER_SECONDS = 10.0
ABORTED_SECONDS = 1.0


EVENTS = "subscription ($id: ID!) { executionEvents(executionId: $id) { sequence type } }"


async def watch(client: httpx.AsyncClient, execution_id: str) -> tuple[list[str], float]:
    """The types of an execution's events to its end, as they come in, and the moment of the last."""
    kinds = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for message in sse(client, EVENTS, id=execution_id):
            assert "errors" not in message, message
            kinds.append(message["data"]["executionEvents"]["type"])
    return kinds, time.monotonic()


async def test_random_kills_of_any_process_lose_nothing_and_repeat_nothing_journaled(
    cluster: Cluster, ledger: Ledger, figures: Figures
) -> None:
    moments = random.Random(KILLS)  # noqa: S311 - to be repeatable is its purpose
    await cluster.start(api=API_NODES, workers=WORKERS)
    workflow = await create(cluster.clients[0], "Fan", *FAN)
    load = Load(cluster, workflow["workflow_id"], ledger, clients=CLIENTS)
    calls_before_result: dict[str, int] = {}
    killed: Counter[str] = Counter()
    for _ in range(KILLS):
        await ledger.reaches(len(ledger.calls) + moments.randrange(1, MAX_CALLS_BETWEEN_KILLS), seconds=60)
        await asyncio.sleep(moments.uniform(0, 0.03))
        process = moments.choice(cluster.nodes)
        killed["api" if process in cluster.api else "workers"] += 1
        await asyncio.to_thread(process.kill)
        for key in journal_file.keys_with_result(await cluster.journals()):
            calls_before_result.setdefault(key, len(ledger.calls))
        await asyncio.to_thread(process.start)
    await load.stop()
    await settled(cluster, workflow["workflow_id"])
    stopped = await asyncio.gather(*(asyncio.to_thread(process.stop) for process in cluster.nodes))

    journals = await cluster.journals()
    keys = ledger.keys
    again = [key for at, key in enumerate(keys) if at >= calls_before_result.get(key, len(keys))]
    calls = Counter(keys)
    figures(
        kills=KILLS,
        of_api_nodes=killed["api"],
        of_workers=killed["workers"],
        executions=len(journals),
        calls=len(ledger.calls),
        repeated_in_flight=sum(calls.values()) - len(calls),
        repeated_after_result=len(again),
    )
    assert stopped == [0] * len(cluster.nodes)
    assert journal_file.faults(journals) == []
    assert journal_file.outcomes(journals) == {"completed": len(journals)}
    assert set(journals) == set(load.accepted.values())
    assert len(journals) == len(load.accepted)
    assert again == []
    assert set(calls) == {f"{execution_id}:{action['action_id']}" for execution_id in journals for action in FAN}
    held = "SELECT id FROM execution WHERE status IN ('queued', 'running')"
    assert await cluster.select(held) == []


async def test_the_executions_of_a_dead_worker_go_on_elsewhere(
    cluster: Cluster, ledger: Ledger, figures: Figures
) -> None:
    await cluster.start(api=1, workers=1)
    client = cluster.clients[0]
    held = service_call("held", "ledger", "/held")
    workflow_id = (await create(client, "Held", held, service_call("last", "ledger", "/fast", depends_on=["held"])))[
        "workflow_id"
    ]
    ids = [await start(client, workflow_id) for _ in range(20)]
    await ledger.reaches(20)
    (first,) = cluster.workers
    await cluster.add_worker()
    killed_at = time.monotonic()
    await asyncio.to_thread(first.kill)
    ledger.released.set()
    for execution_id in ids:
        await ledger.has(f"{execution_id}:last")
    taken_over = max(call.at for call in ledger.calls) - killed_at
    for execution_id in ids:
        assert (await ended(client, execution_id))["status"] == "completed"
    figures(executions=len(ids), all_went_on_within_seconds=taken_over)
    assert taken_over < TAKEN_OVER_SECONDS
    assert Counter(ledger.keys) == {
        **{f"{execution_id}:held": 2 for execution_id in ids},
        **{f"{execution_id}:last": 1 for execution_id in ids},
    }
    assert journal_file.faults(await cluster.journals()) == []


async def test_a_node_that_was_frozen_past_its_lease_writes_nothing_any_more(
    cluster: Cluster, ledger: Ledger, figures: Figures
) -> None:
    await cluster.start(api=1, workers=1)
    client = cluster.clients[0]
    held = service_call("held", "ledger", "/held")
    workflow_id = (await create(client, "Held", held, service_call("last", "ledger", "/fast", depends_on=["held"])))[
        "workflow_id"
    ]
    ids = [await start(client, workflow_id) for _ in range(sized(10, 100))]
    await ledger.reaches(len(ids))
    (frozen,) = cluster.workers
    await cluster.add_worker()
    await asyncio.to_thread(frozen.freeze)
    await ledger.reaches(2 * len(ids))  # the other worker has taken over, and called again
    ledger.released.set()  # the answers to both calls are on their way
    await asyncio.to_thread(frozen.thaw)
    for execution_id in ids:
        assert (await ended(client, execution_id))["status"] == "completed"
    stopped = await asyncio.gather(*(asyncio.to_thread(process.stop) for process in cluster.nodes))
    assert stopped == [0] * len(cluster.nodes)
    journals = await cluster.journals()
    figures(executions=len(ids), took_over=sum(len(events) for events in journals.values()))
    assert journal_file.faults(journals) == []
    assert Counter(ledger.keys) == {
        **{f"{execution_id}:held": 2 for execution_id in ids},
        **{f"{execution_id}:last": 1 for execution_id in ids},
    }


async def test_any_node_shows_live_and_cancels_what_another_one_carries_out(
    cluster: Cluster, ledger: Ledger, figures: Figures
) -> None:
    await cluster.start(api=2, workers=1)
    one, other = cluster.clients
    hanging = service_call("hanging", "ledger", "/hang")
    workflow_id = (
        await create(one, "Hang", hanging, service_call("after", "ledger", "/fast", depends_on=["hanging"]))
    )["workflow_id"]
    took, told = [], []
    for _ in range(sized(5, 50)):
        execution_id = await start(one, workflow_id)
        watching = asyncio.create_task(watch(one, execution_id))
        await ledger.has(f"{execution_id}:hanging")
        asked = time.monotonic()
        cancelled = await other.post(f"/workflows/executions/{execution_id}/cancel")
        assert cancelled.status_code == 200, cancelled.text
        took.append(await ledger.closes(f"{execution_id}:hanging") - asked)
        kinds, at = await watching
        told.append(at - asked)
        assert kinds == ["EXECUTION_QUEUED", "EXECUTION_STARTED", "ACTION_STARTED", "EXECUTION_CANCELLED"]
    figures(cancels=len(took), slowest_abort_seconds=max(took), slowest_told_seconds=max(told))
    assert max(took) < ABORTED_SECONDS
    assert max(told) < ABORTED_SECONDS
    assert not [key for key in ledger.keys if key.endswith(":after")]

"""Requests of either edge leave nothing of ours to the collector: where it has much to take away, everybody waits."""

import gc
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
from sqlalchemy import ClauseElement

from tests.support.calls import Json, create, graphql, notify, run, sse

pytestmark = pytest.mark.asyncio

OURS = ("app.", "engine.", "models.", "resolvers.", "rest_compat.", "schema.")
TIMES = 10
EXECUTE = """mutation ($id: ID!) {
  executeWorkflow(input: {id: $id, wait: true}) { execution { id status actions { actionId } } userErrors { code } }
}"""
LIST = "{ executions(first: 5) { nodes { id workflow { name } } } statistics { totalExecutions } }"
PART = "query ($few: Boolean!) { executions(first: 5) { nodes { ...Part @skip(if: $few) id } } } " + (
    "fragment Part on Execution { status createdAt }"
)
LIVE = "subscription ($id: ID!) { execution(id: $id) { cursor event { type } } }"

Send = Callable[[httpx.AsyncClient, Json], Awaitable[object]]


async def execute(client: httpx.AsyncClient, workflow: Json) -> object:
    return await run(client, workflow["workflow_id"])


async def refused(client: httpx.AsyncClient, _workflow: Json) -> object:
    return await client.get("/workflows/wf_nobody")


async def listed(client: httpx.AsyncClient, _workflow: Json) -> object:
    return await client.get("/workflows")


async def execute_by_graphql(client: httpx.AsyncClient, workflow: Json) -> object:
    return await graphql(client, EXECUTE, id=workflow["workflow_id"])


async def listed_by_graphql(client: httpx.AsyncClient, _workflow: Json) -> object:
    return await graphql(client, LIST)


async def part_by_graphql(client: httpx.AsyncClient, _workflow: Json) -> object:
    return await graphql(client, PART, few=True)


async def refused_by_graphql(client: httpx.AsyncClient, _workflow: Json) -> object:
    return await client.post("/graphql", json={"query": "{ nothing }"})


async def followed(client: httpx.AsyncClient, workflow: Json) -> object:
    execution = await run(client, workflow["workflow_id"])
    return [event async for event in sse(client, LIVE, id=execution["execution_id"])]


@pytest.fixture
def collector() -> Iterator[None]:
    """Have it do nothing unless it is told to."""
    threshold = gc.get_threshold()
    gc.set_threshold(0)
    yield
    gc.set_threshold(*threshold)


def left_to_it() -> Counter[str]:
    """What of ours only the collector takes away. The library that writes SQL ties its statements to themselves."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    left = Counter(
        f"{module}.{kind.__qualname__}"
        for thing in gc.garbage
        for kind in (thing if callable(thing) and hasattr(thing, "__qualname__") else type(thing),)
        if (module := getattr(kind, "__module__", None) or "").startswith(OURS) and not isinstance(thing, ClauseElement)
    )
    gc.garbage.clear()
    return left


@pytest.mark.parametrize(
    "send",
    [
        execute,
        refused,
        listed,
        execute_by_graphql,
        listed_by_graphql,
        part_by_graphql,
        refused_by_graphql,
        followed,
    ],
)
@pytest.mark.usefixtures("collector")
async def test_a_request_leaves_nothing_to_the_collector(client: httpx.AsyncClient, send: Send) -> None:
    workflow = await create(client, "Short", notify("note"))
    await send(client, workflow)  # what is made once and kept is made now
    gc.collect()
    for _ in range(TIMES):
        await send(client, workflow)
    assert {name: count for name, count in left_to_it().items() if count >= TIMES} == {}

"""The link that an execution has sent is good for as long as its approval waits, however long it was paused."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Settings
from tests.integration.access.test_approval_messages import mail, mailed, path_of
from tests.support.calls import create, ended, graphql, start
from tests.support.credentials.approval_link_calls import LIST, press
from tests.support.edges.approvals import ask
from tests.support.scripted_service import ScriptedService
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio

HOUR = 3_600
BY_HAND = "mutation ($id: ID!) {{ done: {name}(input: {{ id: $id }}) {{ userErrors {{ message }} }} }}"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest_asyncio.fixture
async def server(settings: Settings, clock: MovableClock) -> AsyncIterator[str]:
    """The whole service, by a clock that can be put forward."""
    async with serving(create_app(settings, clock=clock)) as url:
        yield url


async def by_hand(client: httpx.AsyncClient, name: str, execution_id: str) -> None:
    assert (await graphql(client, BY_HAND.format(name=name), id=execution_id))["done"]["userErrors"] == []


async def test_it_is_good_after_a_pause_beyond_its_time_and_ends_with_the_execution(
    client: httpx.AsyncClient, scripted: ScriptedService, clock: MovableClock
) -> None:
    actions = [ask("ask", approvers=["ann"]), mail("{{ask.link}}")]
    workflow = await create(client, "Release", *actions, timeout_seconds=HOUR)
    execution_id = await start(client, workflow["workflow_id"])
    [address] = await mailed(client, scripted, execution_id)
    path = path_of(address)
    await by_hand(client, "pauseExecution", execution_id)
    clock.put_forward(2 * HOUR)
    await by_hand(client, "resumeExecution", execution_id)
    assert (await client.get(path)).status_code == 200
    [link] = (await graphql(client, LIST))["approvalLinks"]["nodes"]
    assert link["id"] in address
    assert (await press(client, path, ("decision", "approve"))).status_code == 200
    assert (await ended(client, execution_id))["status"] == "completed"
    page = await client.get(path)
    assert (page.status_code, "The time of this link is over" in page.text) == (410, True)
    assert (await graphql(client, LIST))["approvalLinks"]["nodes"] == []

"""Home tells how much there is, also where it shows only the first of it."""

import asyncio

import httpx

from tests.console.driving import MAIN, assert_nothing_was_refused, in_the_console
from tests.console.seeds import do, execute, reaches
from tests.support.browser import Page
from tests.support.calls import Json, ended
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

SHOWN_APPROVALS, SHOWN_FAILURES = 10, 50


async def executions(client: httpx.AsyncClient, count: int, action: Json) -> list[str]:
    """The ids of executions of a new workflow with one action."""
    made = await do(client, "createWorkflow", "workflow { id }", name=f"To {action['actionId']}", actions=[action])
    return await asyncio.gather(*(execute(client, made["workflow"]["id"]) for _ in range(count)))


async def test_it_counts_what_it_has_no_room_for(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    for name, count in (("rare", 1), ("usual", SHOWN_FAILURES)):
        action: Json = {"actionId": name, "actionType": "fail", "config": {"message": "it was not to be"}}
        for execution_id in await executions(client, count, action):
            await ended(client, execution_id)
    ask: Json = {"actionId": "ask", "actionType": "approval", "config": {"message": "May it be?"}}
    for execution_id in await executions(client, SHOWN_APPROVALS + 2, ask):
        await reaches(client, execution_id, "ACTION_WAITING")
    await page.open(service.url)
    await page.until(f"/Waits for your decision\\s+{SHOWN_APPROVALS + 2}/.test({MAIN})")
    await page.until(f"({MAIN}).includes('1 cause among the latest {SHOWN_FAILURES}, in the last 24 hours')")
    assert f"at least {SHOWN_FAILURES} alike" in await page.evaluate(MAIN)
    await assert_nothing_was_refused(page, service)

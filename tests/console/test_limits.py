"""More than a page has room for, less than a browser usually gives, an answer that nobody expects: all goes on."""

import asyncio

import httpx

from tests.console.driving import MAIN, assert_nothing_was_refused, in_the_console
from tests.console.pressing import go
from tests.console.seeds import do, execute, reaches
from tests.support.browser import Page
from tests.support.calls import Json, ended
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

SHOWN_APPROVALS, SHOWN_FAILURES = 10, 50
WITHOUT_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } })"""
OVER_PLAIN_HTTP = "delete Crypto.prototype.randomUUID"
THEME = "(document.documentElement.dataset.theme ?? '')"
OTHERS_THAN_FORETOLD = '{"data": {"workflows": {"nodes": [null], "pageInfo": {}}}}'
NOT_DRAWN = "This page could not be drawn"


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


async def test_a_browser_that_keeps_nothing_and_has_no_uuids_shows_the_console_and_runs_workflows(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    greet = {"actionId": "greet", "actionType": "notification", "config": {"message": "Hello"}}
    made = await do(client, "createWorkflow", "workflow { id }", name="Greets", actions=[greet])
    for denied in (WITHOUT_STORAGE, OVER_PLAIN_HTTP):
        await page.command("Page.addScriptToEvaluateOnNewDocument", source=denied)
    await page.open(f"{service.url}/ui/workflows/{made['workflow']['id']}")
    await page.until('document.querySelector("[aria-label=\\"Light or dark\\"]") !== null')
    before = await page.evaluate(THEME)
    for _ in range(2):
        await page.click('[aria-label="Light or dark"]')
        await page.until(f"{THEME} !== {before!r}")
        before = await page.evaluate(THEME)
    await page.click("main button[type=submit]", "Run")
    await page.until("location.pathname.startsWith('/ui/executions/')")
    await page.until(f"({MAIN}).includes('greet')")
    assert page.faults == []


async def test_a_page_that_cannot_be_drawn_says_so_and_leaves_the_others(
    service: OrchestratorProcess, page: Page
) -> None:
    is_wrong = True

    async def answer(body: str) -> str | None:
        return OTHERS_THAN_FORETOLD if is_wrong and "WorkflowList" in body else None

    await page.answer_instead("*/graphql", answer)
    await page.open(f"{service.url}/ui/workflows")
    await page.until(f"({MAIN}).includes({NOT_DRAWN!r})")
    await go(page, "/ui/services")
    await page.until(f"!({MAIN}).includes({NOT_DRAWN!r}) && document.title.startsWith('Services')")
    await go(page, "/ui/workflows")
    await page.until(f"({MAIN}).includes({NOT_DRAWN!r})")
    is_wrong = False
    await page.click("main button", "Again")
    await page.until("document.title.startsWith('Workflows')")
    assert NOT_DRAWN not in await page.evaluate(MAIN)

"""The first run: from an empty service to an execution that was broken and mended, within two minutes."""

import asyncio

import httpx

from tests.console.driving import MAIN, assert_nothing_was_refused, in_the_console
from tests.console.seeds import do, execute, reaches
from tests.support.browser import Page
from tests.support.calls import Json, graphql
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

LIMIT_SECONDS = 120
OF_A_HAND = 1.0
"""Seconds for a click, and for a key: they are counted, not waited for."""

ATTEMPTS = "query ($id: ID!) { execution(id: $id) { status actions { actionId status attempt startedAt } } }"
SHOWN = """document.querySelector('section[aria-label="The execution"] a')?.getAttribute("href").split("/").at(-1)"""
FOCUSED = '(document.activeElement?.innerText ?? "").trim()'


class Hand:
    """Whoever is here for the first time, by a hand that takes a second for each click and key."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._times = 0
        self._begun = asyncio.get_running_loop().time()

    async def click(self, text: str) -> None:
        """Click a button by its text."""
        self._times += 1
        await self._page.click("main button", text)

    async def press(self, *keys: str) -> None:
        """Press keys."""
        self._times += len(keys)
        await self._page.press(*keys)

    async def tab_to(self, text: str, within: str = "main") -> None:
        """Go on by Tab until what has the focus says this."""
        found = f'{FOCUSED} === "{text}" && document.activeElement.closest({within!r}) !== null'
        while not await self._page.evaluate(found):
            await self.press("Tab")

    @property
    def seconds(self) -> float:
        """How long it took so far."""
        return asyncio.get_running_loop().time() - self._begun + self._times * OF_A_HAND


async def sees(page: Page, *texts: str) -> None:
    for text in texts:
        await page.until(f"({MAIN}).includes({text!r})")


async def shown(page: Page, client: httpx.AsyncClient) -> Json:
    """What the API says of the execution that is shown."""
    return dict((await graphql(client, ATTEMPTS, id=await page.evaluate(SHOWN)))["execution"])


async def test_an_execution_is_run_broken_and_mended_by_mouse(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    await page.open(f"{service.url}/")
    hand = Hand(page)
    await hand.click("Make it")
    await hand.click("Run it")
    await sees(page, "Completed")
    await hand.click("Break it")
    await sees(page, "Waits for its next attempt", "CONNECTION_ERROR", "An attempt failed, and another one is made")
    await hand.click("Mend it")
    await sees(page, "Made, run, broken and mended", "Completed")
    assert hand.seconds < LIMIT_SECONDS

    mended = await shown(page, client)
    first, second = mended["actions"]
    assert (mended["status"], first["attempt"], second["attempt"] > 1) == ("COMPLETED", 1, True)
    await page.click("main button", "To the console")
    await sees(page, "Nothing needs you")
    await page.open(f"{service.url}/")
    await sees(page, "Nothing needs you")

    # It is renewed while it is seen, and when it is seen again.
    ask = {"actionId": "ask", "actionType": "approval", "config": {"message": "May it be?"}}
    asking = await do(client, "createWorkflow", "workflow { id }", name="Release", actions=[ask])
    execution = await execute(client, asking["workflow"]["id"])
    await reaches(client, execution, "ACTION_WAITING")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await sees(page, "Waits for your decision", "May it be?")
    await assert_nothing_was_refused(page, service)


async def test_by_the_keyboard_alone_one_sees_too_how_what_was_done_is_undone(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    await page.open(f"{service.url}/")
    await page.until('document.body.innerText.includes("demo-user")')
    hand = Hand(page)
    # There are executions by now: it stays where one jumps to.
    await hand.press("Control+k")
    await page.until('document.activeElement.matches("dialog[open] input")')
    await hand.press(*"first run")
    await page.until("document.querySelectorAll('dialog[open] [cmdk-item]').length === 1")
    await hand.press("Enter")
    await sees(page, "Run something in a minute")
    await hand.tab_to("Choose", "li:nth-child(2)")
    await hand.press("Enter")
    await hand.tab_to("Make it")
    for deed in ("Make it", "Run it", "Break it", "Mend it"):
        await page.until(f'{FOCUSED} === "{deed}"')
        await hand.press("Enter")
        if deed == "Run it":
            await sees(page, "Completed")
        if deed == "Break it":
            await sees(page, "Failed", "HTTP_ERROR", "The service refused the call")
            undone = await shown(page, client)
            undoing = [run for run in undone["actions"] if run["actionId"].endswith(".compensate")]
            by_start = sorted(undoing, key=lambda run: str(run["startedAt"]))
            assert [run["actionId"] for run in by_start] == ["charge.compensate", "reserve.compensate"]
    await sees(page, "Made, run, broken and mended", "Completed")
    await page.until(f'{FOCUSED} === "Open the workflow"')
    assert hand.seconds < LIMIT_SECONDS
    assert {run["status"] for run in (await shown(page, client))["actions"]} == {"SUCCESS"}
    await hand.press("Enter")
    await page.until('location.pathname.startsWith("/ui/workflows/wf_")')
    await assert_nothing_was_refused(page, service)

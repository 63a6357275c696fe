"""A workflow of one's own: written in the editor, seen live, broken and mended, with nothing but the console."""

import asyncio

import httpx

from tests.console.driving import HEAD, MAIN, assert_nothing_was_refused, in_the_console
from tests.console.pressing import EDITOR, found, go
from tests.support.browser import Page
from tests.support.calls import graphql
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

LIMIT_SECONDS = 120
OF_A_CLICK, OF_A_LINE = 1.0, 3.0
"""Seconds for a click, and for a line that is typed: they are counted, not waited for."""

LETTER = """\
name: Letter of thanks
parameters:
  - {name: order, type: object, default_value: {id: A-1, customer: {}}}
actions:
  - action_id: settle
    name: Let the order settle
    action_type: wait
    config: {seconds: 1}
  - action_id: letter
    name: Write the letter
    action_type: transform
    depends_on: [settle]
    config:
      output: "Dear {{order.customer.name}}, thank you."
"""
HALF_WRITTEN = LETTER.replace("[settle]", "[setle]")
MENDED = LETTER.replace("order.customer.name", "order.customer.name ?? 'customer'")
RUNS = """
query { executions(first: 5) { nodes { id status workflowVersion rerunOf { id } actions { actionId response } } } }
"""


class Hand:
    """Whoever is here with a workflow in mind."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._spent = 0.0
        self._begun = asyncio.get_running_loop().time()

    async def click(self, selector: str, text: str = "") -> None:
        """Click an element, by its text where one is given."""
        self._spent += OF_A_CLICK
        await self._page.click(selector, text)

    async def write(self, text: str, lines: int) -> None:
        """Have this text in the editor, so many lines of which are typed."""
        self._spent += lines * OF_A_LINE
        await self._page.until(f"{EDITOR}?.focus() === undefined && {EDITOR} !== undefined")
        # What Chromium itself would put in the place of several lines has a style of its own, which the policy refuses.
        await self._page.press("Control+a", "Backspace")
        await self._page.command("Input.insertText", text=text)

    @property
    def seconds(self) -> float:
        """How long it took so far."""
        return asyncio.get_running_loop().time() - self._begun + self._spent


async def sees(page: Page, where: str, *texts: str) -> None:
    for text in texts:
        await page.until(f"({where}).includes({text!r})")


async def test_a_workflow_of_ones_own_is_seen_live_broken_and_mended(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    await page.open(f"{service.url}/")
    hand = Hand(page)
    await hand.click("main a", "write your own")
    await hand.write(HALF_WRITTEN, HALF_WRITTEN.count("\n"))
    # A slip of the pen is told while one types, and mended by a click.
    await sees(page, MAIN, "1 error")
    await hand.click("main button", "Mend it")
    await sees(page, MAIN, "None.", "Write the letter")
    await hand.click("header button", "Save")

    await page.until("location.pathname.startsWith('/ui/workflows/wf_')")
    await hand.click("main button", "Run")
    await page.until("location.pathname.startsWith('/ui/executions/')")
    await sees(page, MAIN, "Let the order settle")
    await sees(page, HEAD, "Failed")
    await sees(page, MAIN, "EXPRESSION_ERROR")

    # From what failed to where it is mended, and to the same execution again, by what it says itself.
    await hand.click("main li a", "Edit the workflow")
    await hand.write(MENDED, 1)
    await sees(page, MAIN, "None.")
    await page.until(f"{found('Save…')} !== undefined")
    await hand.click("header button", "Save…")
    await hand.click("dialog button", "Save as 1.1")
    await sees(page, "document.body.innerText", "Saved as 1.1")
    await hand.click("header a", "Letter of thanks")
    await hand.click("main ul a[href*='/ui/executions/']")
    await sees(page, MAIN, "1.1 is newer")
    await hand.click("header :is(a, button)", "Rerun…")
    await hand.click("dialog label", "1.1, the newest")
    await page.until(f"{found('Rerun: 1 reused, 1 runs')} !== undefined")
    await hand.click("dialog button", "Rerun: 1 reused, 1 runs")
    await sees(page, HEAD, "Completed")
    await sees(page, MAIN, "Rerun of")
    assert hand.seconds < LIMIT_SECONDS

    mended, broken = (await graphql(client, RUNS))["executions"]["nodes"]
    assert (broken["status"], mended["status"], mended["workflowVersion"]) == ("FAILED", "COMPLETED", "1.1")
    assert mended["rerunOf"]["id"] == broken["id"]
    assert mended["actions"][1]["response"] == "Dear customer, thank you."
    await assert_nothing_was_refused(page, service)


async def test_a_new_workflow_begins_anew_once_the_last_one_is_saved(service: OrchestratorProcess, page: Page) -> None:
    await page.open(f"{service.url}/ui/workflows/new")
    hand = Hand(page)
    await hand.write(LETTER.replace("Letter of thanks", "Second letter"), 1)
    await sees(page, MAIN, "None.", "Write the letter")
    await page.until(f"{found('Save')} !== undefined")
    await hand.click("header button", "Save")
    await page.until("location.pathname.startsWith('/ui/workflows/wf_')")
    await sees(page, MAIN, "How it goes")
    await go(page, "/ui/workflows/new")
    await page.until(f"{EDITOR}?.innerText.includes('name: ')")
    assert "Second letter" not in await page.evaluate(f"{EDITOR}.innerText")

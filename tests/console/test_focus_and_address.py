"""What keyboard and address promise: the focus comes back, and what is found and opened is what was typed."""

import asyncio
import json

import httpx

from tests.console.driving import assert_nothing_was_refused, in_the_console
from tests.console.seeds import do, execute
from tests.support.browser import Page
from tests.support.calls import Json
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

ASK: Json = {"actionId": "ask", "actionType": "approval", "config": {"message": "May it be?"}}
FOCUS = "document.activeElement.innerText"
NO_DIALOG = 'document.querySelector("dialog") === null'
PALETTE = '(document.querySelector("dialog[open]")?.innerText ?? "")'


async def waiting(client: httpx.AsyncClient, name: str) -> str:
    """The id of an execution that waits for a decision."""
    made = await do(client, "createWorkflow", "workflow { id }", name=name, actions=[ASK])
    return await execute(client, made["workflow"]["id"])


async def test_the_focus_is_where_it_was_once_a_dialog_is_closed(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    await page.open(f"{service.url}/ui/executions/{await waiting(client, 'Focus')}")
    for button in ("Cancel…", "Skip…"):
        for close in ("Escape", "Not now"):
            await page.click("main button, header button", button)
            await page.until('document.querySelector("dialog[open]") !== null')
            if close == "Escape":
                await page.press("Escape")
            else:
                await page.click("dialog button", close)
            await page.until(NO_DIALOG)
            assert (button, close, await page.evaluate(FOCUS)) == (button, close, button)
    await assert_nothing_was_refused(page, service)


async def test_a_text_is_looked_for_as_it_was_typed(service: OrchestratorProcess, page: Page) -> None:
    field = "main input[type=search]"
    text = f"document.querySelector('{field}').value"
    await page.open(f"{service.url}/ui/executions")
    await page.type(field, "a%20b+c")
    await page.until("location.search === '?q=a%2520b%2Bc'")
    await page.press("Tab")
    await page.command("Page.reload")
    await page.until(f"document.querySelector('{field}') !== null && {text} !== ''")
    assert await page.evaluate(text) == "a%20b+c"
    await page.evaluate("history.pushState(null, '', '/ui/executions?q=%25'), true")
    await page.until(f"{text} === '%'")
    await assert_nothing_was_refused(page, service)


async def test_the_palette_opens_only_the_id_that_is_typed(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    first, second = await waiting(client, "First of two"), await waiting(client, "Second of two")
    is_let_on = asyncio.Event()

    async def hold_second(body: str) -> str | None:
        if "PaletteId" in body and json.loads(body)["variables"]["id"] == second:
            await is_let_on.wait()
        return None

    await page.answer_instead("*/graphql", hold_second)
    await page.open(f"{service.url}/ui/nodes")
    await page.until("document.body.innerText.includes('alive')")
    await page.press("Control+k")
    field = "dialog[open] input"
    await page.type(field, first)
    await page.until(f"{PALETTE}.includes('First of two')")
    await page.type(field, second)
    await page.until(f"!{PALETTE}.includes('First of two')")
    is_let_on.set()
    await page.until(f"{PALETTE}.includes('Second of two')")
    await page.type(field, "services")
    await page.until(f"{PALETTE}.includes('Services') && !{PALETTE}.includes('Second of two')")
    await page.press("Enter")
    await page.until("location.pathname === '/ui/services'")
    await assert_nothing_was_refused(page, service)

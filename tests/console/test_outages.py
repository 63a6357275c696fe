"""The service is killed under the open console: each page says so, keeps what is typed, and goes on where it was."""

from contextlib import AsyncExitStack
from typing import NamedTuple

import httpx

from tests.console.conftest import ADMIN
from tests.console.driving import as_who, in_the_console, resize
from tests.console.seeds import Seeds, do, execute
from tests.support.browser import Browser, Page
from tests.support.calls import ended, graphql
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

BANNER = 'document.querySelector("[data-banner]")?.innerText ?? ""'
IS_BACK = f"(window.dispatchEvent(new Event('online')), ({BANNER}) === '')"
"""Without waiting for the next try."""

NOT_HEARD = "The service is not heard: it can be done once it is again"
OFF = f"[...document.querySelectorAll('[aria-disabled=true]')].filter((e) => e.title === {NOT_HEARD!r}).length"
ALERTS = '[...document.querySelectorAll("[role=alert]")].map((e) => e.innerText)'
TEXT_OF_EDITOR = """(() => {
  const host = [...document.querySelectorAll("main div")].find((e) => e.shadowRoot);
  return host?.shadowRoot.querySelector(".cm-content")?.innerText ?? "";
})()"""
FOCUS_EDITOR = """(() => {
  const host = [...document.querySelectorAll("main div")].find((e) => e.shadowRoot);
  host.shadowRoot.querySelector(".cm-content").focus();
  return true;
})()"""


MAY_BE_HIDDEN = """
window.isHidden = false;
Object.defineProperty(document, "hidden", { get: () => window.isHidden });
window.hide = (isHidden) => (window.isHidden = isHidden, document.dispatchEvent(new Event("visibilitychange")));
const wait = window.setTimeout;
window.setTimeout = (deed, after, ...given) => wait(deed, after === 60000 ? 0 : after, ...given);
"""
"""A tab that can be hidden, in which a minute is over at once."""


class Open(NamedTuple):
    """A page, what is pressed on it, and the field that is typed into; where it `sends`, a button is off meanwhile."""

    path: str
    shows: str
    press: tuple[str, ...] = ()
    field: str = ""
    types: str = "kept over the outage"
    sends: bool = False


def pages(seeds: Seeds) -> list[Open]:
    saga, live = f"/ui/workflows/{seeds.workflows['order_saga']}", f"/ui/executions/{seeds.approval}"
    key = "dialog input"
    return [
        Open("/", "Needs you"),
        Open("/ui/executions", "Order saga", field="main input[type=search]", types="A-1009"),
        Open(live, "Needs a person", ("Skip…",), 'dialog input:not([type="checkbox"])', sends=True),
        Open(f"{live}/graph", "Ask for approval"),
        Open(f"{live}/timeline", "went"),
        Open(f"{live}/events", "accepted", field="main input[type=search]", types="accepted"),
        Open(f"{live}/data", "Parameters"),
        Open(f"{live}/related", "tied to nothing"),
        Open(f"/ui/executions/{seeds.undone}/rerun", "What failed", (), 'dialog input[maxlength="500"]', sends=True),
        Open(f"/ui/compare?a={seeds.completed}&b={seeds.undone}", "What differs"),
        Open("/ui/workflows", "Order saga", field="main input[type=search]", types="Order"),
        Open(saga, "How it goes", (), 'main form input[data-field="order"]', sends=True),
        Open(f"{saga}/versions", "1.1"),
        Open(f"{saga}/editor", "Problems", sends=True),
        Open("/ui/approvals", "Release", (), "main textarea", sends=True),
        Open("/ui/services", "payments"),
        Open("/ui/nodes", "alive"),
        Open("/ui/bulk", "Label"),
        Open("/ui/activity", "ran a workflow"),
        Open("/ui/audit", "execute_workflow"),
        Open("/ui/keys", "Deployment pipeline", ("New secret",), key, sends=True),
    ]


async def typed(page: Page, field: str) -> str:
    found = f"document.querySelector({field!r})?.value"
    return str(await page.evaluate(found if field else TEXT_OF_EDITOR))


async def prepare(page: Page, at: Open, service: OrchestratorProcess) -> None:
    """Open a page, and type into it."""
    await page.open(f"{service.url}{at.path}")
    await page.until(f'document.body.innerText.includes({at.shows!r}) && document.body.innerText.includes("Live")')
    for text in at.press:
        await page.click("button", text)
    if at.field:
        await page.type(at.field, at.types)
    elif at.path.endswith("/editor"):
        await page.until(FOCUS_EDITOR)
        await page.command("Input.insertText", text=f"# {at.types}\n")


async def test_each_page_says_that_the_service_is_gone_keeps_what_is_typed_and_goes_on(
    service: OrchestratorProcess, seeds: Seeds, browser: Browser, page: Page
) -> None:
    async with AsyncExitStack() as stack:
        opened: list[tuple[Page, Open]] = []
        for at in pages(seeds):
            tab = await stack.enter_async_context(browser.tab_beside(page)) if opened else page
            await as_who(tab, ADMIN)
            await prepare(tab, at, service)
            opened.append((tab, at))
        service.kill()
        for tab, at in opened:
            await tab.until(f'({BANNER}).includes("The service is not heard.")')
            assert at.shows in await tab.evaluate("document.body.innerText"), at
            if at.sends:
                await tab.until(f"{OFF} > 0")
        service.start()
        for tab, at in opened:
            await tab.until(f'{IS_BACK} && document.body.innerText.includes("Live") && {ALERTS}.length === 0')
            assert at.shows in await tab.evaluate("document.body.innerText"), at
            assert await tab.evaluate(OFF) == 0, at
            if at.field or at.path.endswith("/editor"):
                assert at.types in await typed(tab, at.field), at
            assert await tab.evaluate("window.violations") == [], at


async def test_an_outage_is_told_to_a_tab_that_was_hidden_for_a_minute(
    service: OrchestratorProcess, page: Page
) -> None:
    await page.command("Page.addScriptToEvaluateOnNewDocument", source=MAY_BE_HIDDEN)
    await page.open(f"{service.url}/ui/nodes")
    is_live = 'document.body.innerText.includes("Live")'
    await page.until(is_live)
    await page.evaluate("hide(true)")
    await page.until(f"!{is_live}")
    service.kill()
    await page.evaluate("hide(false)")
    await page.until(f'({BANNER}).includes("The service is not heard.")')
    service.start()
    await page.until(f"{IS_BACK} && {is_live}")


ROWS = """[...document.querySelectorAll("main ol > li > button")].map((row) => ({
  sequence: Number(row.children[0].innerText), word: row.children[3].innerText.trim(), at: row.children[1].title,
}))"""


async def test_events_come_once_and_in_order_however_often_the_service_is_killed(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    steps = [
        {"actionId": f"step_{n}", "actionType": "wait", "config": {"seconds": 0.1}, "dependsOn": [f"step_{n - 1}"][:n]}
        for n in range(24)
    ]
    workflow = (await do(client, "createWorkflow", "workflow { id }", name="Slow stairs", actions=steps))["workflow"]
    execution = await execute(client, workflow["id"])
    await resize(page, 1440, 6000)
    await page.open(f"{service.url}/ui/executions/{execution}/events")
    for step in (3, 9, 15):
        await page.until(f'document.querySelector("main ol")?.innerText.includes("step_{step}")')
        service.kill()
        await page.until(f'({BANNER}).includes("The service is not heard.")')
        service.start()
        await page.until(IS_BACK)
    await ended(client, execution)
    await page.until('document.querySelector("main header").innerText.includes("Completed")')
    await page.click("main label", "Fold repeats")
    query = "query ($id: ID!) { execution(id: $id) { events(first: 500) { sequence at } } }"
    journal = (await graphql(client, query, id=execution))["execution"]["events"]
    await page.until(f"{ROWS}.length === {len(journal)}")
    shown = await page.evaluate(ROWS)
    assert [(row["sequence"], row["at"]) for row in shown] == [(e["sequence"], e["at"]) for e in reversed(journal)]

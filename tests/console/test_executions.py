"""The list of a hundred thousand executions: found, shared, watched while they change, and done over at once."""

import asyncio
from typing import Any

import httpx
import pytest_asyncio

from tests.console.driving import MAIN, as_who, assert_nothing_was_refused, in_the_console
from tests.console.histories import Histories
from tests.console.seeds import do, execute
from tests.support.browser import Browser, Page
from tests.support.calls import ended, graphql, token
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

REPORTS, ORDERS, LOST, RETIRED = 95_000, 4_980, 20, 3
FAILED = ORDERS + LOST + RETIRED + 2
EVERYTHING = REPORTS + FAILED + 1
CHANGES = 500
FIRST = 10
WAITING = 12

BAR = 'document.querySelector("h1")?.parentElement.innerText ?? ""'
IDS = "[...document.querySelectorAll('[data-id]')].map((row) => row.dataset.id)"
TYPED = "document.querySelector('input[type=search]').value"
SCROLLER = "document.querySelector('[role=table] > div:nth-child(2)')"
DIALOG = 'document.querySelector("dialog[open]")?.innerText ?? ""'
LOADED = f"/([\\d,]+) of ([\\d,]+) are loaded/.exec({MAIN}).slice(1).map((n) => Number(n.replaceAll(',', '')))"
NEWER = f"/(\\d+)\\+? newer/.exec({MAIN})?.[1]"
COUNT_CHANGES = """
window.changes = 0;
const Told = window.WebSocket;
window.WebSocket = class extends Told {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => (window.changes += data.includes('"executionChanges"')));
  }
};
"""
WATCH_ROW_7 = """(() => {
  const row = document.querySelectorAll("[data-id]")[6], { x, y, width, height } = row.getBoundingClientRect();
  const at = { x: x + width / 2, y: y + height / 2 };
  window.row7 = { row, id: row.dataset.id, frames: 0, others: 0 };
  const look = () => {
    row7.frames += 1;
    row7.others += document.elementFromPoint(at.x, at.y)?.closest("[data-id]") !== row || row.dataset.id !== row7.id;
    requestAnimationFrame(look);
  };
  look();
  return { id: row.dataset.id, ...at };
})()"""


def call(action_id: str, service: str, endpoint: str, **more: Any) -> dict[str, Any]:
    config = {"service": service, "endpoint": endpoint}
    return {"actionId": action_id, "actionType": "service_call", "config": config, **more}


async def made(client: httpx.AsyncClient, name: str, *actions: dict[str, Any]) -> str:
    """The id of a new workflow."""
    return str((await do(client, "createWorkflow", "workflow { id }", name=name, actions=actions))["workflow"]["id"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def workflows(service: OrchestratorProcess, client: httpx.AsyncClient) -> dict[str, str]:
    """The workflows of a hundred thousand executions: reports that ended well, orders and returns that failed."""
    for name, endpoint, status in (("stock", "/reservations", 200), ("post", "/parcels", 422)):
        await do(client, "mockService", serviceName=name, endpoint=endpoint, statusCode=status, response={"said": name})
    tell = {"actionId": "tell", "actionType": "notification", "config": {"message": "The report is there"}}
    wait = {"actionId": "go", "actionType": "wait", "config": {"signal": "go"}}
    order = (call("reserve", "stock", "/reservations"), call("ship", "post", "/parcels", dependsOn=["reserve"]))
    found = {
        "report": await made(client, "Nightly report", tell),
        "release": await made(client, "Release", wait),
        "order": await made(client, "Order saga", *order),
        "return": await made(client, "Return of goods", *order),
    }
    sources = {
        "report": await execute(client, found["report"], {"team": "finance"}),
        "order": await execute(client, found["order"], {"shop": "eu"}, parcel="A-1007"),
        "return": await execute(client, found["return"]),
    }
    for execution_id in sources.values():
        await ended(client, execution_id)
    await do(client, "updateWorkflow", id=found["return"], status="INACTIVE")
    service.stop()
    with Histories(service.data_dir) as histories:
        histories.copy(sources["report"], REPORTS, 6, journals=500)
        histories.copy(sources["order"], ORDERS, 20)
        histories.copy(sources["order"], LOST, 20, replace=("A-1007", "B-2001"))
        histories.copy(sources["return"], RETIRED, 200_000)
    service.start()
    return found


async def rows(page: Page, match: int) -> list[str]:
    """The ids of the first rows, once a filter that so many match is at work; room decides how many are drawn."""
    await page.until(f"({BAR}).includes('{match:,} match') && ({IDS}).length >= {FIRST}")
    return list(await page.evaluate(f"({IDS}).slice(0, {FIRST})"))


async def test_what_is_looked_for_is_in_the_address_for_back_a_reload_and_somebody_else(
    service: OrchestratorProcess, workflows: dict[str, str], browser: Browser, page: Page
) -> None:
    await page.open(f"{service.url}/ui/executions")
    newest = await rows(page, EVERYTHING)
    await page.press("f")
    await page.click("label", "failed")
    failed = await rows(page, FAILED)
    assert await page.evaluate("location.search") == "?status=failed"
    await page.press("Escape")
    await page.until('document.activeElement.innerText === "Filter"')
    await page.press("/", *"b-200")
    found = await rows(page, LOST)
    await page.press("1")
    await page.until('location.search === "?status=failed&q=b-2001"')
    assert await rows(page, LOST) == found

    address = await page.evaluate("location.href")
    await page.command("Page.reload")
    assert await rows(page, LOST) == found
    async with browser.page() as other:
        await as_who(other, token("grace", "default", "operator"))
        await other.open(address)
        assert await rows(other, LOST) == found
        assert await other.evaluate(TYPED) == "b-2001"
        await assert_nothing_was_refused(other, service)

    await page.evaluate("history.back()")  # what was typed on is one view, not one for each key
    assert await rows(page, FAILED) == failed
    assert await page.evaluate(TYPED) == ""
    await page.evaluate("history.back()")
    assert await rows(page, EVERYTHING) == newest
    await page.evaluate("history.forward()")
    await rows(page, FAILED)
    assert await page.evaluate("location.search") == "?status=failed"

    await page.open(f"{service.url}/ui/executions?status=failed&waits=godot")
    await page.until(f"({MAIN}).includes('Part of the address cannot be read') && ({MAIN}).includes('waits=godot')")
    assert (await rows(page, FAILED))[:10] == failed[:10]
    await assert_nothing_was_refused(page, service)


async def test_a_hundred_thousand_rows_are_gone_through_without_all_being_there(
    service: OrchestratorProcess, workflows: dict[str, str], page: Page
) -> None:
    await page.open(f"{service.url}/ui/executions")
    await rows(page, EVERYTHING)
    for loaded in (100, 150, 200):
        await page.until(f"{SCROLLER}.scrollTop = {SCROLLER}.scrollHeight, ({LOADED})[0] >= {loaded}")
    assert await page.evaluate(f"({LOADED})[1]") == EVERYTHING
    drawn = await page.evaluate(IDS)
    assert len(set(drawn)) == len(drawn) < 80
    await page.press("j", "j", "j", "Shift+X", "j", "j", "Shift+X")
    await page.until(f"({MAIN}).includes('3 selected')")
    await page.press("Enter")
    await page.until('location.pathname.startsWith("/ui/executions/exec_")')
    await page.until(f"({MAIN}).includes('Nightly report')")
    await page.press("u")
    await rows(page, EVERYTHING)
    await assert_nothing_was_refused(page, service)


async def test_nothing_moves_under_the_pointer_while_five_hundred_changes_come(
    service: OrchestratorProcess, client: httpx.AsyncClient, workflows: dict[str, str], page: Page
) -> None:
    waiting = [await execute(client, workflows["release"]) for _ in range(WAITING)]
    await page.command("Page.addScriptToEvaluateOnNewDocument", source=COUNT_CHANGES)
    await page.open(f"{service.url}/ui/executions")
    await rows(page, EVERYTHING + WAITING)
    row = await page.evaluate(WATCH_ROW_7)
    assert row["id"] == waiting[-7]
    await page.command("Input.dispatchMouseEvent", type="mouseMoved", x=row["x"], y=row["y"])

    async def change(*executions: str) -> None:
        reports = [workflows["report"]] * len(executions)
        deeds = {"pauseExecution": executions, "resumeExecution": executions, "executeWorkflow": reports}
        while await page.evaluate("changes") < CHANGES:
            for deed, ids in deeds.items():
                each = [
                    f'm{n}: {deed}(input: {{id: "{id_}"}}) {{ userErrors {{ message }} }}' for n, id_ in enumerate(ids)
                ]
                await graphql(client, f"mutation {{ {' '.join(each)} }}")

    await asyncio.gather(*(change(*waiting[first : first + 4]) for first in range(0, WAITING, 4)))
    await do(client, "pauseExecution", id=row["id"])
    await page.until("row7.row.innerText.includes('paused by demo-user')")
    assert await page.evaluate("row7.frames > 10 && row7.others === 0")
    assert await page.evaluate(f"({IDS}).indexOf(row7.id)") == 6
    assert int(await page.evaluate(NEWER)) == 100
    await page.press(".")
    await page.until(f"!({NEWER}) && ({IDS})[0] !== '{waiting[-1]}'")

    # Where neither the pointer nor the focus is, what is new comes by itself.
    await page.command("Input.dispatchMouseEvent", type="mouseMoved", x=20, y=500)
    latest = await execute(client, workflows["report"])
    await page.until(f"({IDS})[0] === '{latest}'")
    await assert_nothing_was_refused(page, service)


async def test_all_that_a_filter_finds_are_done_over_until_somebody_aborts_it(
    service: OrchestratorProcess, workflows: dict[str, str], page: Page
) -> None:
    await page.open(f"{service.url}/ui/executions?status=failed")
    await rows(page, FAILED)
    await page.press("*")
    await page.click("[role=toolbar] button", f"Select all {FAILED:,} that match")
    await page.press("r")
    await page.until(f"({DIALOG}).includes('Rerun {FAILED:,} executions?')")
    await page.click("dialog button", f"Rerun all {FAILED:,}")
    await page.click("a", "How far it is")
    await page.until('location.pathname.startsWith("/ui/bulk/")')
    # The oldest first, and the workflow of these takes no execution any more.
    await page.until(f"({MAIN}).split('is inactive: set its status to active').length === {RETIRED}")
    await page.click("button", "Abort…")
    await page.click("dialog button", "Abort it")
    await page.until(f"({MAIN}).includes('Aborted by demo-user') && /\\d executions were left alone/.test({MAIN})")
    await page.click("main button", "All")
    await page.until(f"({MAIN}).includes('Still to come')")
    await assert_nothing_was_refused(page, service)

"""Executions found again: saved views, the range of time that is chosen on the histogram, and what it all costs."""

import json
from typing import Any

import httpx

from tests.console.costs import COUNT_COSTS, settled
from tests.console.driving import HEAD, MAIN, SIDE, as_who, assert_nothing_was_refused, drawn, in_the_console, resize
from tests.console.seeds import Seeds, do, execute
from tests.sizes import some_of
from tests.support.browser import Browser, Page
from tests.support.calls import Json, ended, graphql, token
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

ROWS = "document.querySelectorAll('[role=rowgroup] [role=row]').length"
LIST = "document.querySelector('[role=rowgroup]').parentElement"
HERE = "document.querySelector('[role=row][class*=_here_]')"
TABS = "[...document.querySelectorAll('nav[aria-label=\"Saved views\"] a')]"
PLOT = "document.querySelector('[role=slider]')"

AREAS = ["flow", "graph", "timeline", "events", "data", "related"]
COST_OF_A_PAGE = 1_000


async def test_views_are_saved_by_name_and_moved_between_by_keys(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page, browser: Browser, seeds: Seeds
) -> None:
    await page.open(f"{service.url}/ui/executions?status=failed")
    await page.until(f"{ROWS} > 1")
    failed = await page.evaluate(ROWS)
    await page.click("button", "Save view…")
    await page.until("document.querySelector('dialog[open]') !== null")
    await page.type("dialog input:not([type=checkbox])", "Failures")
    await page.click("dialog label", "For everybody of the tenant Operators and admins can change it.")
    await page.click("dialog button", "Save")
    await page.until(
        f"{TABS}.some((tab) => tab.innerText.startsWith('Failures') && tab.innerText.includes('{failed}'))"
    )
    assert (await graphql(client, "{ savedViews { name filters isShared } }"))["savedViews"] == [
        {"name": "Failures", "filters": "status=failed", "isShared": True}
    ]
    await do(client, "saveView", name="Payments", filters="status=running&waits=circuit_open")
    await page.open(f"{service.url}/ui/executions")
    await page.until(f"{TABS}.length === 3")
    stuck = "?status=running&waits=circuit_open"
    for key, address in (("]", "?status=failed"), ("]", stuck), ("]", ""), ("[", stuck)):
        await page.press(key)
        await page.until(f"location.search === {json.dumps(address)}")
        await page.until(f"{TABS}.find((tab) => tab.ariaCurrent === 'page') !== undefined")

    # A viewer sees what all have, and cannot change it; the own one is the own one's.
    async with browser.page() as other:
        await as_who(other, token("vic", "default", "viewer"))
        await other.open(f"{service.url}/ui/executions?status=failed")
        await other.until(f"{TABS}.length === 2")
        await other.click('[aria-label="The view Failures"]')
        await other.until("document.querySelector('[role=menuitem][data-disabled]')?.title.includes('Operators')")
        await assert_nothing_was_refused(other, service)
    await page.click('[aria-label="The view Payments"]')
    await page.click("[role=menuitem]", "Delete…")
    await page.click("dialog button", "Delete it")
    await page.until(f"{TABS}.length === 2")
    await assert_nothing_was_refused(page, service)


async def test_a_filter_is_turned_round_by_a_click(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page, seeds: Seeds
) -> None:
    count = "query ($filter: ExecutionFilterInput) { executions(filter: $filter, first: 0) { totalCount } }"
    failed, others = [
        (await graphql(client, count, filter=filter_))["executions"]["totalCount"]
        for filter_ in ({"status": ["FAILED"]}, {"without": {"status": ["FAILED"]}})
    ]
    matches = "(document.querySelector('h1')?.parentElement.innerText ?? '')"
    await page.open(f"{service.url}/ui/executions?status=failed")
    await page.until(f"{matches}.includes('{failed} match') && {ROWS} === {failed}")
    await page.click("button", "status failed")
    await page.until(f"location.search === '?status=-failed' && {matches}.includes('{others} match')")
    await page.until(f"{ROWS} > 1 && !document.querySelector('[role=rowgroup]').innerText.includes('HTTP_ERROR 422')")
    await page.click("button", "status is not failed")
    await page.until(f"location.search === '?status=failed' && {matches}.includes('{failed} match')")
    await assert_nothing_was_refused(page, service)


async def test_of_labels_all_must_be_there(service: OrchestratorProcess, page: Page, seeds: Seeds) -> None:
    await page.open(f"{service.url}/ui/executions?label=shop%3Deu&label=priority%3Dhigh")
    await page.until(f"{ROWS} > 0")
    await page.click("button", "label shop=eu and priority=high")
    await page.until(f"({MAIN}).includes('label is not shop=eu or priority=high')")
    await assert_nothing_was_refused(page, service)


async def test_an_execution_is_looked_at_beside_the_list(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page, seeds: Seeds
) -> None:
    side = "(document.querySelector('[data-side]')?.innerText ?? '')"
    await page.open(f"{service.url}/ui/executions?workflow={seeds.workflows['order_saga']}&status=failed")
    await page.until(f"{ROWS} > 1")
    ids = await page.evaluate("[...document.querySelectorAll('[data-id]')].map((row) => row.dataset.id)")
    await page.press(" ")
    await page.until(f"{side}.includes('{ids[0][-8:]}') && {side}.includes('HTTP_ERROR')")
    await page.press("j")
    await page.until(f"{side}.includes('{ids[1][-8:]}') && {side}.includes('HTTP_ERROR') && {HERE} !== null")
    await page.click("[data-side] [aria-label='The one above']")
    await page.until(f"{side}.includes('{ids[0][-8:]}') && {side}.includes('HTTP_ERROR')")
    await page.press("Escape")
    await page.until("document.querySelector('[data-side]') === null")
    await page.press("Enter")
    await page.until(f"location.pathname === '/ui/executions/{ids[0]}'")
    await assert_nothing_was_refused(page, service)


async def test_a_range_is_chosen_on_the_histogram_by_pointer_and_by_arrows(
    service: OrchestratorProcess, page: Page, seeds: Seeds
) -> None:
    await page.open(f"{service.url}/ui/executions?status=failed")
    await page.until(f"{ROWS} > 1")
    failed = await page.evaluate(ROWS)
    await page.until(f"{PLOT}?.ariaValueText?.includes('{failed} started, {failed} failed')")
    box = await page.evaluate(
        f"(({{ x, y, width, height }}) => ({{ x, y, width, height }}))({PLOT}.getBoundingClientRect())"
    )

    async def pointer(kind: str, part: float) -> None:
        at = {"x": box["x"] + part * box["width"], "y": box["y"] + box["height"] / 2}
        await page.command("Input.dispatchMouseEvent", type=kind, button="left", buttons=1, clickCount=1, **at)

    await pointer("mousePressed", 0.2)
    await pointer("mouseMoved", 0.5)
    await pointer("mouseReleased", 0.5)
    await page.until("/[?&]started=[^&]+\\.\\.[^&]+/.test(decodeURIComponent(location.search))")
    await page.until(f"{ROWS} === 0 && ({MAIN}).includes('Nothing matches')")
    assert "status=failed" in await page.evaluate("location.search")
    before = await page.evaluate("location.search")
    await page.evaluate(f"{PLOT}.focus()")
    for _ in range(60):  # as far as it goes: the last column is now
        await page.press("ArrowRight")
    await page.until(f"location.search !== {json.dumps(before)} && {ROWS} === {failed}")
    await page.press("Escape")
    await page.until("!location.search.includes('started')")
    await assert_nothing_was_refused(page, service)


async def test_who_comes_back_to_the_list_is_where_it_was_left(
    service: OrchestratorProcess, page: Page, seeds: Seeds
) -> None:
    await resize(page, 1440, 480)
    await page.open(f"{service.url}/ui/executions")
    await page.until(f"{ROWS} > 5")
    await page.press(*"j" * 15)
    await page.until(f"{LIST}.scrollTop > 0 && {HERE}?.parentElement.style.top === '{14 * 36}px'")
    await drawn(page)
    left = await page.evaluate(f"[{LIST}.scrollTop, {HERE}.dataset.id]")
    await page.press("Enter")
    await page.until(f"location.pathname === '/ui/executions/{left[1]}'")
    await page.until(f"({HEAD}) !== ''")
    await page.press("u")
    await page.until(f"{HERE} && {LIST}.scrollTop === {left[0]} && {HERE}.dataset.id === {json.dumps(left[1])}")

    # Rows are compact where one likes them so, from then on.
    tall = f"{HERE}?.offsetHeight"
    assert await page.evaluate(tall) == 36
    await page.click('[aria-label="Compact rows"]')
    await page.until(f"{tall} === 28")
    await page.open(f"{service.url}/ui/executions")
    await page.until("document.querySelector('[role=rowgroup] [role=row]')?.offsetHeight === 28")
    await page.open(f"{service.url}/ui/executions/{seeds.completed}?action=reserve")
    await page.until(f"({SIDE}).includes('and its headers') && ({SIDE}).includes('status:')")
    await assert_nothing_was_refused(page, service)


async def test_a_service_that_is_left_alone_is_tried_from_its_page(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page, browser: Browser, seeds: Seeds
) -> None:
    await page.open(service.url)
    await page.click("main a", "pager is left alone: 2 calls failed in a row")
    await page.until("location.pathname === '/ui/services'")
    async with browser.page() as other:
        await as_who(other, token("ed", "default", "editor"))
        await other.open(f"{service.url}/ui/services")
        await other.until(f"{button_of('pager')}?.title === 'This is for operators and admins'")
    await page.until(f"{button_of('pager')} !== undefined && {button_of('pager')}.ariaDisabled !== 'true'")
    assert await page.evaluate(f"{button_of('payments')} === undefined"), "what is closed has nothing to be tried"
    await page.evaluate(f"{button_of('pager')}.click()")
    await page.until(f"{button_of('pager')}?.title === 'The next call goes through already'")
    gates = (await graphql(client, "{ services { nodes { name gate { circuit } } } }"))["services"]["nodes"]
    assert {"name": "pager", "gate": {"circuit": "HALF_OPEN"}} in gates
    await assert_nothing_was_refused(page, service)


def button_of(service: str) -> str:
    row = f"[...document.querySelectorAll('tr')].find((row) => row.innerText.includes({json.dumps(service)}))"
    return f"[...({row}?.querySelectorAll('button') ?? [])].find((one) => one.innerText === 'Try now')"


async def test_an_item_tells_its_attempts(service: OrchestratorProcess, client: httpx.AsyncClient, page: Page) -> None:
    mock = {"serviceName": "stock", "endpoint": "/r", "statusCode": 503, "response": {"said": "busy"}, "times": 1}
    await do(client, "mockService", **mock)
    each: Json = {
        "actionId": "reserve",
        "actionType": "service_call",
        "config": {"service": "stock", "endpoint": "/r", "method": "GET"},
        "forEach": {"in": ["tea", "kettle"], "maxConcurrency": 1},
        "retry": {"maxAttempts": 2, "initialDelaySeconds": 0.05},
    }
    made = await do(client, "createWorkflow", "workflow { id }", name="Reservations", actions=[each])
    execution_id = await execute(client, made["workflow"]["id"])
    await do(client, "mockService", **{**mock, "statusCode": 200, "times": None})
    await ended(client, execution_id)
    await page.open(f"{service.url}/ui/executions/{execution_id}/timeline?action=reserve&item=0")
    await page.until("document.querySelectorAll('[data-side] table')[0]?.rows.length === 3")
    said = await page.evaluate("document.querySelectorAll('[data-side] table')[0].innerText")
    assert "503" in said and "succeeded" in said and "again at" in said
    await page.click('[aria-label="Items of reserve"]')
    await page.until(f"({MAIN}).includes('at attempt 2')")
    await assert_nothing_was_refused(page, service)


async def test_a_preview_that_is_outdated_is_refused_and_shown_anew(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    note: Json = {"actionId": "greet", "actionType": "notification", "config": {"message": "Hello"}}
    made = (await do(client, "createWorkflow", "workflow { id }", name="Greetings", actions=[note]))["workflow"]["id"]
    execution_id = await execute(client, made)
    await ended(client, execution_id)
    await do(client, "updateWorkflow", id=made, actions=[note, {**note, "actionId": "again"}])
    await page.open(f"{service.url}/ui/executions/{execution_id}/rerun")
    await page.until("document.querySelector('dialog[open] [name=version]') !== null")
    await page.click("dialog label", "1.1, the newest")
    await page.until("document.querySelector('dialog button[aria-disabled]') === null")
    ready = "[...document.querySelectorAll('dialog button')].find((one) => one.innerText.startsWith('Rerun:'))"
    await page.until(f"{ready}?.ariaDisabled !== 'true' && document.querySelectorAll('dialog tbody tr').length === 2")
    await do(client, "updateWorkflow", id=made, actions=[note])
    await page.evaluate(f"{ready}.click()")
    await page.until("document.querySelector('dialog').innerText.includes('it would do something else by now')")
    await page.until(f"document.querySelectorAll('dialog tbody tr').length === 1 && {ready}?.ariaDisabled !== 'true'")
    await page.evaluate(f"{ready}.click()")
    await page.until(f"!location.pathname.includes('{execution_id}')")
    await assert_nothing_was_refused(page, service)


async def test_no_page_costs_more_to_open_than_two_requests(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page, seeds: Seeds
) -> None:
    large = await of_500_actions(client)
    await page.command("Page.addScriptToEvaluateOnNewDocument", source=COUNT_COSTS)
    pages = ["", "executions", *(f"executions/{large}/{area}" for area in AREAS), "workflows", "approvals", "services"]
    pages += [
        "nodes",
        "bulk",
        "activity",
        "keys",
        f"executions/{seeds.undone}",
        f"compare?a={seeds.undone}&b={seeds.rerun}",
    ]
    for address in some_of(pages, 2):
        await page.open(f"{service.url}/{f'ui/{address}' if address else ''}")
        await page.until("document.querySelector('h1') !== null && Object.keys(window.costs ?? {}).length > 1")
        costs = await settled(page)
        assert (address, sum(costs.values()) <= COST_OF_A_PAGE) == (address, True), (address, costs)


async def of_500_actions(client: httpx.AsyncClient) -> str:
    """An execution in ten columns of fifty actions, each of which needs two of the column before."""

    def action(number: int) -> Json:
        column, row = divmod(number, 50)
        needs: list[Any] = [f"a{(column - 1) * 50 + (row + step) % 50}" for step in (0, 7)] if column else []
        config = {"message": f"Step {number} of a long way, for the customer"}
        return {"actionId": f"a{number}", "name": f"Step {number}", "actionType": "notification", "config": config} | {
            "dependsOn": needs
        }

    made = await do(
        client, "createWorkflow", "workflow { id }", name="Long way", actions=[action(number) for number in range(500)]
    )
    execution_id = await execute(client, made["workflow"]["id"])
    await ended(client, execution_id)
    return execution_id

"""The console's page of one execution in a real browser, under the real content security policy."""

from typing import Any

import httpx
import pytest_asyncio

from tests.console.driving import HEAD, MAIN, PHONE_WIDTH, SIDE, assert_nothing_was_refused, in_the_console, resize
from tests.console.seeds import do, execute
from tests.support.browser import Page
from tests.support.calls import Json
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console


def service_call(action_id: str, name: str, service: str, endpoint: str, *depends_on: str, **more: Any) -> Json:
    config = {"service": service, "endpoint": endpoint, "method": "POST"}
    named = {"actionId": action_id, "name": name, "actionType": "service_call"}
    return {**named, "config": config, "dependsOn": list(depends_on), **more}


async def started(client: httpx.AsyncClient, name: str, actions: list[Json], **more: Any) -> str:
    """The id of an execution of a new workflow."""
    made = await do(client, "createWorkflow", "workflow { id }", name=name, actions=actions, **more)
    return await execute(client, made["workflow"]["id"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def failed(client: httpx.AsyncClient) -> str:
    """A saga that fails, and undoes what it did."""
    for name, endpoint, status in (
        ("stock", "/reservations", 200),
        ("stock", "/release", 200),
        ("post", "/parcels", 422),
    ):
        mock = {"serviceName": name, "endpoint": endpoint, "statusCode": status, "response": {"said": name}}
        await do(client, "mockService", **mock)
    undo = {"actionType": "service_call", "config": {"service": "stock", "endpoint": "/release", "method": "POST"}}
    reserve = service_call("reserve", "Reserve the goods", "stock", "/reservations", compensate=undo)
    each = {"forEach": {"in": ["tea", "kettle", "cups"]}}
    ship = service_call("ship", "Hand over", "post", "/parcels", "reserve")
    note = {"actionId": "apologise", "actionType": "notification", "config": {"message": "Sorry"}}
    return await started(client, "Order saga", [reserve | each, ship], onFailure=[note])


async def test_a_failed_execution_says_why_in_each_of_its_areas(
    service: OrchestratorProcess, failed: str, page: Page
) -> None:
    await page.open(f"{service.url}/ui/executions/{failed}")
    await page.until(f'({HEAD}).includes("Failed, all undone")')
    # What needs a look is open from the beginning: why, what it answered, and the key that a repeat has.
    await page.until(f'({SIDE}).includes("HTTP_ERROR") && ({SIDE}).includes("post answered 422")')
    await page.until(f'({SIDE}).includes("Idempotency-Key: {failed}:ship")')
    await page.until(f'({MAIN}).includes("undone by reserve.compensate")')
    await page.click('[aria-label="Items of reserve"]')
    await page.until(f'({MAIN}).includes("item 2")')

    await page.press("k")
    await page.until('location.search === "?action=reserve"')
    await page.until(f'({SIDE}).includes("It was undone by reserve.compensate")')
    await page.press("e")
    await page.until('location.search === "?action=ship"')

    await page.press("2")
    await page.until('document.querySelectorAll("[data-box]").length === 4')
    await page.evaluate("document.querySelector('[data-box=\"ship\"]').focus()")
    await page.press("ArrowLeft")
    await page.until('location.search === "?action=reserve" && document.activeElement.dataset.box === "reserve"')

    await page.press("3")
    await page.until('/Where .* went/.test(document.querySelector("main").innerText)')
    await page.press("4")
    await page.until(f'({MAIN}).includes("clean-up begins") && ({MAIN}).includes("next attempt") === false')
    await page.click("main button", "Failed 2")
    await page.until('document.querySelectorAll("main ol > li").length === 2')
    await page.press("5")
    await page.until(f'({MAIN}).includes("{{{{reserve.response}}}}")')
    await page.press("6")
    await page.until(f'({MAIN}).includes("It is tied to nothing")')
    await page.press("u")
    await page.until('location.pathname === "/ui/executions"')
    await assert_nothing_was_refused(page, service)


async def test_what_waits_for_a_person_goes_on_before_one_s_eyes(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    ask = {"actionId": "ask", "name": "Ask", "actionType": "approval", "config": {"message": "May it be?"}}
    then = {"actionId": "tell", "actionType": "notification", "dependsOn": ["ask"], "config": {"message": "so be it"}}
    execution = await started(client, "Release", [ask, then])
    await page.open(f"{service.url}/ui/executions/{execution}/events")
    await page.until(f'({HEAD}).includes("Needs a person") && ({MAIN}).includes("waits")')
    await do(client, "decideApproval", executionId=execution, actionId="ask", approved=True)
    await page.until(f'({HEAD}).includes("Completed") && ({MAIN}).includes("so be it")')
    sequences = await page.evaluate(
        '[...document.querySelectorAll("main ol > li > button > :first-child")].map((e) => Number(e.innerText))'
    )
    assert sequences == list(range(sequences[0], 0, -1)), "each entry once, the newest first"
    await assert_nothing_was_refused(page, service)


async def test_of_items_that_wait_for_people_each_has_its_own_approval(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    each: Json = {"in": ["tea", "kettle"]}
    ask: Json = {"actionId": "ask", "actionType": "approval", "config": {"message": "May it be?"}, "forEach": each}
    execution = await started(client, "Two releases", [ask])
    await page.open(f"{service.url}/ui/executions/{execution}?action=ask")
    await page.until(f'({SIDE}).includes("See the approvals") && !({SIDE}).includes("Open the approval")')
    await page.until(f"/The execution has (1 h|60 min) left/.test({SIDE})")
    await page.open(f"{service.url}/ui/executions/{execution}?action=ask&item=1")
    await page.click("[data-side] a", "Open the approval")
    await page.until(f"location.pathname === '/ui/approvals/{execution}/ask/1'")
    await page.until('document.getElementById("approve") !== null')
    await assert_nothing_was_refused(page, service)


async def test_what_it_starts_comes_to_what_it_is_tied_to(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    go: Json = {"actionId": "go", "actionType": "wait", "config": {"signal": "go"}}
    later = (await do(client, "createWorkflow", "workflow { id }", name="Started later", actions=[go]))["workflow"]
    start: Json = {"actionId": "start", "actionType": "sub_workflow", "config": {"workflow_id": later["id"]}}
    execution = await started(client, "Starts another one", [go, {**start, "dependsOn": ["go"]}])
    await page.open(f"{service.url}/ui/executions/{execution}/related")
    await page.until(f'({MAIN}).includes("It is tied to nothing")')
    await do(client, "sendSignal", executionId=execution, name="go")
    await page.until(f'({MAIN}).includes("Started later")')
    assert "It is tied to nothing" not in await page.evaluate(MAIN)
    await assert_nothing_was_refused(page, service)


async def test_on_a_phone_the_action_that_is_chosen_comes_from_below(
    service: OrchestratorProcess, failed: str, page: Page
) -> None:
    await resize(page, PHONE_WIDTH)
    await page.open(f"{service.url}/ui/executions/{failed}")
    await page.until(f'({HEAD}).includes("Failed, all undone")')
    await page.click('[data-action="ship"] button')
    await page.until('document.querySelector("dialog[open]")?.innerText.includes("Why it failed")')
    await page.click('dialog [aria-label="Close"]')
    await page.until('document.querySelector("dialog[open]") === null')
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH
    await assert_nothing_was_refused(page, service)

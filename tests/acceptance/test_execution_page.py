"""The console's page of one execution in a real browser, under the real content security policy."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

import hatch_build
from tests.support.browser import Page, browser_page
from tests.support.calls import graphql
from tests.support.processes import OrchestratorProcess, Processes

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(180)]

Json = dict[str, Any]

DEMO = {"X-User-ID": "demo-user"}
CREATE = """mutation ($input: CreateWorkflowInput!) {
  createWorkflow(input: $input) { workflow { id } userErrors { message } }
}"""
EXECUTE = """mutation ($input: ExecuteWorkflowInput!) {
  executeWorkflow(input: $input) { execution { id } userErrors { message } }
}"""
DECIDE = """mutation ($input: DecideApprovalInput!) {
  decideApproval(input: $input) { userErrors { message } }
}"""
HEAD = 'document.querySelector("main header")?.innerText ?? ""'
SIDE = 'document.querySelector("[data-side]")?.innerText ?? ""'
MAIN = 'document.querySelector("main")?.innerText ?? ""'
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}


@pytest.fixture
def service(processes: Processes) -> OrchestratorProcess:
    assert hatch_build.is_current(), "the browser pages are not built from the present sources: python hatch_build.py"
    return processes.orchestrator()


@pytest_asyncio.fixture
async def client(service: OrchestratorProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=service.url, headers=DEMO) as client:
        for name, endpoint, status in (
            ("stock", "/reservations", 200),
            ("stock", "/release", 200),
            ("carrier", "/parcels", 422),
        ):
            mock = {"service_name": name, "endpoint": endpoint, "status_code": status, "response": {"said": name}}
            assert (await client.post("/test/mock-service", json=mock)).status_code == 200
        yield client


def service_call(action_id: str, name: str, service: str, endpoint: str, *depends_on: str, **more: Any) -> Json:
    config = {"service": service, "endpoint": endpoint, "method": "POST"}
    named = {"actionId": action_id, "name": name, "actionType": "service_call"}
    return {**named, "config": config, "dependsOn": list(depends_on), **more}


async def started(client: httpx.AsyncClient, name: str, actions: list[Json], **more: Any) -> str:
    """The id of an execution of a new workflow."""
    made = await graphql(client, CREATE, input={"name": name, "actions": actions, **more})
    assert made["createWorkflow"]["userErrors"] == []
    workflow = made["createWorkflow"]["workflow"]["id"]
    begun = await graphql(client, EXECUTE, input={"id": workflow})
    assert begun["executeWorkflow"]["userErrors"] == []
    return str(begun["executeWorkflow"]["execution"]["id"])


async def a_saga_that_fails(client: httpx.AsyncClient) -> str:
    undo = {"actionType": "service_call", "config": {"service": "stock", "endpoint": "/release", "method": "POST"}}
    reserve = service_call("reserve", "Reserve the goods", "stock", "/reservations", compensate=undo)
    each = {"forEach": {"in": ["tea", "kettle", "cups"]}}
    ship = service_call("ship", "Hand over", "carrier", "/parcels", "reserve")
    note = {"actionId": "apologise", "actionType": "notification", "config": {"message": "Sorry"}}
    return await started(client, "Order saga", [reserve | each, ship], onFailure=[note])


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        text = {"text": key} if len(key) == 1 else {}
        await page.command("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        await page.command("Input.dispatchKeyEvent", type="keyUp", key=key)


async def assert_nothing_was_refused(page: Page, service: OrchestratorProcess) -> None:
    hosts = {urlsplit(url).netloc for url in page.requested if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(service.url).netloc}
    assert await page.evaluate("window.violations") == []
    assert page.faults == []


async def test_a_failed_execution_says_why_in_each_of_its_areas(
    service: OrchestratorProcess, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    execution = await a_saga_that_fails(client)
    async with browser_page(tmp_path / "profile") as page:
        await page.open(f"{service.url}/ui/executions/{execution}")
        await page.until(f'({HEAD}).includes("Failed, all undone")')
        # What needs a look is open from the beginning: why, what it answered, and the key that a repeat has.
        await page.until(f'({SIDE}).includes("HTTP_ERROR") && ({SIDE}).includes("carrier answered 422")')
        await page.until(f'({SIDE}).includes("Idempotency-Key: {execution}:ship")')
        await page.until(f'({MAIN}).includes("undone by reserve.compensate")')
        await page.click('[aria-label="Items of reserve"]')
        await page.until(f'({MAIN}).includes("item 2")')

        await press(page, "k")
        await page.until('location.search === "?action=reserve"')
        await page.until(f'({SIDE}).includes("It was undone by reserve.compensate")')
        await press(page, "e")
        await page.until('location.search === "?action=ship"')

        await press(page, "2")
        await page.until('document.querySelectorAll("[data-box]").length === 4')
        await page.evaluate("document.querySelector('[data-box=\"ship\"]').focus()")
        await press(page, "ArrowLeft")
        await page.until('location.search === "?action=reserve" && document.activeElement.dataset.box === "reserve"')

        await press(page, "3")
        await page.until('/Where .* went/.test(document.querySelector("main").innerText)')
        await press(page, "4")
        await page.until(f'({MAIN}).includes("clean-up begins") && ({MAIN}).includes("next attempt") === false')
        await page.click("main button", "Failed 2")
        await page.until('document.querySelectorAll("main ol > li").length === 2')
        await press(page, "5")
        await page.until(f'({MAIN}).includes("{{{{reserve.response}}}}")')
        await press(page, "6")
        await page.until(f'({MAIN}).includes("It is tied to nothing")')
        await press(page, "u")
        await page.until('location.pathname === "/ui/executions"')
        await assert_nothing_was_refused(page, service)


async def test_what_waits_for_a_person_goes_on_before_one_s_eyes(
    service: OrchestratorProcess, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    ask = {"actionId": "ask", "name": "Ask", "actionType": "approval", "config": {"message": "May it be?"}}
    then = {"actionId": "tell", "actionType": "notification", "dependsOn": ["ask"], "config": {"message": "so be it"}}
    execution = await started(client, "Release", [ask, then])
    async with browser_page(tmp_path / "profile") as page:
        await page.open(f"{service.url}/ui/executions/{execution}/events")
        await page.until(f'({HEAD}).includes("Needs a person") && ({MAIN}).includes("waits")')
        decision = {"executionId": execution, "actionId": "ask", "approved": True}
        assert (await graphql(client, DECIDE, input=decision))["decideApproval"]["userErrors"] == []
        await page.until(f'({HEAD}).includes("Completed") && ({MAIN}).includes("so be it")')
        sequences = await page.evaluate(
            '[...document.querySelectorAll("main ol > li > button > :first-child")].map((e) => Number(e.innerText))'
        )
        assert sequences == list(range(sequences[0], 0, -1)), "each entry once, the newest first"
        await assert_nothing_was_refused(page, service)


async def test_on_a_phone_the_action_that_is_chosen_comes_from_below(
    service: OrchestratorProcess, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    execution = await a_saga_that_fails(client)
    async with browser_page(tmp_path / "profile") as page:
        await page.command("Emulation.setDeviceMetricsOverride", **PHONE)
        await page.open(f"{service.url}/ui/executions/{execution}")
        await page.until(f'({HEAD}).includes("Failed, all undone")')
        await page.click('[data-action="ship"] button')
        await page.until('document.querySelector("dialog[open]")?.innerText.includes("Why it failed")')
        await page.click('dialog [aria-label="Close"]')
        await page.until('document.querySelector("dialog[open]") === null')
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await assert_nothing_was_refused(page, service)

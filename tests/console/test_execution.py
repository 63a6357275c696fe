"""One execution: why it waits, why it failed, and what is seen of it where it is as large as one may be."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from app.server.serving import serving
from models.words import ActionErrorCode, WaitReason
from tests.console.driving import HEAD, MAIN, SIDE, assert_nothing_was_refused, in_the_console
from tests.console.histories import Histories
from tests.console.seeds import do, execute, reaches
from tests.support.browser import Page
from tests.support.calls import JWT_SECRET, Json, answer, ended, graphql, held, run
from tests.support.databases import data_directory
from tests.support.processes import OrchestratorProcess, Processes
from tests.support.scripted_service import ScriptedService

pytestmark = in_the_console

IN_HAND = 5
"""So many executions may this service carry out at once: one more waits for a worker."""

ITEMS, LOST_ITEM, ACTIONS = 10_000, 7_777, 500
EVENTS = 2 * ITEMS

ENTRIES = "[...document.querySelectorAll('main ol > li > button')].map((entry) => entry.innerText)"
SENTENCES = {
    WaitReason.DEPENDENCIES: "It begins once these have ended: it.",
    WaitReason.APPROVAL: "Somebody has to decide.",
    WaitReason.SIGNAL: "It waits for the signal “paid”.",
    WaitReason.TIMER: "It waits until ",
    WaitReason.EXECUTION: "It waits for the end of the execution that it started.",
    WaitReason.RETRY_BACKOFF: "An attempt failed, and another one is made at ",
    WaitReason.REPEAT_DELAY: "It is repeated until it is done; the next iteration comes at ",
    WaitReason.CIRCUIT_OPEN: "The circuit of fragile is open: calls failed in a row, and it is left alone, until ",
    WaitReason.CONCURRENCY: "As many calls of narrow are under way as may be, number 1 in line",
    WaitReason.RATE_LIMIT: "So many calls of seldom may go out in a second",
    WaitReason.WORKFLOW_LIMIT: "As many executions of this workflow run at once as may, number 1 in line",
    WaitReason.WORKER: "It is ready, and no node has taken it yet.",
    WaitReason.PAUSED: "The execution is paused: nothing of it begins.",
}
TODO = """[...document.querySelectorAll("[data-side] h4")].find((head) => head.innerText === "What you can do")
  ?.nextElementSibling.innerText"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def partner() -> AsyncIterator[ScriptedService]:
    """A service that is slow at `/slow`, and out of order at `/broken`."""
    partner = ScriptedService()
    partner.answers = {"/slow": held, "/broken": answer({"reason": "out of order"}, 503)}
    async with serving(partner.app) as url:
        partner.url = url
        yield partner
        partner.released.set()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(partner: ScriptedService, memory: Path, migrated_file: Path) -> AsyncIterator[OrchestratorProcess]:
    """A service that carries out few executions at once, and may call the partner in four ways."""
    options: dict[str, Json] = {
        "partner": {},
        "narrow": {"max_concurrency": 1},
        "seldom": {"rate_limit": 0.001},
        "fragile": {"circuit_threshold": 1, "circuit_open_seconds": 3600},
    }
    services = {name: {"url": partner.url, **more} for name, more in options.items()}
    environ = {"ORCHESTRATOR_JWT_SECRET": JWT_SECRET, "ORCHESTRATOR_CONCURRENCY": str(IN_HAND)}
    with data_directory(memory, migrated_file) as data_dir:
        processes = Processes(data_dir)
        yield processes.orchestrator(services, data_dir=data_dir, environ=environ)
        processes.end()


def call(action_id: str, service: str, endpoint: str, **more: Any) -> Json:
    config = {"service": service, "endpoint": endpoint}
    return {"actionId": action_id, "actionType": "service_call", "config": config, **more}


def action(action_type: str, config: Json, **more: Any) -> Json:
    return {"actionId": "it", "actionType": action_type, "config": config, **more}


async def made(client: httpx.AsyncClient, name: str, *actions: Json, **more: Any) -> str:
    """The id of a new workflow."""
    return str(
        (await do(client, "createWorkflow", "workflow { id }", name=name, actions=actions, **more))["workflow"]["id"]
    )


async def begun(client: httpx.AsyncClient, name: str, *actions: Json, **more: Any) -> str:
    """The id of an execution of a new workflow."""
    return await execute(client, await made(client, name, *actions, **more))


async def show(page: Page, address: str) -> None:
    """Go to another address of the console, as a link of it does."""
    await page.evaluate(f"history.pushState(null, '', {address!r})")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def failures(service: OrchestratorProcess, client: httpx.AsyncClient) -> Mapping[str, str]:
    """An execution for each reason for which an action can fail, by its code."""
    never = {"maxAttempts": 1}
    source = await begun(client, "Order", call("it", "partner", "/broken", retry=never))
    await ended(client, source)
    service.stop()
    with Histories(service.data_dir) as histories:
        copied = {code: histories.copy(source, replace=("HTTP_ERROR", code))[0] for code in ActionErrorCode}
    service.start()
    return copied


async def test_each_reason_to_fail_says_what_to_do(
    service: OrchestratorProcess, failures: Mapping[str, str], page: Page
) -> None:
    advice = {}
    await page.open(f"{service.url}/ui/executions")
    for code, execution in failures.items():
        await show(page, f"/ui/executions/{execution}")
        await page.until(f"({HEAD}).includes('Failed') && ({SIDE}).includes({code.value!r})")
        advice[code] = await page.evaluate(TODO)
        assert advice[code] in await page.evaluate(MAIN)  # it stands in the list under the action too
    assert len(set(advice.values())) == len(advice)
    assert "Its message says what is known." not in advice.values()
    await assert_nothing_was_refused(page, service)


async def test_what_could_not_be_undone_stands_on_top(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    once = {"maxAttempts": 1}
    undo = {"actionType": "service_call", "config": {"service": "partner", "endpoint": "/undo"}}
    refund = {"actionType": "service_call", "config": {"service": "partner", "endpoint": "/broken"}, "retry": once}
    saga = await begun(
        client,
        "Order saga",
        call("reserve", "partner", "/reserve", compensate=undo),
        call("charge", "partner", "/charge", dependsOn=["reserve"], name="Charge the card", compensate=refund),
        call("ship", "partner", "/broken", dependsOn=["charge"], retry=once),
    )
    await page.open(f"{service.url}/ui/executions/{saga}")
    await page.until(f"({HEAD}).includes('Failed, 1 not undone') && ({HEAD}).includes('Not undone: charge')")
    await page.until(f"({MAIN}).includes('undone by reserve.compensate')")
    await page.click('[data-action="charge"] button', "Charge the card")
    await page.until(f"({SIDE}).includes('Charge the card is not undone')")
    await page.press("e")
    await page.until(f"({SIDE}).includes('HTTP_ERROR')")
    await assert_nothing_was_refused(page, service)


async def test_ten_thousand_items_and_their_events_are_gone_through(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    each = {"in": "{{documents}}", "maxConcurrency": 1000, "toleratedFailurePercentage": 1}
    read = {"actionId": "read", "actionType": "transform", "config": {"output": "{{item.id}}"}, "forEach": each}
    archive = await made(client, "Archive", read, parameters=[{"name": "documents", "type": "ARRAY"}])
    documents = [{"id": number} if number != LOST_ITEM else {} for number in range(ITEMS)]
    execution = (await run(client, archive, documents=documents))["execution_id"]

    await page.open(f"{service.url}/ui/executions/{execution}")
    await page.until(f"({MAIN}).includes('1 of 10,000 failed')")
    await page.click('[aria-label="Items of read"]')
    await page.until(f"({MAIN}).includes('item 19') && ({MAIN}).includes('20 more of 10,000')")
    await page.click("main button", "Failed 1")
    await page.until(f"({MAIN}).includes('item {LOST_ITEM}') && ({MAIN}).includes('EXPRESSION_ERROR')")

    await page.press("4")
    await page.until(f"Number(/All ([\\d,]+)/.exec({MAIN})?.[1].replace(',', '')) > {EVENTS}")
    assert await page.evaluate(f"{ENTRIES}.length") < 80
    await page.click("main button", "Oldest")
    await page.until(f"{ENTRIES}[0]?.startsWith('1\\n') && ({MAIN}).includes('accepted')")
    await page.click("main button", "Newest first")
    await page.until(f"Number({ENTRIES}[0]?.split('\\n')[0]) > {EVENTS}")
    # What failed lies far back, and is asked for, not looked through.
    await page.press("f")
    await page.until(f"{ENTRIES}.length === 1 && {ENTRIES}[0].includes('read:{LOST_ITEM}')")
    await assert_nothing_was_refused(page, service)


async def test_five_hundred_actions_are_drawn_folded_and_found(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    def one(number: int) -> Json:
        above = [f"step{(number - 1) // 3}"] if number else []
        output = "{{missing.value}}" if number == ACTIONS - 1 else number
        return {
            "actionId": f"step{number}",
            "actionType": "transform",
            "config": {"output": output},
            "dependsOn": above,
        }

    execution = await begun(client, "Wide", *(one(number) for number in range(ACTIONS)))
    await ended(client, execution)
    await page.open(f"{service.url}/ui/executions/{execution}")
    await page.until(f"({MAIN}).includes('All 500') && ({SIDE}).includes('step499')")
    await page.press("2")
    await page.until(f"/\\d+ actions\\s+1 failed/.test({MAIN})")
    await page.press("3")
    await page.until('/Where .* went/.test(document.querySelector("main").innerText)')
    await page.press("1", "/")
    await page.command("Input.insertText", text="step498")
    await page.until("document.querySelectorAll('main [data-action]').length === 1")
    await assert_nothing_was_refused(page, service)


async def test_one_goes_to_what_it_started_and_back(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    child = await made(client, "Canary", action("wait", {"signal": "soaked"}))
    parent = await begun(client, "Rollout", action("sub_workflow", {"workflow_id": child}))
    await reaches(client, parent, "ACTION_WAITING")
    query = "query ($id: [ID!]!) { executions(filter: {parentId: $id}) { nodes { id } } }"
    (started,) = (await graphql(client, query, id=parent))["executions"]["nodes"]
    await page.open(f"{service.url}/ui/executions/{parent}")
    await page.click("a", "What it started")
    await page.until(f"location.pathname === '/ui/executions/{started['id']}' && ({HEAD}).includes('Waits for soaked')")
    await page.click("main header a", "Rollout")
    await page.until(
        f"location.pathname === '/ui/executions/{parent}' && ({HEAD}).includes('Waits for another execution')"
    )
    await page.evaluate("history.back()")
    await page.until(f"location.pathname === '/ui/executions/{started['id']}' && ({HEAD}).includes('Waits for soaked')")
    await do(client, "sendSignal", executionId=started["id"], name="soaked")
    await page.until(f"({HEAD}).includes('Completed')")
    await page.evaluate("history.forward()")
    await page.until(f"location.pathname === '/ui/executions/{parent}' && ({HEAD}).includes('Completed')")
    await assert_nothing_was_refused(page, service)


async def test_what_is_written_stays_when_what_it_is_about_goes_on_meanwhile(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    execution = await begun(client, "Paid meanwhile", action("wait", {"signal": "paid"}))
    await reaches(client, execution, "ACTION_WAITING")
    await page.open(f"{service.url}/ui/executions/{execution}")
    await page.click("main button", "Skip…")
    why = "document.querySelector('dialog[open] input').value"
    await page.until("document.querySelector('dialog[open] input') !== null")
    await page.command("Input.insertText", text="It was paid in cash")
    await do(client, "sendSignal", executionId=execution, name="paid")
    await page.until(f"({HEAD}).includes('Completed')")
    assert await page.evaluate(why) == "It was paid in cash"
    await page.click("dialog button", "Skip it")
    await page.until("document.querySelector('dialog[open]').innerText.includes('already')")
    assert await page.evaluate(why) == "It was paid in cash"
    await assert_nothing_was_refused(page, service)


async def waits(client: httpx.AsyncClient) -> dict[WaitReason, str]:
    """An execution that waits for each reason, in its action `it`, but for what takes all that can be carried out."""
    hour = {"maxAttempts": 3, "backoff": "FIXED", "initialDelaySeconds": 3600, "jitter": False}
    await ended(client, await begun(client, "Last call", call("it", "fragile", "/broken", retry={"maxAttempts": 1})))
    child = await made(client, "Child", action("wait", {"signal": "never"}))
    after = {"actionId": "then", "actionType": "notification", "config": {"message": "then"}, "dependsOn": ["it"]}
    found = {
        WaitReason.APPROVAL: await begun(client, "Release", action("approval", {"message": "Release?"}), after),
        WaitReason.SIGNAL: await begun(client, "Payment", action("wait", {"signal": "paid"})),
        WaitReason.TIMER: await begun(client, "Reminder", action("wait", {"seconds": 7200})),
        WaitReason.EXECUTION: await begun(client, "Parent", action("sub_workflow", {"workflow_id": child})),
        WaitReason.RETRY_BACKOFF: await begun(client, "Retries", call("it", "partner", "/broken", retry=hour)),
        WaitReason.CIRCUIT_OPEN: await begun(client, "Circuit", call("it", "fragile", "/quick")),
    }
    until = {"until": "{{response.done}}", "delaySeconds": 3600}
    polling = action("transform", {"output": {"done": False}}, repeat=until)
    found[WaitReason.REPEAT_DELAY] = await begun(client, "Polling", polling)
    one = await made(client, "One at a time", action("wait", {"signal": "never"}), concurrency={"limit": 1})
    await execute(client, one)
    found[WaitReason.WORKFLOW_LIMIT] = await execute(client, one)
    found[WaitReason.PAUSED] = await execute(client, one)
    await do(client, "pauseExecution", id=found[WaitReason.PAUSED], reason="the freeze")
    return found


async def crowded(client: httpx.AsyncClient) -> dict[WaitReason, str]:
    """What waits while it is in hand, and then for a worker."""
    await begun(client, "Rare call", call("it", "seldom", "/quick"))
    seldom = await begun(client, "Rare calls", call("it", "seldom", "/quick"))
    slow = await made(client, "Slow call", call("it", "narrow", "/slow"))
    first = await execute(client, slow)
    await reaches(client, first, "ACTION_STARTED")
    second = await execute(client, slow)
    for _ in range(IN_HAND):
        last = await execute(client, slow)
    return {WaitReason.RATE_LIMIT: seldom, WaitReason.CONCURRENCY: second, WaitReason.WORKER: last}


async def test_each_reason_to_wait_says_so_in_a_sentence(
    service: OrchestratorProcess, client: httpx.AsyncClient, partner: ScriptedService, page: Page
) -> None:
    found = await waits(client)
    found |= await crowded(client)
    await page.open(f"{service.url}/ui/executions")
    for reason, execution in found.items():
        await show(page, f"/ui/executions/{execution}?action=it")
        await page.until(f"({SIDE}).includes('Why it waits') && ({SIDE}).includes({SENTENCES[reason]!r})")
        # Under the action in the list, too, where the head of the page does not say it already.
        await page.until(f"({MAIN}).split({SENTENCES[reason]!r}).length > {1 if reason is WaitReason.PAUSED else 2}")
    await show(page, f"/ui/executions/{found[WaitReason.APPROVAL]}?action=then")
    await page.until(f"({SIDE}).includes({SENTENCES[WaitReason.DEPENDENCIES]!r})")
    assert found.keys() | {WaitReason.DEPENDENCIES} == SENTENCES.keys() == set(WaitReason)

    partner.released.set()  # and all that waited in line goes on
    await show(page, f"/ui/executions/{found[WaitReason.WORKER]}")
    await page.until(f"({HEAD}).includes('Completed')")
    await assert_nothing_was_refused(page, service)

"""The browser pages as a newcomer uses them, in a real browser under the real content security policy."""

from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

import hatch_build
from rest_compat.openapi_operations import OPERATIONS
from tests.support.browser import Page, browser_page
from tests.support.calls import graphql, token
from tests.support.processes import OrchestratorProcess, Processes

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(180)]

ARTEFACTS = Path(__file__).parents[2] / "artefacts"
RESPONSE = 'document.querySelector(".graphiql-response").innerText.replace(/\\s+/g, " ")'  # a long line is broken
QUERY = 'document.querySelector(".graphiql-query-editor").innerText.replaceAll("\\u00a0", " ")'
SETTLED = """new Promise((settled) => {
  let timer;
  const changes = new MutationObserver(() => wait());
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => settled(changes.disconnect()), 250);
  };
  changes.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  wait();
})"""
"""The page resolves an operation and fills its fields once it is unfolded, saying so by its own changes alone."""

GRACE = {"X-User-ID": "grace"}
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
CENTRE = """(selector) => {
  const element = document.querySelector(selector), box = element.getBoundingClientRect();
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  return { x, y, isOnTop: element.contains(document.elementFromPoint(x, y)) };
}"""
UNFOLD = """(async (id) => {
  const drawn = () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const block = [...document.querySelectorAll(".opblock")].find((block) => block.id.endsWith(`-${id}`));
  const fold = block.querySelector(".opblock-summary-control");
  fold.click();
  while (!block.querySelector(".responses-table")) await drawn();
  await drawn();
  const width = document.documentElement.scrollWidth;
  fold.click();
  return width;
})"""
STRONG = "kT7wQ0mZr4Yx1VbN8sLd3GhJ6pFcE9uA2oRiXtKq"


@pytest.fixture
def service(processes: Processes) -> OrchestratorProcess:
    assert hatch_build.is_current(), "the browser pages are not built from the present sources: python hatch_build.py"
    return processes.orchestrator()


def keep(name: str, picture: bytes) -> None:
    """Keep a picture for whoever reads the run."""
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / f"{name}.png").write_bytes(picture)


async def show(page: Page, plugin: str) -> None:
    """Open a side panel unless it is open."""
    if not await page.evaluate(f"document.querySelector('button[aria-label=\"Hide {plugin}\"]') !== null"):
        await page.click(f'button[aria-label="Show {plugin}"]')


async def run_example(page: Page, title: str, answer: str) -> str:
    """Open an example, execute it, wait for an answer that contains `answer`, and return what is seen of it."""
    await page.click(".console-panel button", title)
    await page.click(".graphiql-execute-button")
    return str(await page.until(f"(() => {{ const r = {RESPONSE}; return r.includes({answer!r}) ? r : '' }})()"))


async def one_click(page: Page, operation: str) -> int:
    """Unfold an operation of the REST page, click "Execute", fold it up again, and return the status of the answer."""
    block = f'[id$="-{operation}"]'
    fold, button = (f"document.querySelector('{block} {part}')" for part in (".opblock-summary-control", ".execute"))
    status = f"document.querySelector('{block} .live-responses-table .response .response-col_status')"
    await page.until(f"{fold} && ({fold}.click(), true)")
    await page.until(f"{button} !== null")
    await page.evaluate(SETTLED)
    await page.evaluate(f"{button}.click()")
    answered = await page.until(f"{status} && {status}.innerText.slice(0, 3)")
    await page.evaluate(f"{fold}.click()")
    return int(answered)


async def assert_it_kept_to_its_host(page: Page, service: OrchestratorProcess) -> None:
    """Check the record of the page: no other host, nothing against the policy, no script that failed."""
    hosts = {urlsplit(url).netloc for url in page.requested if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(service.url).netloc}
    assert await page.evaluate("window.violations") == []
    assert page.faults == []


async def test_a_newcomer_signs_in_creates_executes_and_watches_live(
    service: OrchestratorProcess, tmp_path: Path
) -> None:
    async with browser_page(tmp_path / "profile") as page:
        await page.open(f"{service.url}/graphql")
        await show(page, "Sign in")
        await page.type(".console-panel input", "grace")
        await page.click(".console-panel form button")
        await page.until('document.querySelector(".console-panel output").innerText === "Signed in"')

        await show(page, "Examples")
        await run_example(page, "Create a workflow", '"My first workflow"')
        await run_example(page, "Execute a workflow", '"exec_')
        await run_example(page, "Watch every step", "EXECUTION_COMPLETED")

        await run_example(page, "Let a service fail", '"mailer"')
        await run_example(page, "Create a workflow with retries", '"EXPONENTIAL"')
        await run_example(page, "Execute it", '"exec_')
        await run_example(page, "Watch every step", "ACTION_RETRY_SCHEDULED")
        keep("graphiql", await page.screenshot())
        async with httpx.AsyncClient(base_url=service.url, headers=GRACE) as client:
            running = await graphql(client, "{ executions(filter: { status: RUNNING }) { nodes { id } } }")
            (execution,) = running["executions"]["nodes"]
            assert (await client.post(f"/workflows/executions/{execution['id']}/cancel")).status_code == 200
        await page.until(f'{RESPONSE}.includes("EXECUTION_CANCELLED")')

        await run_example(page, "Watch all executions", "cursor")  # which goes on for ever
        await run_example(page, "Who am i", '"grace"')

        assert any(url.startswith("ws://") for url in page.requested)
        await assert_it_kept_to_its_host(page, service)


async def test_the_tour_goes_on_after_a_reload_and_on_a_second_visit(
    service: OrchestratorProcess, tmp_path: Path
) -> None:
    async with browser_page(tmp_path / "profile") as page:
        await page.open(f"{service.url}/graphql")
        await run_example(page, "Execute a workflow", 'run the example \\"Create a workflow\\" first')
        await run_example(page, "Create a workflow", '"My first workflow"')
        await run_example(page, "Execute a workflow", '"exec_')

        await page.open(f"{service.url}/graphql")  # ids of the visit are kept
        taken = await run_example(page, "Create a workflow", "NAME_TAKEN")
        assert "or update wf_" in taken
        await run_example(page, "Execute a workflow", '"exec_')

        await page.evaluate("sessionStorage.clear()")
        await page.open(f"{service.url}/graphql")  # as in a new tab: ids come from the service
        await run_example(page, "Read what it did", '"I said: Hello, Ada!"')
        await run_example(page, "Delete a workflow", '"deletedId"')
        await run_example(page, "Execute a workflow", 'run the example \\"Create a workflow\\" first')
        await assert_it_kept_to_its_host(page, service)


async def test_what_the_page_opens_with_is_complete(service: OrchestratorProcess, tmp_path: Path) -> None:
    async with browser_page(tmp_path / "profile") as page:
        await page.open(f"{service.url}/graphql")
        await page.until('document.querySelector(".console-panel button:not([disabled])") !== null')
        await page.click(".graphiql-execute-button")
        await page.until(f"""{RESPONSE}.includes('"My first workflow"')""")
        await page.until('document.body.innerText.includes("Create an API key")')
        await assert_it_kept_to_its_host(page, service)


async def test_a_query_is_put_together_in_the_explorer_and_read_about_in_the_documentation(
    service: OrchestratorProcess, tmp_path: Path
) -> None:
    async with browser_page(tmp_path / "profile") as page:
        await page.open(f"{service.url}/graphql")
        await show(page, "GraphiQL Explorer")
        await page.until("document.body.innerText.includes('cleanUpTestData')")
        await page.click(".graphiql-explorer-field-view")
        await page.until(f"{QUERY}.includes('abortBulkOperation(input:')")
        keep("graphiql-explorer", await page.screenshot())
        await show(page, "Documentation Explorer")
        await page.click(".graphiql-doc-explorer-content a", "Subscription")
        await page.until('document.body.innerText.includes("executionEvents(")')
        await assert_it_kept_to_its_host(page, service)


async def test_a_refused_credential_is_told_with_the_reason(service: OrchestratorProcess, tmp_path: Path) -> None:
    async with browser_page(tmp_path / "profile") as page:
        await page.open(f"{service.url}/graphql")
        await show(page, "Sign in")
        await page.until('document.querySelector(".console-panel select") !== null')
        await page.choose(".console-panel select", "Authorization")
        await page.type('.console-panel input[type="password"]', "no-such-token")
        await page.click(".console-panel form button")
        said = await page.until('document.querySelector(".console-panel output").innerText')
        assert "The bearer token is not valid" in said


async def test_every_operation_of_the_rest_page_runs_with_one_click_after_a_set_up(
    service: OrchestratorProcess, tmp_path: Path
) -> None:
    set_up, clean_up = "setUpTestData", "cleanUpTestData"
    others = [operation.id for operation in OPERATIONS if operation.id not in (set_up, clean_up)]
    async with browser_page(tmp_path / "profile") as page:
        await page.open(f"{service.url}/docs")
        answered = {}
        for operation in (set_up, *others, clean_up):
            answered[operation] = await one_click(page, operation)
        assert {operation: status for operation, status in answered.items() if not 200 <= status < 300} == {}
        keep("docs", await page.screenshot())
        await assert_it_kept_to_its_host(page, service)


async def test_in_production_an_operator_opens_graphiql_by_the_browser_s_own_sign_in(
    processes: Processes, tmp_path: Path
) -> None:
    service = processes.orchestrator(command="serve", environ={"ORCHESTRATOR_JWT_SECRET": STRONG})
    credential = token("grace", "default", "editor", secret=STRONG)["Authorization"].removeprefix("Bearer ")
    async with browser_page(tmp_path / "profile") as page:
        await page.sign_in_with("anybody", credential)
        await page.open(f"{service.url}/")
        await page.until('document.querySelector("dialog select") !== null')  # the console greets with its sign-in
        assert page.faults == []  # nothing was asked for in the name of nobody
        await page.open(f"{service.url}/graphql")
        await page.until('document.querySelector(".console-panel select") !== null')  # what the page greets with
        kinds = "[...document.querySelectorAll('.console-panel option')].map((option) => option.value)"
        assert await page.evaluate(kinds) == ["Authorization", "X-API-Key"]
        keep("graphiql-sign-in", await page.screenshot())
        await page.type('.console-panel input[type="password"]', credential)
        await page.click(".console-panel form button")
        await page.until('document.querySelector(".console-panel output").innerText === "Signed in"')

        assert page.faults == []  # nothing was asked for in the name of nobody

        await show(page, "Examples")
        await run_example(page, "Create a workflow", '"My first workflow"')
        await run_example(page, "Execute a workflow", '"exec_')
        await run_example(page, "Watch every step", "EXECUTION_COMPLETED")
        keep("graphiql-production", await page.screenshot())
        assert any(url.startswith("ws://") for url in page.requested)

        await page.open(f"{service.url}/docs")
        await page.until('document.body.innerText.includes("/workflows/executions")')


async def test_the_pages_work_below_a_path_and_on_a_phone(processes: Processes, tmp_path: Path) -> None:
    service = processes.orchestrator(environ={"ORCHESTRATOR_ROOT_PATH": "/tools/flows"})
    below = f"{service.url}/tools/flows"
    async with browser_page(tmp_path / "profile") as page:
        await page.command("Emulation.setDeviceMetricsOverride", **PHONE)
        await page.open(f"{below}/")
        await page.until('document.body.innerText.includes("Run something in a minute")')
        await page.open(f"{below}/graphql")
        await run_example(page, "Create a workflow", '"wf_')
        await run_example(page, "Execute a workflow", '"exec_')
        await run_example(page, "Watch every step", "executionEvents")
        button = await page.evaluate(f"({CENTRE})('.graphiql-execute-button')")
        assert 0 < button["x"] < PHONE["width"] and 0 < button["y"] < PHONE["height"] and button["isOnTop"]
        keep("graphiql-phone", await page.screenshot())
        await page.open(f"{below}/docs")
        await page.until('document.body.innerText.includes("/workflows/executions")')
        assert await page.evaluate('document.querySelectorAll(".opblock").length') == len(OPERATIONS)
        for operation in OPERATIONS:
            assert (operation.id, await page.evaluate(f"{UNFOLD}({operation.id!r})")) == (operation.id, PHONE["width"])
        asked = {urlsplit(url).path for url in page.requested if not url.startswith(("data:", "blob:"))}
        assert {path for path in asked if not path.startswith("/tools/flows/")} == set()
        assert any(url.startswith("ws://") for url in page.requested)
        await assert_it_kept_to_its_host(page, service)

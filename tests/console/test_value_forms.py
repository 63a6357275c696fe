"""What stands in the fields of a form is what is sent: what was cleared, what is asked for, a secret of many lines."""

import json

import httpx

from tests.console.driving import in_the_console
from tests.console.pressing import found
from tests.console.seeds import do, execute
from tests.support.browser import Page
from tests.support.calls import ended, graphql
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

REGION = 'input[data-field="region"]'
CLEAR = f"(document.querySelector({REGION!r}).select(), document.execCommand('delete'))"
RAN_WITH = "query ($id: ID!) { execution(id: $id) { parameters } }"
PRESENT = "location.pathname.split('/')[3]"


async def test_what_was_cleared_is_sent_as_empty_and_what_is_required_is_asked_for(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    parameters = [
        {"name": "sure", "type": "BOOLEAN", "required": True},
        {"name": "region", "type": "STRING", "defaultValue": "eu"},
    ]
    greet = {"actionId": "greet", "actionType": "transform", "config": {"output": "{{region}}"}}
    made = await do(client, "createWorkflow", "workflow { id }", name="Greets", parameters=parameters, actions=[greet])
    workflow = made["workflow"]["id"]
    before = await execute(client, workflow, sure=True, region="us")
    await ended(client, before)

    await page.open(f"{service.url}/ui/workflows/{workflow}")
    await page.click("main button[type=submit]", "Run")
    await page.until("document.activeElement.dataset.field === 'sure' && document.activeElement.innerText === 'yes'")
    assert "It is required" in await page.evaluate("document.querySelector('main form').innerText")
    await page.click("main form button", "no")
    assert await page.evaluate(CLEAR)
    await page.until("document.querySelector('main form').innerText.includes('Empty: an empty text')")
    await page.click("main button[type=submit]", "Run")
    await page.until("location.pathname.startsWith('/ui/executions/')")
    ran = await graphql(client, RAN_WITH, id=await page.evaluate(PRESENT))
    assert ran["execution"]["parameters"] == {"sure": False, "region": ""}

    await page.open(f"{service.url}/ui/executions/{before}/rerun")
    await page.until(f"document.querySelector({REGION!r})?.value === 'us'")
    assert await page.evaluate(CLEAR)
    await page.until("document.querySelector('dialog').innerText.includes('1 changed')")
    await page.until(f"{found('Rerun: …')}?.click() === undefined && {PRESENT} !== {before!r}")
    again = await graphql(client, RAN_WITH, id=await page.evaluate(PRESENT))
    assert again["execution"]["parameters"] == {"sure": True, "region": ""}


KEEP_WHAT_IS_SENT = """(() => {
  const send = window.fetch;
  window.sent = [];
  window.fetch = (address, how) => (window.sent.push(String(how?.body)), send(address, how));
  return true;
})()"""


async def test_a_secret_of_several_lines_keeps_them_and_is_not_to_be_read(
    service: OrchestratorProcess, page: Page
) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
    await page.open(f"{service.url}/ui/keys")
    await page.click("button", "New secret")
    await page.type("dialog input", "signing_key")
    await page.type("dialog textarea", key)
    value = "document.querySelector('dialog textarea')"
    assert await page.evaluate(f"getComputedStyle({value}).webkitTextSecurity") == "disc"
    assert await page.evaluate(f"[{value}.autocomplete, {value}.spellcheck]") == ["off", False]
    assert await page.evaluate(KEEP_WHAT_IS_SENT)
    await page.click("dialog button", "Set it")
    await page.until("document.querySelector('main').innerText.includes('signing_key')")
    (sent,) = [json.loads(body) for body in await page.evaluate("window.sent") if "PRIVATE KEY" in body]
    assert sent["variables"]["input"] == {"name": "signing_key", "value": key}

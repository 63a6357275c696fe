"""Two people at one approval, and one whose key is revoked: what is typed stays, and nobody is told what is not so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest_asyncio

from tests.console.driving import as_who, in_the_console
from tests.console.seeds import do, execute, reaches
from tests.support.browser import Browser, Page
from tests.support.calls import ended, graphql, token
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

APPROVE = '#approve:not([aria-disabled="true"])'
WHY_OFF = 'document.querySelector("#approve").title'
COMMENT = "main textarea"
TYPED = f"document.querySelector({COMMENT!r}).value"
SIGN_IN = '[...document.querySelectorAll("dialog[open] h2")].some((e) => e.innerText === "Sign in")'
WORDS = "I looked at it twice"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def workflow(client: httpx.AsyncClient) -> str:
    """A workflow that asks one of two people."""
    config = {"message": "Pay A-1001 back?", "approvers": ["ann", "bob"]}
    ask = {"actionId": "ask", "actionType": "approval", "config": config}
    made = await do(client, "createWorkflow", "workflow { id }", name="Refund", actions=[ask])
    return str(made["workflow"]["id"])


@asynccontextmanager
async def two_people(browser: Browser) -> AsyncIterator[tuple[Page, Page]]:
    """A page of each of those who are asked."""
    async with browser.page() as ann, browser.page() as bob:
        for page, user in ((ann, "ann"), (bob, "bob")):
            await as_who(page, token(user, "default", "operator"))
        yield ann, bob


async def asking(client: httpx.AsyncClient, workflow: str) -> str:
    """An execution that waits for a decision."""
    execution = await execute(client, workflow)
    await reaches(client, execution, "ACTION_WAITING", "ask")
    return execution


async def test_two_who_decide_at_once_are_told_who_was_first(
    service: OrchestratorProcess, client: httpx.AsyncClient, workflow: str, browser: Browser
) -> None:
    execution = await asking(client, workflow)
    async with two_people(browser) as (ann, bob):
        for page in (ann, bob):
            await page.open(f"{service.url}/ui/approvals/{execution}/ask")
            await page.until(f"document.querySelector({APPROVE!r}) !== null")
        await bob.type(COMMENT, WORDS)
        await asyncio.gather(*(page.evaluate("document.querySelector('#approve').click()") for page in (ann, bob)))
        await ended(client, execution)
        for page in (ann, bob):
            await page.until(f'{WHY_OFF} === "It was decided, or has ended"')
        told = [await page.evaluate("document.body.innerText") for page in (ann, bob)]
        decided = (await graphql(client, DECISIONS, id=execution))["execution"]["actions"][0]["response"]["decisions"]
        # The later one is told so, and what was typed is still there.
        for person, text in zip(("ann", "bob"), told, strict=True):
            counts = person in {decision["by"] for decision in decided}
            assert ("Approved" in text) is counts, (person, text)
        assert len(decided) == 1
        assert await bob.evaluate(TYPED) == WORDS


DECISIONS = "query ($id: ID!) { execution(id: $id) { actions { response } } }"


async def test_what_another_decides_stays_open_and_says_so(
    service: OrchestratorProcess, client: httpx.AsyncClient, workflow: str, browser: Browser
) -> None:
    first, second = [await asking(client, workflow) for _ in range(2)]
    async with two_people(browser) as (ann, bob):
        for page in (ann, bob):
            await page.open(f"{service.url}/ui/approvals/{first}/ask")
            await page.until(f"document.querySelector({APPROVE!r}) !== null")
        await bob.type(COMMENT, WORDS)
        await ann.click(APPROVE)
        await bob.until(f'{WHY_OFF} === "It was decided, or has ended"')
        assert await bob.evaluate(TYPED) == WORDS
        assert await bob.evaluate(f"location.pathname === '/ui/approvals/{first}/ask'")
        # The other one is in the list still, and is decided with words of its own.
        await bob.click(f'main a[href$="{second}/ask"]')
        await bob.until(f"document.querySelector({APPROVE!r}) !== null && {TYPED} === ''")
        await bob.click(APPROVE)
        await ended(client, second)


OPEN = "document.querySelector('main article a.link')?.href.split('/').at(-1)"
PRESS_AT_ONCE = """new MutationObserver((_, watch) => {
  if (%s === %s) return;
  watch.disconnect();
  document.querySelector("#approve").click();
  window.pressed = true;
}).observe(document.querySelector("main"), { childList: true, subtree: true }), true"""
"""Has the second press of a double click come as soon as another one is shown."""


async def test_without_an_address_nobody_is_led_to_another_one_but_by_the_own_decision(
    service: OrchestratorProcess, client: httpx.AsyncClient, workflow: str, browser: Browser
) -> None:
    waiting = {await asking(client, workflow) for _ in range(3)}
    async with two_people(browser) as (ann, bob):
        await bob.open(f"{service.url}/ui/approvals")
        await bob.until(f"document.querySelector({APPROVE!r}) !== null")
        await bob.type(COMMENT, WORDS)
        first = await bob.evaluate(OPEN)
        await ann.open(f"{service.url}/ui/approvals/{first}/ask")
        await ann.click(APPROVE)
        await bob.until(f'{WHY_OFF} === "It was decided, or has ended"')
        assert [await bob.evaluate(TYPED), await bob.evaluate(OPEN)] == [WORDS, first]

        await bob.open(f"{service.url}/ui/approvals")
        await bob.until(f"document.querySelector({APPROVE!r}) !== null")
        second = await bob.evaluate(OPEN)
        assert await bob.evaluate(PRESS_AT_ONCE % (OPEN, repr(second)))
        await bob.click(APPROVE)
        (third,) = waiting - {first, second}
        await bob.until("window.pressed")
        await bob.until(f"{OPEN} === {third!r} && document.querySelector({APPROVE!r}) !== null")
        await bob.click("#decline")
        for execution, approved in ((second, True), (third, False)):
            await ended(client, execution)
            decided = (await graphql(client, DECISIONS, id=execution))["execution"]["actions"][0]["response"]
            assert [(one["by"], one["approved"]) for one in decided["decisions"]] == [("bob", approved)]


async def test_a_revoked_key_opens_the_sign_in_and_the_page_is_as_it_was(
    service: OrchestratorProcess, client: httpx.AsyncClient, workflow: str, browser: Browser
) -> None:
    execution = await asking(client, workflow)
    keys = [
        await do(client, "createApiKey", "key apiKey { id }", name=name, userId="ann", role="OPERATOR") for name in "ab"
    ]
    async with browser.page() as page, browser.tab_beside(page) as other:
        for tab, path in ((page, f"/ui/approvals/{execution}/ask"), (other, f"/ui/executions/{execution}")):
            await as_who(tab, {"X-API-Key": keys[0]["key"]})
            await tab.open(f"{service.url}{path}")
        await page.until(f"document.querySelector({APPROVE!r}) !== null")
        await page.type(COMMENT, WORDS)
        await page.evaluate("window.here = document.querySelector('main textarea'), true")
        await other.click("main button", "Skip…")
        await other.type('dialog input[aria-required="true"]', WORDS)

        await do(client, "revokeApiKey", id=keys[0]["apiKey"]["id"])
        for tab in (page, other):
            await tab.until(SIGN_IN)
            # It is not to be got rid of: nothing would be answered.
            await tab.press("Escape", "Escape")
            await tab.until(SIGN_IN)
            await tab.type('dialog input[type="password"]', "orc_nobodys")
            await tab.click("dialog button[type=submit]", "Sign in")
            await tab.until('document.querySelector("dialog[open] [aria-invalid]") !== null')
            await tab.type('dialog input[type="password"]', keys[1]["key"])
            await tab.click("dialog button[type=submit]", "Sign in")
            await tab.until(f"!({SIGN_IN})")
        assert await page.evaluate(TYPED) == WORDS
        assert await page.evaluate("document.querySelector('main textarea') === window.here"), "it is the same page"
        assert await other.evaluate("document.querySelector('dialog input').value") == WORDS
        await page.until('document.body.innerText.includes("Live")')
        await page.click(APPROVE)
        await ended(client, execution)
        await page.until(f'{WHY_OFF} === "It was decided, or has ended"')
        await other.until('document.querySelector("main header").innerText.includes("Completed")')

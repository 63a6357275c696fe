"""Each role walks over all pages and presses all buttons: what is on is never refused, what is off would be.

Nothing that is pressed is carried out: the tab is told that it was refused, and what it sent is sent afterwards, to see
what the service says. The audit log says whether a page has asked for what its reader may not see.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import httpx
import pytest

from tests.console.conftest import ADMIN
from tests.console.driving import as_who, in_the_console
from tests.console.pressing import SETTLED, WALKING, go
from tests.console.seeds import Seeds
from tests.sizes import some_of
from tests.support.browser import Browser, Page
from tests.support.calls import NO_TLS, Json, graphql, token
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

ALL = {
    "admin": ADMIN,
    "operator": token("oz", "default", "operator"),
    "owner": token("demo-user", "default", "editor"),
    "editor": token("bob", "default", "editor"),
    "viewer": token("vic", "default", "viewer"),
}
WHO = {name: ALL[name] for name in some_of([*ALL], 2)}
"""The admin first: what there is for an admin is there for all."""

DENIED = "PERMISSION_DENIED"
STOPPED = json.dumps({"errors": [{"message": "the test has stopped it", "extensions": {"code": "STOPPED"}}]})


class Seen(NamedTuple):
    """What somebody found on a page: of each button why it is off, or None, and what each that was pressed has sent."""

    buttons: dict[str, str | None]
    sent: dict[str, Json]

    def why_off(self, button: str) -> str | None:
        """Why a button is off, or the one that leads to its dialog, or why nothing of the page is shown."""
        outer = button if button in self.buttons else button.split(" > ", maxsplit=1)[0]
        there = outer if outer in self.buttons else "page"
        assert there in self.buttons, f"{button} is not among {sorted(self.buttons)}"
        return self.buttons[there]


def pages(seeds: Seeds) -> list[str]:
    run, flow = "/ui/executions", "/ui/workflows"
    return [
        "/",
        f"{run}?workflow={seeds.workflows['order_saga']}",
        f"{run}/{seeds.undone}/rerun",
        flow,
        f"{run}/{seeds.undone}",
        f"{run}/{seeds.rollout}?action=deploy",
        f"{run}/{seeds.paused}",
        f"{run}/{seeds.signal}",
        f"{run}/{seeds.circuit}?action=alarm",
        f"{flow}/{seeds.workflows['hello']}",
        f"{flow}/{seeds.workflows['hello']}/editor",
        f"/ui/approvals/{seeds.approval}/ask",
        f"{flow}/{seeds.workflows['order_saga']}/versions",
        "/ui/keys",
    ]


LISTS = ("/ui/approvals", "/ui/nodes", "/ui/activity", "/ui/bulk", "/ui/audit")
"""Where nothing is done, or to what is one's own alone: these are only looked at."""


async def walk(page: Page, service: OrchestratorProcess, paths: Sequence[str]) -> dict[str, Seen]:
    """What there is on each page."""
    found: dict[str, Seen] = {}
    sent: dict[str, Json] = {}

    async def stop(body: str) -> str | None:
        asked = json.loads(body)
        if not asked["query"].lstrip().startswith("mutation") or asked["variables"]["input"].get("dryRun"):
            return None
        sent[str(await page.evaluate("window.pressing"))] = asked
        return STOPPED

    await page.command("Page.addScriptToEvaluateOnNewDocument", source=WALKING)
    await page.open(f"{service.url}/ui/services")
    await page.answer_instead("*/graphql", stop)
    for path in (*LISTS, *paths):
        sent = {}
        await page.evaluate("document.querySelector('main').dataset.old = ''")
        await go(page, path)
        await page.until("document.querySelector('main:not([data-old])') !== null")
        if path.endswith("/rerun"):
            await page.until('document.querySelector("dialog[open]") !== null')
        await page.evaluate(SETTLED)
        if path not in LISTS:
            found[path] = Seen(await page.evaluate("window.walk()"), sent)
    return found


async def codes(service: OrchestratorProcess, who: Mapping[str, str], body: Json) -> set[str]:
    """By what codes the service refuses something."""
    async with httpx.AsyncClient(base_url=service.url, headers=dict(who), verify=NO_TLS) as client:
        told = (await client.post("/graphql", json=body)).json()
    faults = told.get("errors", [])
    refused = {fault["extensions"]["code"] for fault in faults}
    for payload in (told.get("data") or {}).values():
        refused |= {fault["code"] for fault in (payload or {"userErrors": []})["userErrors"]}
    return refused


OWN_KEY = {"query": 'mutation { createApiKey(input: {name: "own", role: VIEWER}) { userErrors { code } } }'}
DENIALS = "{ auditEntries(filter: {outcome: [DENIED]}, first: 100) { nodes { actor action target } } }"


@pytest.mark.timeout(300)
async def test_what_is_on_is_never_refused_and_what_is_off_would_be(
    service: OrchestratorProcess, client: httpx.AsyncClient, seeds: Seeds, browser: Browser
) -> None:
    found = {}
    for header in WHO.values():
        await codes(service, header, OWN_KEY)
    for name, header in WHO.items():
        async with browser.page() as page:
            await as_who(page, header)
            found[name] = await walk(page, service, pages(seeds))
            assert page.faults == [], name
    assert (await graphql(client, DENIALS))["auditEntries"]["nodes"] == [], "a page has asked for what is not shown"
    everything = found.pop("admin")
    for name, of_pages in found.items():
        for path, seen in of_pages.items():
            for button, body in everything[path].sent.items():
                because = seen.why_off(button)
                assert because is None or because, (name, path, button, "is off and does not say why")
                if because is not None:
                    refused = await codes(service, WHO[name], body)
                    assert refused == {DENIED}, (name, path, button, because, refused)
    for name in reversed(WHO):
        for path, seen in (everything if name == "admin" else found[name]).items():
            for button, body in seen.sent.items():
                assert DENIED not in await codes(service, WHO[name], body), (name, path, button)

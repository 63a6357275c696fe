"""Each button that changes something shows its call: that, run by a shell, does what the button does."""

import asyncio
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest_asyncio
from graphql import parse, print_ast

from examples.workflows.services import Services
from tests.console.driving import as_who, in_the_console
from tests.console.pressing import Step, click, edit, fill, found, go, take
from tests.console.seeds import Seeds, do, execute
from tests.support.browser import Browser, Page
from tests.support.calls import NO_TLS, Json, ended, graphql, token
from tests.support.processes import SHELL_PATH, OrchestratorProcess

pytestmark = in_the_console

DOCUMENTS = Path(__file__).parents[2] / "console" / "src" / "ui"
MUTATION = re.compile(r"^\s*mutation (\w+)", re.MULTILINE)
SHELL = "curl() { printf '%s\\0' \"$@\"; }\n"
"""What curl is asked to do is told instead, as the shell understands it."""

CURL = ("curl", "--silent", "--show-error", "--fail-with-body")
POPOVER = "[data-radix-popper-content-wrapper]"
COMMAND = f"document.querySelector('{POPOVER} pre')?.innerText"
CURL_FORM = f"[...document.querySelectorAll('{POPOVER} button')].find((e) => e.innerText === 'cURL')"
NAMES = f"""[...document.querySelectorAll('{POPOVER} [aria-label="Which call"] button')]"""
SHOWER = """(() => {
  const all = [...(document.querySelector("dialog[open]") ?? document).querySelectorAll("button[aria-label]")];
  return all.find((e) => e.ariaLabel === `The call of “${%s}”`) ?? all.find((e) => e.ariaLabel === "Show the call");
})()"""
WHY = fill('dialog input[aria-required="true"]', "because of 'A-9' & $HOME")
MANY = 400
"""So many executions are still gone through when somebody aborts that."""


class Deed(NamedTuple):
    """A button that sends a mutation: on which page, and what is done before it is pressed.

    Of several calls that are shown together it has a `name`; where many buttons say the same, its call is `of` another.
    """

    sends: str
    path: str
    press: str
    before: tuple[Step, ...] = ()
    name: str = ""
    of: str = ""


def deeds(seeds: Seeds, told: str, bulk: str) -> list[Deed]:
    flow, run = "/ui/workflows", "/ui/executions"
    saga, alarm = seeds.workflows["order_saga"], f"{run}/{seeds.circuit}?action=alarm"
    menu = click('[aria-label="More"]')
    return [
        Deed("BulkAbort", f"/ui/bulk/{bulk}", "Abort it", (click("button", "Abort…"),)),
        Deed(
            "SaveText",
            f"{flow}/{seeds.workflows['hello']}/editor",
            "Save as 1.1",
            (edit("# one more line\n"), click("button", "Save…")),
        ),
        Deed("Run", f"{flow}/{saga}", "Run", (fill('[data-field="order"]', 'it\'s "A-9" \\ $HOME `id` \u202e!'),)),
        Deed("SetWorkflowStatus", f"{flow}/{seeds.workflows['incident']}", "Refuse starts"),
        Deed("Restore", f"{flow}/{saga}/versions", "Restore it as a new version", (click("button", "Restore 1.0…"),)),
        Deed("Decide", f"/ui/approvals/{seeds.approval}/ask", "Approve", (click("main button", "low"),)),
        Deed(
            "BulkCreate",
            f"{run}?workflow={saga}",
            "Label …",
            (click("main [data-id] input"), click("button", "Label…"), fill("dialog input", "env=it's")),
        ),
        Deed("SaveView", f"{run}?status=failed", "Save", (click("button", "Save view…"), fill("dialog input", "bad"))),
        Deed(
            "RenameView", f"{run}?status=failed", "Rename", (*of_view("bad", "Rename…"), fill("dialog input", "worse"))
        ),
        Deed("DeleteView", f"{run}?status=failed", "Delete it", of_view("worse", "Delete…")),
        Deed("TryService", "/ui/services", "Try now", of="Try pager now"),
        Deed("CreateKey", "/ui/keys", "Make it", (click("button", "New key"), fill("dialog input", "ci"))),
        Deed("RotateKey", "/ui/keys", "Rotate it", (click("button", "Rotate…"),)),
        Deed("RevokeKey", "/ui/keys", "Revoke it", (click("button", "Revoke…"),)),
        Deed(
            "SetSecret",
            "/ui/keys",
            "Set it",
            (
                click("button", "New secret"),
                fill("dialog input", "fresh"),
                fill("dialog textarea", "the secret of nobody"),
            ),
        ),
        Deed("DeleteSecret", "/ui/keys", "Delete it", (click("button", "Delete…"),)),
        Deed(
            "Signal",
            f"{run}/{seeds.signal}",
            "Send email_confirmed",
            (menu, click('[role="menuitem"]', "Send a signal…")),
        ),
        Deed("Pause", f"{run}/{seeds.rollout}", "Pause", name="Pause"),
        Deed("Resume", f"{run}/{seeds.paused}", "Resume", name="Resume"),
        Deed("Resolve", alarm, "Try now"),
        Deed("Resolve", alarm, "Skip it", (click("main button", "Skip…"), WHY)),
        Deed("Resolve", f"{run}/{seeds.soaking}", "Give the result", (click("main button", "Give its result…"), WHY)),
        Deed("Rerun", f"{run}/{seeds.undone}/rerun", "Rerun: …", (fill('dialog [maxlength="500"]', "it's again"),)),
        Deed("Redeliver", f"{run}/{told}/related", "Send again"),
        Deed("Cancel", f"{run}/{seeds.queued}", "Cancel …", (click("button", "Cancel…"),)),
        Deed(
            "Terminate", f"{run}/{seeds.running}", "Terminate it", (menu, click('[role="menuitem"]', "Terminate…"), WHY)
        ),
    ]


def of_view(name: str, item: str) -> tuple[Step, ...]:
    """Choose an item of the menu of a saved view."""
    return click(f'[aria-label="The view {name}"]'), click('[role="menuitem"]', item)


class Shell:
    """Runs calls as somebody does who pastes them, with an API key in the environment."""

    def __init__(self, key: str) -> None:
        self._environ = {
            **os.environ,
            "PATH": SHELL_PATH,
            "ORCHESTRATOR_API_KEY": key,
            "SECRET_VALUE": "the secret of nobody",
        }

    async def words(self, command: str) -> list[str]:
        """What a shell hands to curl."""
        return (await self.run("sh", "-c", SHELL + command)).split("\0")[:-1]

    async def run(self, *command: str) -> str:
        """What a command prints."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, env=self._environ, stdout=pipe, stderr=pipe)
        out, err = await process.communicate()
        assert process.returncode == 0, (command, out, err)
        return out.decode()


def same(body: str) -> Json:
    """A request without what does not matter: how its document is written, and what a cache adds to it."""
    asked = json.loads(body)
    query = print_ast(parse(asked["query"].replace("__typename", "")))
    return {"query": query, "variables": asked["variables"]}


class Presser:
    """Presses buttons of a tab, and has curl send what they would."""

    def __init__(self, page: Page, key: str) -> None:
        self._page = page
        self._shell = Shell(key)
        self._due: list[list[str]] = []
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sent: Counter[str] = Counter()

    async def begin(self) -> None:
        """Take what the tab sends, once a call is due."""
        await self._page.answer_instead("*/graphql", self._answer)

    async def do(self, deed: Deed) -> None:
        """Go to a page, do what comes before, and press."""
        await go(self._page, deed.path)
        await take(self._page, deed.before)
        await self.press(deed.press, deed.name, deed.of)
        assert self.sent[deed.sends] > 0

    async def press(self, text: str, name: str = "", of: str = "") -> None:
        """Press a button, for which curl does what its call says."""
        await self._page.until(f"{found(text)} !== undefined")
        self._due = await self._calls(of or text, name)
        self._done = asyncio.get_running_loop().create_future()
        await self._page.evaluate(f"{found(text)}.click()")
        async with asyncio.timeout(20):
            await self._done
        await self._page.until("document.querySelector('button[aria-busy=true]') === null")

    async def _calls(self, text: str, name: str) -> list[list[str]]:
        """The words of the calls behind a button, in their order."""
        page = self._page
        shower = SHOWER % json.dumps(text)
        await page.until(f"{shower} !== undefined")
        await page.evaluate(f"{shower}.click()")
        await page.until(f"{CURL_FORM} !== undefined")
        await page.evaluate(f"{CURL_FORM}.click()")
        names = await page.evaluate(f"{NAMES}.map((e) => e.innerText)")
        calls = []
        for place in [place for place, one in enumerate(names) if name in ("", one)] or [0]:
            if names:
                await page.evaluate(f"{NAMES}[{place}].click()")
            calls.append(await self._shell.words(await page.until(f"{COMMAND}?.startsWith('curl') && {COMMAND}")))
        await page.evaluate(f"{shower}.click()")
        await page.until(f"{COMMAND} === undefined")
        return calls

    async def _answer(self, body: str) -> str | None:
        sends = MUTATION.findall(json.loads(body)["query"])
        if not sends or not self._due:
            return None
        words = self._due.pop(0)
        try:
            assert same(words[words.index("-d") + 1]) == same(body)
            told = await self._shell.run(*CURL, *words)
            (payload,) = json.loads(told)["data"].values()
            assert payload["userErrors"] == [], told
        except Exception as problem:
            self._done.set_exception(problem)
            return None
        self.sent[sends[0]] += 1
        if not self._due:
            self._done.set_result(None)
        return told


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(client: httpx.AsyncClient, seeds: Seeds, systems: Services) -> str:
    """An execution of whose end nobody wants to hear."""
    systems.fail("chat POST /ends", 410)
    services = (await graphql(client, "{ services(first: 50) { nodes { name url } } }"))["services"]["nodes"]
    (chat,) = [one["url"] for one in services if one["name"] == "chat"]
    given = {"id": seeds.workflows["hello"], "callbackUrl": f"{chat}/ends"}
    execution = str((await do(client, "executeWorkflow", "execution { id }", **given))["execution"]["id"])
    await ended(client, execution)
    return execution


async def many_labelled(client: httpx.AsyncClient, seeds: Seeds) -> str:
    """A bulk operation that takes a while."""
    hello = seeds.workflows["hello"]
    each = {"actionType": "sub_workflow", "config": {"workflow_id": hello}, "forEach": {"in": [*range(MANY)]}}
    made = await do(client, "createWorkflow", "workflow { id }", name="Many", actions=[{"actionId": "each", **each}])
    await ended(client, await execute(client, made["workflow"]["id"]))
    given = {"kind": "LABEL", "filter": {"workflowId": hello}, "labels": {"set": {"seen": "yes"}}}
    return str((await do(client, "createBulkOperation", "bulkOperation { id }", **given))["bulkOperation"]["id"])


async def key_of(client: httpx.AsyncClient) -> str:
    made = await do(client, "createApiKey", "key", name="of a shell", role="ADMIN")
    return str(made["key"])


async def test_what_a_button_sends_is_what_its_call_does(
    service: OrchestratorProcess, client: httpx.AsyncClient, seeds: Seeds, told: str, browser: Browser, page: Page
) -> None:
    presser = Presser(page, await key_of(client))
    await page.open(f"{service.url}/ui/nodes")
    await presser.begin()
    for deed in deeds(seeds, told, await many_labelled(client, seeds)):
        await presser.do(deed)
    assert page.faults == []

    headers = token("newcomer", "fresh", "admin")
    async with browser.page() as first, httpx.AsyncClient(base_url=service.url, headers=headers, verify=NO_TLS) as own:
        await as_who(first, headers)
        await first.open(service.url)
        of_first = Presser(first, await key_of(own))
        await of_first.begin()
        for step in ("Make it", "Run it", "Break it", "Mend it"):
            await of_first.press(step)
        await first.until('document.body.innerText.includes("Made, run, broken and mended")')

    known = {name for file in DOCUMENTS.rglob("*.graphql") for name in MUTATION.findall(file.read_text())}
    assert set(presser.sent + of_first.sent) == known, "each mutation of the console is pressed here"

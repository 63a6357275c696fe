"""All pages of the console, each with what tells that it is there: the one list that a walk goes through."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.console.pressing import click, edit, take
from tests.console.seeds import Seeds
from tests.support.browser import Page

Deed = Callable[[Page], Awaitable[None]]
ORDINARY = 400_000
"""So many bytes may a page weigh, over the wire."""


@dataclass(frozen=True)
class Stop:
    """A page, at its address and after a deed where it opens only by one."""

    name: str
    path: str
    """With the names of seeds and workflows in braces for their ids."""

    shows: str
    """A text that is seen only once what was asked for has come."""

    deed: Deed | None = None
    tenant: str = "default"
    weighs: int | None = ORDINARY
    """At most so much; the editor as much as it does."""

    keys: tuple[str, ...] = ("Tab",)
    """What goes from one thing to the next."""

    def address(self, seeds: Seeds) -> str:
        """Where it is, among these seeds."""
        return self.path.format(**{**seeds.workflows, **vars(seeds)})


async def _open_palette(page: Page) -> None:
    await page.command("Input.dispatchKeyEvent", type="keyDown", key="k", code="KeyK", modifiers=2)
    await page.command("Input.dispatchKeyEvent", type="keyUp", key="k", code="KeyK", modifiers=2)
    await page.until('document.querySelector("dialog[open] input") !== null')


async def _look(page: Page) -> None:
    await page.press("j", " ")
    await page.until('document.querySelector("[data-side] h2") !== null')


async def _show_call(page: Page) -> None:
    await page.click('header [aria-label="Show the call"]')
    await page.until('document.querySelector("pre") !== null')


async def _sign_in(page: Page) -> None:
    await page.click('[aria-label="Sign in as somebody else"]')
    await page.until('document.querySelector("dialog[open] input") !== null')


async def _ask_to_save(page: Page) -> None:
    await take(page, (edit("# what changes\n"), click("button", "Save…")))
    await page.until('document.querySelector("dialog[open] code") !== null')


FIRST_PAGE = 220_000
IN_AN_EDITOR = ("Escape", "Tab")
UNDONE = "/ui/executions/{undone}"
SAGA = "/ui/workflows/{order_saga}"
STOPS = (
    Stop("home", "/", "Running now", weighs=FIRST_PAGE),
    Stop("first-run", "/", "Run something in a minute", tenant="fresh"),
    Stop("executions", "/ui/executions", "shipping answered 422"),
    Stop("executions-look", "/ui/executions?status=failed", "shipping answered 422", _look),
    Stop("executions-none", "/ui/executions?label=team%3Dnobody&status=-failed", "Nothing matches"),
    Stop("execution", UNDONE, "Failed, all undone"),
    Stop("execution-not-undone", "/ui/executions/{not_undone}", "charge.compensate"),
    Stop("execution-waits", "/ui/executions/{circuit}", "The circuit of pager is open"),
    Stop("execution-approval", "/ui/executions/{approval}", "Needs a person"),
    Stop("execution-running", "/ui/executions/{running}", "Upload it"),
    Stop("execution-items", "/ui/executions/{batch}", "Read each document"),
    Stop("execution-item", "/ui/executions/{batch}?action=read&item=0", "Item 0"),
    Stop("execution-graph", f"{UNDONE}/graph", "Reserve the goods"),
    Stop("execution-timeline", f"{UNDONE}/timeline", "Reserve the goods"),
    Stop("execution-events", f"{UNDONE}/events", "clean-up begins"),
    Stop("execution-data", f"{UNDONE}/data", "no carrier goes there"),
    Stop("execution-related", "/ui/executions/{rollout}/related", "Canary deployment"),
    Stop("rerun", f"{UNDONE}/rerun", "Services see new calls"),
    Stop("compare", "/ui/compare?a={undone}&b={rerun}", "What differs"),
    Stop("workflows", "/ui/workflows", "Nightly backup"),
    Stop("workflow", SAGA, "How it goes"),
    Stop("run-form", "/ui/workflows/{document_batch}", "How it goes"),
    Stop("workflow-versions", f"{SAGA}/versions?a=1.0&b=1.1", "max_attempts"),
    Stop("editor", f"{SAGA}/editor", "checked by the service", weighs=None, keys=IN_AN_EDITOR),
    Stop("editor-save", f"{SAGA}/editor", "checked by the service", _ask_to_save, weighs=None),
    Stop("editor-new", "/ui/workflows/new", "checked by the service", weighs=None, keys=IN_AN_EDITOR),
    Stop("approvals", "/ui/approvals", "Release shop@4f2a91c?"),
    Stop("approval", "/ui/approvals/{approval}/ask", "312 tests passed"),
    Stop("services", "/ui/services", "pager is left alone"),
    Stop("nodes", "/ui/nodes", "answers this page"),
    Stop("bulk", "/ui/bulk", "Label 8 executions"),
    Stop("bulk-one", "/ui/bulk/{bulk}", "Nothing was refused"),
    Stop("activity", "/ui/activity", "ran a workflow"),
    Stop("audit", "/ui/audit", "create_bulk_operation"),
    Stop("keys", "/ui/keys", "Deployment pipeline"),
    Stop("palette", "/", "Running now", _open_palette),
    Stop("call", UNDONE, "Failed, all undone", _show_call),
    Stop("sign-in", "/", "Running now", _sign_in),
)

"""What a person does at the console, and what one sees of it."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from tests.support.browser import Page
from tests.support.processes import OrchestratorProcess

in_the_console = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]
"""The marks of a module: its tests share an event loop with the browser and the server."""

HEAD = 'document.querySelector("main header")?.innerText ?? ""'
SIDE = 'document.querySelector("[data-side]")?.innerText ?? ""'
MAIN = 'document.querySelector("main")?.innerText ?? ""'
"""Expressions: the text of an execution's head, of the panel of the chosen action, of the whole page."""

PHONE_WIDTH = 390

KEEP = "if (!sessionStorage.getItem('orchestrator:credential')) sessionStorage.setItem('orchestrator:credential', %s)"
"""Only where the tab has none yet: what signs in later stays."""


async def as_who(page: Page, header: Mapping[str, str]) -> None:
    """Be signed in from the first page on, by the one header of a credential: `token(...)`, `{"X-API-Key": ...}`."""
    ((kind, value),) = header.items()
    credential = json.dumps({"kind": kind, "secret": value.removeprefix("Bearer ")})
    await page.command("Page.addScriptToEvaluateOnNewDocument", source=KEEP % json.dumps(credential))


async def resize(page: Page, width: int, height: int = 900) -> None:
    """Give the window another size, on the page that is open; up to 640 it is a phone's."""
    phone = width <= 640
    await page.command(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
    )


async def prefer(page: Page, **features: str) -> None:
    """Set what the system prefers, such as `prefers_color_scheme="dark"`, on the page that is open."""
    named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    await page.command("Emulation.setEmulatedMedia", features=named)


async def drawn(page: Page) -> None:
    """Wait until what was changed is to be seen."""
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(0))))")


async def assert_nothing_was_refused(page: Page, service: OrchestratorProcess) -> None:
    """Check the record of the tab: no other host, nothing against the policy, no script that failed."""
    hosts = {urlsplit(url).netloc for url in page.requested if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(service.url).netloc}
    assert await page.evaluate("window.violations") == []
    assert page.faults == []

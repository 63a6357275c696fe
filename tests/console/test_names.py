"""Names that are long, that turn the direction round, or look like markup: no page gives way to them."""

import httpx
import pytest

from tests.console.barriers import too_wide
from tests.console.driving import MAIN, PHONE_WIDTH, assert_nothing_was_refused, drawn, in_the_console, resize
from tests.console.pressing import SETTLED, WALKING, go
from tests.console.seeds import do, execute
from tests.support.browser import Page
from tests.support.calls import Json, ended
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

AREAS = ("flow", "graph", "timeline", "events", "data", "related")
WIDTHS = (1440, PHONE_WIDTH, 320)
NAMES = {
    "markup": "<img src=x onerror=alert(1)>{{x}} ${y} %s",
    "long": "W" * 180,
    "turned": "\u202eevil \u0627\u0644\u0639\u0631\u0628\u064a\u0629" + "\u0301" * 40,
    "wide": "\U0001f469\u200d\U0001f469\u200d\U0001f467 \u6f22\u5b57 " * 12,
}
OUT_OF_REACH = """[...document.querySelectorAll("header button, header a")].filter((one) => one.checkVisibility()
  && one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML)"""


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_name_of_any_kind_breaks_no_page(
    name: str, service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    config: Json = {"message": name}
    actions: list[Json] = [
        {"actionId": "a" * 100, "actionType": "notification", "name": name, "config": config},
        {"actionId": "b", "actionType": "transform", "name": name, "config": {"output": f"{{{{missing_{'y' * 40}}}}}"}},
    ]
    given = {"name": name, "description": name * 2, "tags": [name[:50].strip()], "actions": actions}
    workflow = (await do(client, "createWorkflow", "workflow { id }", **given))["workflow"]["id"]
    execution = await execute(client, workflow, {"k" * 60: name.strip()[:200]})
    await ended(client, execution)
    runs = f"/ui/executions/{execution}"
    paths = [f"{runs}/{area}" for area in AREAS]
    paths += ["/ui/executions", "/ui/workflows", f"/ui/workflows/{workflow}", f"/ui/workflows/{workflow}/editor"]
    await page.command("Page.addScriptToEvaluateOnNewDocument", source=WALKING)
    await page.open(service.url)
    await page.until(f"({MAIN}).includes('Running now')")
    for path in ("/", "/ui/activity", *paths):
        await go(page, path)
        await page.evaluate(SETTLED)
        for width in WIDTHS:
            await resize(page, width)
            await drawn(page)
            assert (path, width, await too_wide(page)) == (path, width, [])
            assert (path, width, await page.evaluate(OUT_OF_REACH)) == (path, width, [])
        await resize(page, WIDTHS[0])
    await assert_nothing_was_refused(page, service)

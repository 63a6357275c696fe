"""Each page of the console as it is for whoever looks at it: in both schemes, on all windows, without a pointer.

What a page looks like is kept in `artefacts/console`, for whoever changed it to look at.
"""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.console.barriers import findings, out_of_order, too_wide, unreached
from tests.console.driving import (
    PHONE_WIDTH,
    as_who,
    assert_nothing_was_refused,
    drawn,
    in_the_console,
    prefer,
    resize,
)
from tests.console.pages import STOPS, Stop
from tests.console.seeds import Seeds
from tests.sizes import tried
from tests.support.browser import Browser, Page
from tests.support.calls import token
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

PICTURES = Path(__file__).parents[2] / "artefacts" / "console"
WIDE, NARROW = 1440, 320
SIZES = ((WIDE, 900), (PHONE_WIDTH, 844), (768, 1024))[: tried(2, 3)]
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""What of axe depends on colours, which are all that a scheme changes: of the page itself it finds the same in both."""

AT_ONCE = {"prefers_reduced_motion": "reduce"}
"""Without motion nothing is between two colours."""

WITHOUT_A_WORD = """
[...document.querySelectorAll("svg")].filter((shape) => shape.checkVisibility() && /#s-/.test(shape.innerHTML)
  && !shape.getAttribute("aria-label") && !shape.parentElement.parentElement.innerText.trim())
  .map((shape) => shape.parentElement.outerHTML)
"""
FIRST = "document.querySelector('a[href], button').matches('.skip') && document.querySelector('.skip').focus()"
"""The first thing on a page leads past what is on all of them."""

MOVING = 'document.getAnimations().filter(({ playState }) => playState === "running").length'


async def keep(page: Page, name: str) -> None:
    """Keep a picture of the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(await page.screenshot())


async def in_both_schemes(page: Page, stop: Stop, width: int, height: int) -> list[str]:
    """What axe finds on a window of this size, by all its rules, and pictures of it."""
    await resize(page, width, height)
    await prefer(page, prefers_color_scheme="light", **AT_ONCE)
    await drawn(page)
    found = await findings(page)
    await keep(page, f"{stop.name}-light-{width}")
    await prefer(page, prefers_color_scheme="dark", **AT_ONCE)
    await drawn(page)
    await keep(page, f"{stop.name}-dark-{width}")
    return [*found, *await findings(page, *OF_COLOURS)]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
async def test_a_page_is_there_for_everybody(
    stop: Stop, browser: Browser, service: OrchestratorProcess, seeds: Seeds
) -> None:
    async with browser.page() as page:
        await as_who(page, token("demo-user", stop.tenant, "admin"))
        await resize(page, WIDE)
        await page.open(service.url + stop.address(seeds))
        await page.until(f"document.body.innerText.includes({stop.shows!r})")
        weight = sum(size for url, size in page.received.items() if urlsplit(url).path != "/graphql")
        if stop.deed:
            await drawn(page)  # what is pressed before a page was painted once is lost
            await stop.deed(page)
        assert await page.evaluate("document.querySelectorAll('h1').length") == 1
        for width, height in SIZES:
            assert await in_both_schemes(page, stop, width, height) == [], width
        await resize(page, NARROW)
        await drawn(page)
        assert await too_wide(page) == []

        await resize(page, WIDE)
        await prefer(page, forced_colors="active", **AT_ONCE)
        await drawn(page)
        assert await page.evaluate(WITHOUT_A_WORD) == []
        assert await page.evaluate(MOVING) == 0
        await prefer(page, **AT_ONCE)
        assert await unreached(page, *stop.keys) == []
        assert await out_of_order(page) == []
        if await page.evaluate("document.querySelector('dialog[open]') === null"):
            await page.evaluate(FIRST)
            await page.press("Enter")
            assert await page.evaluate("document.activeElement.id") == "main"
        await assert_nothing_was_refused(page, service)
        print(f"{stop.name}: {weight:,} bytes")
        assert stop.weighs is None or weight <= stop.weighs

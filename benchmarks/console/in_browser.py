"""What the pages cost in the browser: how long until something is seen, frames, long tasks, memory, bytes."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from benchmarks.console.history import ADMIN
from tests.console.costs import COUNT_COSTS, settled
from tests.console.driving import as_who, resize
from tests.support.browser import Browser, Page

WATCH = """
window.tasks = [];
new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration)))
  .observe({ type: "longtask", buffered: true });
window.frames = [];
const each = (at) => { window.frames.push(at); requestAnimationFrame(each); };
requestAnimationFrame(each);
window.seen = (look) => new Promise((told) => {
  const again = () => { if (look()) setTimeout(() => told(performance.now())); else requestAnimationFrame(again); };
  again();
});
"""
"""`seen` tells when something was drawn and the page answered again."""

A_FRAME_MS = 1_000 / 60
WIDTH = 1440


@dataclass(frozen=True)
class Watched:
    """What happened in a page over some seconds."""

    frames_a_second: float
    dropped: int
    longest_task_ms: float
    busy: float
    """The share of the time in which its one thread had the processor."""


@asynccontextmanager
async def new_page(browser: Browser) -> AsyncIterator[Page]:
    """A tab of somebody who was never there: nothing is in its cache."""
    async with browser.page() as page:
        await as_who(page, ADMIN)
        await resize(page, WIDTH)
        await page.command("Performance.enable", timeDomain="threadTicks")
        for source in (WATCH, COUNT_COSTS):
            await page.command("Page.addScriptToEvaluateOnNewDocument", source=source)
        yield page


async def opened(page: Page, url: str, look: str) -> float:
    """How many ms after one went to an address what is looked for is there, and the page answers."""
    await page.command("Page.navigate", url=url)
    await page.until("window.seen !== undefined && location.protocol !== 'about:'")
    return float(await page.evaluate(f"seen(() => {look})"))


async def after(page: Page, deed: str, look: str) -> float:
    """How many ms after a deed of the page what is looked for is there."""
    passed = f"seen(() => {look}).then((at) => at - began)"
    timed = f"(() => {{ const began = performance.now(); {deed}; return {passed}; }})()"
    return float(await page.evaluate(timed))


async def watched(page: Page, doing: str) -> Watched:
    """What happens while a promise of the page is kept."""
    before = await metrics(page)
    started = await page.evaluate("(window.tasks.length = 0, window.frames.length)")
    began = asyncio.get_running_loop().time()
    await page.evaluate(doing)
    seconds = asyncio.get_running_loop().time() - began
    used = (await metrics(page))["TaskDuration"] - before["TaskDuration"]
    frames: list[float] = await page.evaluate(f"window.frames.slice({started})")
    gaps = [later - earlier for earlier, later in itertools.pairwise(frames)]
    return Watched(
        frames_a_second=len(frames) / seconds,
        dropped=sum(max(0, round(gap / A_FRAME_MS) - 1) for gap in gaps),
        longest_task_ms=await longest_task(page),
        busy=used / seconds,
    )


async def longest_task(page: Page) -> float:
    """The longest so far, or 0 where none took 50 ms, from which on the browser calls one long."""
    return float(await page.evaluate("Math.max(0, ...window.tasks)"))


async def metrics(page: Page) -> dict[str, float]:
    """The browser's own counters of the page."""
    found: list[dict[str, Any]] = (await page.command("Performance.getMetrics"))["metrics"]
    return {metric["name"]: float(metric["value"]) for metric in found}


async def heap_megabytes(page: Page) -> float:
    """What the scripts of the page hold, once the rest is cleared away."""
    await page.command("HeapProfiler.collectGarbage")
    return (await metrics(page))["JSHeapUsedSize"] / 1e6


async def cost(page: Page) -> int:
    """What all documents cost together with which the page opens."""
    return sum((await settled(page)).values())


def weight(page: Page) -> int:
    """The bytes that came over the wire, but for what was asked of the API."""
    return sum(size for url, size in page.received.items() if urlsplit(url).path != "/graphql")

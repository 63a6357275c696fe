"""The figures of the console's pages, one by one, each beside its budget."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import psutil

from benchmarks.console import in_browser, on_server
from benchmarks.console.history import History, begun_busy, client_of
from tests.console.seeds import do
from tests.support.browser import Browser, Page
from tests.support.processes import OrchestratorProcess

INTERACTIVE_MS, NEXT_PAGE_MS, DRAWN_MS, FIRST_CONTENT_MS, TASK_MS = 1_000, 100, 500, 500, 200
"""The last is what is taken for "not frozen"."""

FRAMES, HEAP_MB, COST = 58, 120, 1_000
"""60 frames are asked for; counted over some seconds, one or two are at the edges."""

FIRST_PAGE_BYTES, PAGE_BYTES = 220_000, 400_000
SECONDS = 3
ROWS_SCROLLED = 2_000

MAIN = "(document.querySelector('main')?.innerText ?? '')"
ROWS = "document.querySelectorAll('[role=rowgroup] [role=row]').length > 10"
SCROLLER = "document.querySelector('[role=table] > div:nth-child(2)')"
LOADED = f"Number((/([\\d,]+) of [\\d,]+ are loaded/.exec({MAIN})?.[1] ?? '0').replaceAll(',', ''))"
TO_THE_END = f"{SCROLLER}.scrollTop = {SCROLLER}.scrollHeight"
ENTRIES = "document.querySelectorAll('main ol > li > button').length > 10"
BOXES = "document.querySelectorAll('[data-box]').length > 8"
SCROLL = f"""
new Promise((told) => {{
  const list = {SCROLLER}, began = performance.now();
  let step = -40;
  const on = () => {{
    if (performance.now() - began > {SECONDS * 1_000}) return told(true);
    if (list.scrollTop < 40) step = 40;
    if (list.scrollTop + list.clientHeight > list.scrollHeight - 4_000) step = -40;
    list.scrollTop += step;
    requestAnimationFrame(on);
  }};
  on();
}})
"""
REST = f"new Promise((told) => setTimeout(() => told(true), {SECONDS * 1_000}))"


@dataclass(frozen=True)
class Figure:
    """What was measured, and what it may be at most, or at least."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    is_floor: bool = False

    def __str__(self) -> str:
        """One line of the table, with a mark where the budget is missed."""
        if self.budget is None:
            return f"  {self.name:<62} {self.value:>9,.0f} {self.unit}"
        missed = self.value < self.budget if self.is_floor else self.value > self.budget
        bound = f"{'>=' if self.is_floor else '<='} {self.budget:,.0f}"
        return f"  {self.name:<62} {self.value:>9,.0f} {self.unit:<8} {bound:>10}{'   MISSED' if missed else ''}"


class Console:
    """The console of a service in a browser; what is timed is the best of some rounds, as others use the machine."""

    def __init__(self, browser: Browser, service: OrchestratorProcess, history: History, rounds: int) -> None:
        self._browser = browser
        self._service = service
        self._server = psutil.Process(service.pid)
        self._history = history
        self._rounds = rounds

    async def figures(self) -> AsyncIterator[Figure]:
        """All of them, each as soon as it is known."""
        for part in (self._opening, self._list, self._graphs, self._events, self._live, self._pages):
            async for figure in part():
                yield figure

    async def _used(self, page: Page) -> float:
        """The seconds for which the server and the page had a processor."""
        return on_server.used(self._server) + (await in_browser.metrics(page))["TaskDuration"]

    async def _opening(self) -> AsyncIterator[Figure]:
        h = self._history
        for name, path, look in (
            ("Home", "", f"{MAIN}.includes('Running now') && {MAIN}.includes('Order saga')"),
            ("Executions", "ui/executions", ROWS),
            ("an execution of 500 actions", f"ui/executions/{h.graph}", "document.querySelector('main [data-action]')"),
            ("20,000 events", f"ui/executions/{h.journal}/events", ENTRIES),
        ):
            times = []
            for _ in range(self._rounds):
                async with in_browser.new_page(self._browser) as page:
                    times.append(await in_browser.opened(page, f"{self._service.url}/{path}", look))
            yield Figure(f"interactive with an empty cache: {name}", min(times), "ms", INTERACTIVE_MS)

    async def _list(self) -> AsyncIterator[Figure]:
        async with in_browser.new_page(self._browser) as page:
            await in_browser.opened(page, f"{self._service.url}/ui/executions", f"{ROWS} && {LOADED} > 0")
            times: list[float] = []
            began = await self._used(page)
            while (loaded := await page.evaluate(LOADED)) < ROWS_SCROLLED:
                times.append(await in_browser.after(page, TO_THE_END, f"{LOADED} > {loaded}"))
            used = await self._used(page) - began
            times.sort()
            yield Figure("next page of 50, median", times[len(times) // 2], "ms", NEXT_PAGE_MS)
            yield Figure("next page of 50, 95 %", times[len(times) * 95 // 100], "ms")
            yield Figure("next page of 50, processor of server and page", used / len(times) * 1e3, "ms", NEXT_PAGE_MS)
            rounds = [await in_browser.watched(page, SCROLL) for _ in range(self._rounds)]
            best = max(rounds, key=lambda watched: watched.frames_a_second)
            yield Figure(f"frames a second, scrolling {loaded:,} rows", best.frames_a_second, "1/s", FRAMES, True)
            yield Figure("scrolling: longest task (0: none of 50 ms)", best.longest_task_ms, "ms")
            yield Figure("scrolling: of the time, the page's thread is busy", best.busy * 100, "%")
            yield Figure("scrolled through: heap", await in_browser.heap_megabytes(page), "MB", HEAP_MB)

    async def _graphs(self) -> AsyncIterator[Figure]:
        for name, execution in (("500 actions", self._history.graph), ("1,199 actions", self._history.largest)):
            drawn, tasks = [], []
            for _ in range(self._rounds):
                async with in_browser.new_page(self._browser) as page:
                    address = f"{self._service.url}/ui/executions/{execution}"
                    await in_browser.opened(page, address, "document.querySelector('main [data-action]')")
                    await in_browser.cost(page)
                    await page.evaluate("window.tasks.length = 0")
                    drawn.append(await in_browser.after(page, _to("graph"), BOXES))
                    tasks.append(await in_browser.longest_task(page))
            yield Figure(f"graph of {name}: placed and drawn", min(drawn), "ms", DRAWN_MS)
            yield Figure(f"graph of {name}: longest task", min(tasks), "ms", TASK_MS)

    async def _events(self) -> AsyncIterator[Figure]:
        times = []
        for _ in range(self._rounds):
            async with in_browser.new_page(self._browser) as page:
                address = f"{self._service.url}/ui/executions/{self._history.journal}"
                await in_browser.opened(page, address, "document.querySelector('main [data-action]')")
                await in_browser.cost(page)
                times.append(await in_browser.after(page, _to("events"), ENTRIES))
        yield Figure("first content of 20,000 events", min(times), "ms", FIRST_CONTENT_MS)

    async def _live(self) -> AsyncIterator[Figure]:
        async with client_of(self._service) as client, in_browser.new_page(self._browser) as page:
            execution = await begun_busy(client, self._history)
            await in_browser.opened(page, f"{self._service.url}/ui/executions/{execution}/events", ENTRIES)
            before, began = await _latest(page), on_server.used(self._server)
            rounds = [await in_browser.watched(page, REST) for _ in range(self._rounds)]
            seconds = SECONDS * self._rounds
            served = (on_server.used(self._server) - began) / seconds
            rate = (await _latest(page) - before) / seconds
            await do(client, "cancelExecution", id=execution)
        best = min(rounds, key=lambda watched: watched.dropped)
        yield Figure("live on Events: events a second", rate, "1/s")
        yield Figure(f"live on Events: frames dropped in {SECONDS} s", best.dropped, "", 0)
        yield Figure("live on Events: longest task (0: none of 50 ms)", best.longest_task_ms, "ms", 0)
        yield Figure("live on Events: of the time, the page's thread is busy", best.busy * 100, "%")
        yield Figure("live on Events: of the time, the server is busy, with the work too", served * 100, "%")

    async def _pages(self) -> AsyncIterator[Figure]:
        h = self._history
        areas = ("flow", "graph", "timeline", "events", "data", "related")
        names = ("executions", "workflows", "approvals", "services", "nodes", "bulk", "activity", "audit", "keys")
        of_large = {f"{area} of 500 actions": f"ui/executions/{h.graph}/{area}" for area in areas}
        of_largest = {f"{area} of 1,199 actions": f"ui/executions/{h.largest}/{area}" for area in areas}
        busy = {"workflow": f"ui/workflows/{h.busy}", "editor": f"ui/workflows/{h.busy}/editor"}
        pages = {"Home": "", **{name: f"ui/{name}" for name in names}, **busy, **of_large, **of_largest}
        for name, path in pages.items():
            async with in_browser.new_page(self._browser) as page:
                await page.open(f"{self._service.url}/{path}")
                await page.until("document.querySelector('h1') !== null && Object.keys(window.costs ?? {}).length > 1")
                yield Figure(f"cost of opening: {name}", await in_browser.cost(page), "", COST)
                most = None if name == "editor" else PAGE_BYTES if path else FIRST_PAGE_BYTES
                yield Figure(f"over the wire: {name}", in_browser.weight(page), "bytes", most)


def _to(area: str) -> str:
    return f"document.querySelector('main a[href*=\"/{area}\"]').click()"


async def _latest(page: Page) -> int:
    found: str = await page.evaluate(f"/All ([\\d,]+)/.exec({MAIN})[1]")
    return int(found.replace(",", ""))

"""How fast the console's pages are over 100,000 executions, what they weigh and cost, each beside its budget."""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psutil

from benchmarks.console import history, on_server
from benchmarks.console.figures import Console, Figure
from tests.support.browser import running_browser
from tests.support.processes import AS_INSTALLED, OrchestratorProcess, Processes

SERVER_MS = 100


def main() -> None:
    """Seed a service, serve it, open it in a browser, and print one line a figure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of what is timed, the best of so many is told")
    parser.add_argument("--only", choices=["browser", "server"])
    arguments = parser.parse_args()
    asyncio.run(_measure(arguments.rounds, arguments.only))


async def _measure(rounds: int, only: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        processes = Processes(Path(folder))
        service = processes.made(data_dir=Path(folder) / "data", environ=history.ENVIRON, program=AS_INSTALLED)
        service.start()
        try:
            ids = await history.made(service)
            print(f"{history.EVERYTHING:,} executions; load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores")
            if only != "browser":
                await _print(_questions(service, ids))
            if only != "server":
                async with running_browser(Path(folder) / "profile") as browser:
                    await _print(Console(browser, service, ids, rounds).figures())
        finally:
            processes.end()


async def _questions(service: OrchestratorProcess, ids: history.History) -> AsyncIterator[Figure]:
    server = psutil.Process(service.pid)
    async with history.client_of(service) as client:
        for question in on_server.questions():
            took = await on_server.milliseconds(client, server, question)
            yield Figure(f"the server's processor: {question.name}", took, "ms", SERVER_MS)
        part = await on_server.share(client, server, ids.graph)
        yield Figure("a part of an execution, of what an object takes", part * 100, "%")


async def _print(figures: AsyncIterator[Figure]) -> None:
    async for figure in figures:
        print(figure, flush=True)


if __name__ == "__main__":
    main()

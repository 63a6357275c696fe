"""Writes what the software is made of, as CycloneDX documents of its lock files: `python -m release.sbom artefacts`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hatch_build import npm_command

ROOT = Path(__file__).parents[1]
PYTHON_FILE = "sbom-python.cdx.json"
CONSOLE_FILE = "sbom-console.cdx.json"


def python_sbom() -> bytes:
    """The packages that the service runs on, each with the hashes of its distributions."""
    generator = Path(sys.executable).with_name("cyclonedx-py")
    lock = ROOT / "requirements" / "runtime.lock"
    options = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--output-file", "-"]
    return _said([str(generator), "requirements", str(lock), *options], ROOT, dict(os.environ))


def console_sbom() -> bytes:
    """The packages that the browser pages are built from and with, each with its hash."""
    npm, environment = npm_command()
    return _said([*npm, "sbom", "--package-lock-only", "--sbom-format=cyclonedx"], ROOT / "console", environment)


def _said(command: Sequence[str], folder: Path, environment: dict[str, str]) -> bytes:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)  # noqa: S603 - our own
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def main() -> None:
    """Write both files into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(exist_ok=True)
    for name, content in ((PYTHON_FILE, python_sbom()), (CONSOLE_FILE, console_sbom())):
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()

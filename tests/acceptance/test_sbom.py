"""The lists of what the software is made of name every locked package, with the hash that it is locked by."""

import base64
import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from models.distribution import DISTRIBUTION
from release.sbom import CONSOLE_FILE, PYTHON_FILE
from tests.support.container import ROOT

Package = tuple[str, str]
LOCKED = re.compile(r"^(?P<name>[a-z0-9-]+)(\[[a-z,]+\])?==(?P<version>[^ ;]+)|--hash=(?P<hash>\S+)", re.MULTILINE)
ALGORITHMS = {"SHA-256": "sha256", "SHA-512": "sha512"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both were written."""
    folder = tmp_path_factory.mktemp("sbom")
    command = [sys.executable, "-m", "release.sbom", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def components(file: Path) -> dict[Package, set[str]]:
    """The hashes of each component, as `algorithm:hexadecimal`."""
    found: dict[Package, set[str]] = defaultdict(set)
    for component in json.loads(file.read_bytes())["components"]:
        package = component["name"], component["version"]
        assert component["purl"].endswith(f"@{component['version']}")
        for part in (component, *component.get("externalReferences", ())):
            found[package] |= {f"{ALGORITHMS[entry['alg']]}:{entry['content']}" for entry in part.get("hashes", ())}
    return found


def test_the_service(folder: Path) -> None:
    locked: dict[Package, set[str]] = defaultdict(set)
    package = ("", "")
    for found in LOCKED.finditer((ROOT / "requirements" / "runtime.lock").read_text()):
        if found["hash"]:
            locked[package].add(found["hash"])
        else:
            package = found["name"], found["version"]
    assert "litestar" in {name for name, _ in locked}
    assert components(folder / PYTHON_FILE) == locked


def test_the_browser_pages(folder: Path) -> None:
    locked: dict[Package, set[str]] = defaultdict(set)
    for place, package in json.loads((ROOT / "console" / "package-lock.json").read_bytes())["packages"].items():
        if place:
            name = package.get("name") or place.rpartition("node_modules/")[2]
            algorithm, _, digest = package["integrity"].partition("-")
            locked[name, package["version"]].add(f"{algorithm}:{base64.b64decode(digest).hex()}")
    assert "graphiql" in {name for name, _ in locked}
    assert components(folder / CONSOLE_FILE) == locked


def test_both_say_of_which_version(folder: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for file, name in ((PYTHON_FILE, DISTRIBUTION), (CONSOLE_FILE, "orchestrator-console")):
        document = json.loads((folder / file).read_bytes())
        about = document["metadata"]["component"]
        assert document["bomFormat"] == "CycloneDX"
        assert name in (about["name"], about.get("purl", "").removeprefix("pkg:npm/").partition("@")[0])
        assert about["version"] == version

"""The pages on the architecture speak of rooms and modules that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOM = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
MODULE = re.compile(r"`([\w/]+\.py)`")


def test_the_rooms_of_the_engine_are_those_that_are_described() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    rooms = {file.parent.name for file in (ROOT / "engine").glob("*/__init__.py")}
    assert set(ROOM.findall(page)) == rooms


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_module_that_is_named_exists(page: str) -> None:
    files = [file.relative_to(ROOT).as_posix() for file in ROOT.glob("[a-z]*/**/*.py")]
    named = MODULE.findall((ROOT / page).read_text())
    assert named
    assert [
        name for name in named if not any(f"/{file}".endswith(f"/{name}") for file in [*files, "hatch_build.py"])
    ] == []

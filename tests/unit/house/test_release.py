"""A release is one thing: the changelog, the package and the released schema speak of the same version."""

import re
import tomllib
from datetime import date
from pathlib import Path

from models.distribution import DISTRIBUTION
from schema.stability import RELEASED

ROOT = Path(__file__).parents[3]


def test_the_changelog_the_package_and_the_released_schema_have_one_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    unreleased, newest = re.findall(r"^## (.+)$", text, re.MULTILINE)[:2]
    version, _, day = newest.partition(" - ")
    assert (unreleased, date.fromisoformat(day) > date(2026, 1, 1)) == ("Unreleased", True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (project["name"], version) == (DISTRIBUTION, project["version"])
    assert f"released with {version}." in (ROOT / RELEASED).read_text().partition("\n")[0]

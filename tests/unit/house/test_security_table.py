"""The page of the demands on security has them all, each with its attacks, and names tests that exist."""

import re

from tests.attacks import credentials, documents, edges, floods, insiders, links, outgoing, secrets  # noqa: F401 - each adds its own
from tests.attacks.target import ATTACKS
from tests.support.documents.named_tests import NAMED_TEST, ROOT, cells, defined_in, rows

PAGE = ROOT / "docs" / "security.md"
DEMANDS = [f"S{number}" for number in range(1, 29)]
OF_FILES = {"S18"}
"""What is kept by the files of the project, so that no request can attack it."""

THREAT_MODEL = ROOT / "SECURITY.md"
NAME = re.compile(r"`(\w+)`")


def test_every_demand_has_its_row_with_its_attacks() -> None:
    page = [cells(row) for row in rows(PAGE.read_text(encoding="utf-8"))]
    assert [row[0] for row in page] == DEMANDS
    for demand, _, attacks, _ in page:
        made = [attack.name for attack in ATTACKS if attack.demand == demand]
        assert (demand, sorted(NAME.findall(attacks))) == (demand, sorted(made))
        assert bool(made) is (demand not in OF_FILES)


def test_every_test_that_is_named_exists() -> None:
    named = NAMED_TEST.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 30
    assert [f"{file}::{name}" for file, name in named if name not in defined_in(file)] == []


def test_the_threat_model_has_a_place_for_every_demand() -> None:
    referred = set(re.findall(r"\bS\d+\b", THREAT_MODEL.read_text(encoding="utf-8")))
    assert referred == set(DEMANDS)

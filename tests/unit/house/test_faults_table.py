"""The page of faults lists every fault, and names tests that exist."""

from tests.support.documents.named_tests import NAMED_TEST, ROOT, cells, defined_in, rows

PAGE = ROOT / "docs" / "faults.md"
NOT_SHOWN = "Not shown yet"
FAULTS = [f"F{number}" for number in range(1, 53)]


def test_every_fault_has_its_row() -> None:
    assert [cells(row)[0] for row in rows(PAGE.read_text(encoding="utf-8"))] == FAULTS


def test_every_fault_names_its_tests_or_says_that_it_is_not_shown_yet() -> None:
    page = rows(PAGE.read_text(encoding="utf-8"))
    assert [row for row in page if not NAMED_TEST.search(cells(row)[-1]) and NOT_SHOWN not in cells(row)[-1]] == []


def test_every_test_that_is_named_exists() -> None:
    named = NAMED_TEST.findall(PAGE.read_text(encoding="utf-8"))
    assert [f"{file}::{name}" for file, name in named if name not in defined_in(file)] == []

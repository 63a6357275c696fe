"""The page of the contract names tests that exist, for every rule, and leaves no decision out."""

import re

from rest_compat.openapi_operations import OPERATIONS
from tests.support.documents.named_tests import NAMED_TEST, ROOT, cells, defined_in, rows

PAGE = ROOT / "docs" / "contract.md"
NOT_BUILT_YET = "## Not built yet"
BEYOND_THE_REFERENCE = {
    "isAlive",
    "isReady",
    "labelExecution",
    "listTemplates",
    "pauseExecution",
    "rerunExecution",
    "resumeExecution",
}
DECISIONS = (
    {f"W{number}" for number in range(1, 14)}
    | {f"E{number}" for number in (*range(1, 17), 19)}
    | {f"X{number}" for number in range(1, 13)}
)


def built(text: str) -> str:
    """The page without what is not built yet."""
    return text.partition(NOT_BUILT_YET)[0]


def test_every_named_test_exists() -> None:
    named = NAMED_TEST.findall(PAGE.read_text(encoding="utf-8"))
    assert named
    assert [f"{file}::{name}" for file, name in named if name not in defined_in(file)] == []


def test_every_row_names_a_test() -> None:
    with_rules = rows(built(PAGE.read_text(encoding="utf-8")))
    assert len(with_rules) > len(DECISIONS)
    assert [row for row in with_rules if not NAMED_TEST.search(cells(row)[-1])] == []


def test_a_row_of_what_is_not_built_yet_names_a_test_or_says_that_there_is_none() -> None:
    missing = rows(PAGE.read_text(encoding="utf-8").partition(NOT_BUILT_YET)[2])
    assert missing
    assert [row for row in missing if not NAMED_TEST.search(cells(row)[-1]) and cells(row)[-1] != "-"] == []
    assert {cells(row)[0] for row in missing} <= DECISIONS


def test_every_decision_is_on_the_page() -> None:
    on_page = {cells(row)[0] for row in rows(built(PAGE.read_text(encoding="utf-8")))}
    assert sorted(DECISIONS - on_page) == []


def test_every_endpoint_of_the_api_reference_has_its_section() -> None:
    headings = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("### ")]
    documented = [operation for operation in OPERATIONS if operation.id not in BEYOND_THE_REFERENCE]
    endpoints = [f"`{operation.method.upper()} {operation.path}`" for operation in documented]
    assert [endpoint for endpoint in endpoints if not any(endpoint in heading for heading in headings)] == []


def test_no_rule_is_listed_twice() -> None:
    sections = re.split(r"^##+ ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for section in sections:
        rules = [tuple(cells(row)[:-1]) for row in rows(section)]
        assert len(rules) == len(set(rules)), section.splitlines()[0]

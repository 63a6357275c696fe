"""Where a check is told to look away, it says why."""

import re
from pathlib import Path

from release.sizes import written_files

ROOT = Path(__file__).parents[3]
RULE = r"[A-Z]+[0-9]+"
EXCEPTION = re.compile(rf"# (?:noqa(?:: ?{RULE}(?:, ?{RULE})*)?|type: ignore(?:\[[^]]*\])?)(?P<why>.*)$", re.MULTILINE)
REASON = re.compile(r"\s+(?:-|#) ?\w")


def exceptions(text: str) -> list[tuple[int, str]]:
    """The line of each in a module, and what follows it."""
    return [(text.count("\n", 0, found.start()) + 1, found["why"]) for found in EXCEPTION.finditer(text)]


def unreasoned(text: str) -> list[int]:
    return [line for line, why in exceptions(text) if not REASON.match(why)]


def test_every_exception_has_its_reason_beside_it() -> None:
    texts = {file: (ROOT / file).read_text() for file in written_files(ROOT)}
    assert sum(len(exceptions(text)) for text in texts.values()) > 50
    assert {name: lines for name, text in texts.items() if (lines := unreasoned(text))} == {}


def test_one_without_is_found() -> None:
    bare = "a = 1  # no" + "qa: S105\nb = 2  # type: " + "ignore[misc]\nc = 3  # type: " + "ignore\n"
    assert unreasoned(bare) == [1, 2, 3]
    assert unreasoned("a = 1  # no" + "qa: S105, E731 - why\nb = 2  # type: " + "ignore[misc]  # why\n") == []

"""Patterns that values are held against: RE2's syntax, of bounded size, each found in time that grows with the text.

A pattern is looked for anywhere in a text, as JSON Schema does: `^` and `$` tie it to the ends.
"""

from functools import lru_cache
from typing import Any

import msgspec

LONGEST_PATTERN = 500
"""Characters of a pattern."""

MAX_PROGRAM_BYTES = 131_072
"""What one may take once it is compiled: that takes a millisecond, thirty at worst; and what is kept is bounded."""

MOST_STEPS = 5_000_000
"""So many steps may be taken for the values of one execution: at the worst they take less than a tenth of a second."""

KEPT = 256
"""So many compiled patterns are kept."""

HINTS = {
    "invalid perl operator": "there is no look-around and no named group but (?P<name>...)",
    "invalid escape sequence": "there are no back-references; see the syntax of RE2",
    "invalid repetition size": "at most {1000}, also of repeats in repeats: say min_length and max_length",
    "pattern too large": "say the length by min_length and max_length",
}
"""What to do, by how RE2 begins to say what is wrong."""


class Pattern(msgspec.Struct, frozen=True):
    """A compiled pattern, and how many steps it may take for each byte of a text."""

    compiled: Any
    steps: int


@lru_cache(maxsize=KEPT)
def compiled(pattern: str) -> Pattern:
    """The pattern, ready to be looked for. Raises `ValueError` with what a person has to know."""
    import re2  # only who has a pattern waits for it

    options = re2.Options()
    options.max_mem = MAX_PROGRAM_BYTES
    options.log_errors = False
    try:
        made = re2.compile(pattern, options)
    except re2.error as error:
        [reason] = error.args
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        hint = next((f" ({hint})" for begin, hint in HINTS.items() if said.startswith(begin)), "")
        raise ValueError(f"is no pattern of RE2: {said}{hint}") from None
    return Pattern(made, max(made.programsize, made.reverseprogramsize, 1))


class PatternWork:
    """What looking for patterns may still take: it is counted before it is done."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self._left = steps

    def take(self, steps: int) -> bool:
        """Count steps of something else that is about to be done, if there are as many left: whether there are."""
        if steps > self._left:
            return False
        self._left -= steps
        return True

    def longest(self, pattern: str) -> int:
        """Bytes of the longest text that a pattern may be looked for in."""
        return self._left // compiled(pattern).steps

    def finds(self, pattern: str, text: str) -> bool:
        """Whether the pattern is in a text, which is no longer than `longest`."""
        known = compiled(pattern)
        self._left -= known.steps * size_of(text)
        return known.compiled.search(text) is not None


def size_of(text: str) -> int:
    """Bytes of a text, which is what a pattern is looked for in."""
    return len(text) if text.isascii() else len(text.encode())

"""Counts the words of a definition's expressions, so that one which is too large is refused before it is parsed."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from engine.expressions.braces import pieces
from models.commands.validation import Location
from models.faults import Fault

MAX_WORDS = 20_000
"""Of all expressions of a workflow: to read and check so many takes a fraction of a second."""

TOO_COSTLY = "value_error.expression_too_costly"
WORD = re.compile(r"[\w.-]+|[^\s\w]")


def size_faults(values: Iterable[Any], loc: Location) -> Iterator[Fault]:
    """Yield a fault where the expressions within JSON values have more words than a workflow may have in all."""
    left = MAX_WORDS
    for text in _texts(values):
        left -= _words(text, left)
        if left < 0:
            message = f"all its expressions together have more than {MAX_WORDS:,} words: split the workflow"
            yield Fault(loc, message, TOO_COSTLY)
            return


def _texts(values: Iterable[Any]) -> Iterator[str]:
    left = list(values)
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list | tuple):
            left += value


def _words(text: str, enough: int) -> int:
    """The words of its expressions, each of which has one at least; no more are counted than are `enough`."""
    words = 0
    for piece in pieces(text):
        if words > enough:
            break
        if piece.is_expression:
            words += max(1, len(WORD.findall(piece.text)))
    return words

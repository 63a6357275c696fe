"""Finds the expressions of a definition's templates with their places, so that a message can point at a character."""

from collections.abc import Iterator
from typing import Any

import msgspec

from engine.expressions.braces import OPEN, pieces
from engine.expressions.language import Expression
from engine.expressions.parser import parse_expression
from models.commands.validation import Location
from models.faults import Fault
from models.workflow_warnings import WarningCode, WorkflowWarning


class Located(msgspec.Struct, frozen=True):
    """An expression within the text at `loc`, of which `character`, from 0, is where its `source` begins.

    `is_whole` says that the text is nothing else, so that it keeps the kind of its value. `names` are those that it
    sees beside those that all templates see.
    """

    loc: Location
    character: int
    source: str
    expression: Expression
    is_whole: bool
    names: frozenset[str] = frozenset()

    def at(self, position: int) -> int:
        """The character of the text at which a position of the expression is."""
        return self.character + position

    def fault(self, position: int, message: str, kind: str) -> Fault:
        """What is wrong at a position of the expression."""
        return Fault(self.loc, message, kind, self.at(position))

    def warning(self, position: int, message: str, code: WarningCode) -> WorkflowWarning:
        """What is to be warned of at a position of the expression."""
        return WorkflowWarning(code, message, self.loc, self.at(position))


def located(value: Any, loc: Location, names: frozenset[str] = frozenset()) -> Iterator[Located]:
    """Yield every expression of a JSON value that stands at `loc`, in the order of its source."""
    if isinstance(value, str):
        found = list(pieces(value)) if OPEN in value else []
        for piece in found:
            if piece.is_expression:
                expression = parse_expression(piece.text)
                yield Located(loc, piece.start, piece.text, expression, is_whole=len(found) == 1, names=names)
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from located(child, (*loc, key), names)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from located(child, (*loc, index), names)

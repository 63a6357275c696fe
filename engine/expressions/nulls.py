"""Finds in an expression the parameters that may be null, where null makes it fail."""

from collections.abc import Iterator, Set
from typing import TypeGuard, assert_never

from engine.expressions.filters.catalogue import FILTERS
from engine.expressions.kinds import Kind
from engine.expressions.language import (
    DEFAULT,
    ITEM,
    Binary,
    Conditional,
    Expression,
    Faulty,
    Filtered,
    Item,
    ListOf,
    Literal,
    Negative,
    Not,
    ObjectOf,
    Selected,
    Slicing,
    operands,
    references,
)
from engine.expressions.references import Reference

PARAMETERS = "parameters"


def named_parameter(reference: Reference) -> str:
    """The parameter that a path would lead to."""
    if reference.root == PARAMETERS and len(reference.segments) > 1:
        return str(reference.segments[1])
    return reference.root


def is_parameter(expression: Expression, names: Set[str]) -> TypeGuard[Reference]:
    """Whether an expression is one of these parameters, and nothing that is in it."""
    return isinstance(expression, Reference) and not _goes_on(expression) and named_parameter(expression) in names


def _goes_on(reference: Reference) -> bool:
    return len(reference.segments) > (2 if reference.root == PARAMETERS else 1)


def failing_on_null(expression: Expression, nullable: Set[str], *, takes_null: bool) -> Iterator[Reference]:
    """Yield the paths to `nullable` parameters that fail where these are null, but for those that are asked about.

    `takes_null` says whether the place of the whole expression does.
    """
    asked = {
        named_parameter(reference)
        for compared in _comparisons_with_null(expression)
        for reference in references(compared)
    }
    yield from _failing(expression, nullable - asked, takes_null=takes_null, goes_nowhere=False)


def _failing(
    expression: Expression, nullable: Set[str], *, takes_null: bool, goes_nowhere: bool
) -> Iterator[Reference]:
    """`goes_nowhere` says that a path which leads nowhere is taken too, as before `default`."""

    def each(takes_null: bool, *parts: Expression) -> Iterator[Reference]:
        for operand in parts:
            yield from _failing(operand, nullable, takes_null=takes_null, goes_nowhere=goes_nowhere)

    match expression:
        case Reference():
            if named_parameter(expression) in nullable and not (goes_nowhere if _goes_on(expression) else takes_null):
                yield expression
        case Literal() | Faulty():
            return
        case Not(operand) | Negative(operand):
            yield from each(False, operand)
        case Binary("==" | "!=" | "~", left, right):
            yield from each(True, left, right)
        case Binary("in" | "not in", left, right):
            yield from each(True, left)
            yield from each(False, right)
        case Binary(_, left, right):
            yield from each(False, left, right)
        case Conditional(then, condition, otherwise):
            yield from each(False, condition)
            yield from each(takes_null, then, otherwise)
        case ListOf() | ObjectOf():
            yield from each(True, *operands(expression))
        case Item(operand, key):
            yield from each(goes_nowhere, operand)
            yield from each(False, key)
        case Slicing():
            yield from each(False, *operands(expression))
        case Filtered(operand, name, arguments) if name == DEFAULT:
            yield from _failing(operand, nullable, takes_null=True, goes_nowhere=True)
            yield from each(takes_null, *arguments)
        case Filtered(operand, name, arguments):
            known = FILTERS[name]
            yield from each(Kind.NULL in known.takes, operand)
            for wanted, argument in zip(known.arguments, arguments, strict=False):
                yield from each(Kind.NULL in wanted, argument)
        case Selected(operand, _, condition):
            yield from each(False, operand)
            yield from _failing(condition, nullable - {ITEM}, takes_null=False, goes_nowhere=goes_nowhere)
        case _:
            assert_never(expression)


def _comparisons_with_null(expression: Expression) -> Iterator[Binary]:
    match expression:
        case Binary("==" | "!=", left, right) if Literal(None) in (left, right):
            yield expression
        case Selected(operand):  # what its condition asks about is an item
            yield from _comparisons_with_null(operand)
        case _:
            for part in operands(expression):
                yield from _comparisons_with_null(part)

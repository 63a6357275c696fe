"""What an expression is made of: paths, literals, operators, conditions, keys, slices, filters; no code.

A `position` is the character, from 0, of the operator, the bracket or the filter's name within the expression.
"""

from collections.abc import Callable, Iterator
from typing import Any, assert_never

import msgspec

from engine.expressions.references import Reference

NO_SECRETS: frozenset[str] = frozenset()

DEFAULT = "default"
"""The one filter that takes a path that leads nowhere; `??` is another word for it."""

ITEM = "item"
"""What `select` and `reject` call the item that their condition is about."""


class Literal(msgspec.Struct, frozen=True):
    """A value that is written out."""

    value: Any


class ListOf(msgspec.Struct, frozen=True):
    """`[x, y]`."""

    items: tuple["Expression", ...]


class ObjectOf(msgspec.Struct, frozen=True):
    """`{a: x, 'b c': y}`."""

    entries: tuple[tuple[str, "Expression"], ...]


class Item(msgspec.Struct, frozen=True):
    """`x[key]`, where no path says it."""

    operand: "Expression"
    key: "Expression"
    position: int = 0


class Slicing(msgspec.Struct, frozen=True):
    """`x[start:stop]`, of which either may be left out."""

    operand: "Expression"
    start: "Expression | None"
    stop: "Expression | None"
    position: int = 0


class Not(msgspec.Struct, frozen=True):
    """`not x`."""

    operand: "Expression"
    position: int = 0


class Negative(msgspec.Struct, frozen=True):
    """`-x`."""

    operand: "Expression"
    position: int = 0


class Binary(msgspec.Struct, frozen=True):
    """`x operator y`; `secrets` are the names of those within it."""

    operator: str
    left: "Expression"
    right: "Expression"
    position: int = 0
    secrets: frozenset[str] = NO_SECRETS

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "secrets", secrets_in(self.left) | secrets_in(self.right))


class Conditional(msgspec.Struct, frozen=True):
    """`x if condition else y`; `secrets` are the names of those within `x` and `y`."""

    then: "Expression"
    condition: "Expression"
    otherwise: "Expression"
    position: int = 0
    secrets: frozenset[str] = NO_SECRETS

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "secrets", secrets_in(self.then) | secrets_in(self.otherwise))


class Filtered(msgspec.Struct, frozen=True):
    """`x | name(arguments)`; `secrets` are the names of those within it."""

    operand: "Expression"
    name: str
    arguments: tuple["Expression", ...]
    position: int = 0
    secrets: frozenset[str] = NO_SECRETS

    def __post_init__(self) -> None:
        within = secrets_in(self.operand).union(*map(secrets_in, self.arguments))
        msgspec.structs.force_setattr(self, "secrets", within)


class Selected(msgspec.Struct, frozen=True):
    """`x | name(condition)`: the items for which the condition, which sees each as `item`, holds or does not hold."""

    operand: "Expression"
    name: str
    condition: "Expression"
    position: int = 0


class Faulty(msgspec.Struct, frozen=True):
    """What cannot be read: it has no value, and says why."""

    source: str
    reason: str
    position: int = 0


Expression = (
    Reference
    | Literal
    | ListOf
    | ObjectOf
    | Item
    | Slicing
    | Not
    | Negative
    | Binary
    | Conditional
    | Filtered
    | Selected
    | Faulty
)


def operands(expression: Expression) -> tuple[Expression, ...]:
    """What an expression is made of, in the order of its source, but for the condition of `select` and `reject`: it
    sees a name more.
    """
    match expression:
        case Reference() | Literal() | Faulty():
            return ()
        case ListOf(items):
            return items
        case ObjectOf(entries):
            return tuple(value for _, value in entries)
        case Item(operand, key):
            return operand, key
        case Slicing(operand, start, stop):
            return tuple(part for part in (operand, start, stop) if part is not None)
        case Not(operand) | Negative(operand) | Selected(operand):
            return (operand,)
        case Binary(_, left, right):
            return left, right
        case Conditional(then, condition, otherwise):
            return then, condition, otherwise
        case Filtered(operand, _, arguments):
            return operand, *arguments
        case _:
            assert_never(expression)


def references(expression: Expression, *, needed: bool = False) -> Iterator[Reference]:
    """Yield the paths of an expression, in the order of its source, but for those that begin at an `item` of its own.

    `needed` are those that have to lead somewhere: not those for which there is a `default`.
    """
    left = [expression]
    while left:
        match left.pop():
            case Reference() as reference:
                yield reference
            case Filtered(_, name, arguments) if needed and name == DEFAULT:
                left += reversed(arguments)
            case Selected(operand, _, condition):
                yield from references(operand, needed=needed)
                yield from (path for path in references(condition, needed=needed) if path.root != ITEM)
            case Literal():
                continue
            case part:
                left += reversed(operands(part))


def with_paths(expression: Expression, replaced: Callable[[Reference], Expression]) -> Expression:
    """The expression with something else in place of its paths, but for those that begin at an `item` of its own."""

    def of(part: Expression) -> Expression:
        return with_paths(part, replaced)

    match expression:
        case Reference():
            return replaced(expression)
        case Literal() | Faulty():
            return expression
        case ListOf(items):
            return ListOf(tuple(map(of, items)))
        case ObjectOf(entries):
            return ObjectOf(tuple((key, of(value)) for key, value in entries))
        case Item(operand, key, position):
            return Item(of(operand), of(key), position)
        case Slicing(operand, start, stop, position):
            return Slicing(
                of(operand), None if start is None else of(start), None if stop is None else of(stop), position
            )
        case Not(operand, position):
            return Not(of(operand), position)
        case Negative(operand, position):
            return Negative(of(operand), position)
        case Binary(operator, left, right, position):
            return Binary(operator, of(left), of(right), position)
        case Conditional(then, condition, otherwise, position):
            return Conditional(of(then), of(condition), of(otherwise), position)
        case Filtered(operand, name, arguments, position):
            return Filtered(of(operand), name, tuple(map(of, arguments)), position)
        case Selected(operand, name, condition, position):
            inner = with_paths(condition, lambda path: path if path.root == ITEM else replaced(path))
            return Selected(of(operand), name, inner, position)
        case _:
            assert_never(expression)


def secrets_in(expression: Expression) -> frozenset[str]:
    """The names of the secrets that what an expression makes may hold; the parser lets none into anything else."""
    match expression:
        case Reference():
            secret = expression.secret
            return NO_SECRETS if secret is None else frozenset((secret,))
        case Binary() | Filtered() | Conditional():
            return expression.secrets
        case Literal() | ListOf() | ObjectOf() | Item() | Slicing() | Not() | Negative() | Selected() | Faulty():
            return NO_SECRETS
        case _:
            assert_never(expression)

"""Types an expression without running it: what can never go together is told, and what is not certain is not."""

from collections.abc import Mapping, Sequence
from typing import assert_never

import msgspec

from engine.expressions.filters.catalogue import FILTERS
from engine.expressions.foreign_words import instead_of_key
from engine.expressions.kinds import (
    BOOLEANS,
    LISTS,
    NUMBERS,
    OBJECTS,
    TEXTS,
    Kind,
    Kinds,
    kind_of_value,
    spelled,
)
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
)
from engine.expressions.references import SECRETS, Reference, is_index

ParameterKinds = Mapping[str, Kind]
"""The kinds of a workflow's parameters by name. What actions return is unknown."""

INSIDE = {Kind.LIST: "an index such as 0", Kind.OBJECT: "a key", Kind.UNKNOWN: ""}
"""The kinds that a path may go on into."""

EXECUTION_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("id", "workflow_id", "created_by", "created_at", "started_at", "status"), Kind.TEXT),
    **dict.fromkeys(("version", "attempt"), Kind.NUMBER),
    **dict.fromkeys(("labels", "error"), Kind.OBJECT),
}
"""Of what an execution is never without."""

FAILS = "so the action will fail with EXPRESSION_ERROR"


class Mismatch(msgspec.Struct, frozen=True):
    """Kinds that do not go together: at which character of the expression, from 0, what to do, what follows from it."""

    position: int
    reason: str
    advice: str
    consequence: str = FAILS
    leads_nowhere: bool = False
    """Whether it is a path that leads nowhere, which `default` takes."""


def type_of(expression: Expression, parameters: ParameterKinds) -> tuple[Kind, Sequence[Mismatch]]:
    """The kind of what an expression gives, and all that is certain to be wrong in it, in the order of its source."""
    found: list[Mismatch] = []
    kind = _Typing(parameters, found).kind(expression)
    return kind, sorted(found, key=lambda mismatch: mismatch.position)


class _Typing:
    """One expression's walk. What is wrong goes to `found`, and the walk goes on with what would have come of it."""

    def __init__(self, parameters: ParameterKinds, found: list[Mismatch]) -> None:
        self._parameters = parameters
        self._found = found

    def kind(self, expression: Expression) -> Kind:
        match expression:
            case Reference():
                return self._reference(expression)
            case Literal(value):
                return kind_of_value(value)
            case Not(operand):
                self._need(BOOLEANS, self.kind(operand), "'not'", expression.position)
                return Kind.BOOLEAN
            case Negative(operand):
                self._need(NUMBERS, self.kind(operand), "'-'", expression.position)
                return Kind.NUMBER
            case Binary():
                return self._binary(expression)
            case Conditional():
                return self._conditional(expression)
            case ListOf(items):
                for item in items:
                    self.kind(item)
                return Kind.LIST
            case ObjectOf(entries):
                for _, value in entries:
                    self.kind(value)
                return Kind.OBJECT
            case Item():
                return self._item(expression)
            case Slicing():
                return self._slice(expression)
            case Filtered():
                return self._filtered(expression)
            case Selected():
                return self._selected(expression)
            case Faulty():
                return Kind.UNKNOWN
            case _:
                assert_never(expression)

    def _reference(self, reference: Reference) -> Kind:
        root, *rest = reference.segments
        if root == SECRETS:
            return Kind.TEXT
        if root == "execution":
            return EXECUTION_KINDS.get(str(rest[0]), Kind.UNKNOWN) if len(rest) == 1 else Kind.UNKNOWN
        if root == "parameters" and rest:
            root, *rest = rest
        kind = self._parameters.get(str(root), Kind.UNKNOWN)
        if not rest:
            return kind
        is_lost = kind not in INSIDE or (kind is Kind.LIST and not is_index(rest[0]))
        if is_lost:
            reason = f"'{root}' is {kind} and has no '{rest[0]}'"
            advice = f"a path goes on by {INSIDE[kind]}" if kind in INSIDE else f"use '{root}' itself"
            advice = instead_of_key(str(rest[0])) or advice
            self._found.append(Mismatch(reference.position, reason, advice, leads_nowhere=True))
        return Kind.UNKNOWN

    def _binary(self, expression: Binary) -> Kind:
        left, right = self.kind(expression.left), self.kind(expression.right)
        operator, position = expression.operator, expression.position
        match operator:
            case "and" | "or":
                self._need(BOOLEANS, left, f"'{operator}'", position)
                self._need(BOOLEANS, right, f"'{operator}'", position)
                return Kind.BOOLEAN
            case "==" | "!=":
                self._equality(operator, left, right, position)
                return Kind.BOOLEAN
            case "in" | "not in":
                self._membership(operator, left, right, position)
                return Kind.BOOLEAN
            case "~":
                return Kind.TEXT
            case "+":
                return self._pair(NUMBERS | TEXTS | LISTS, left, right, "'+' adds numbers, texts or lists", position)
            case "-" | "*" | "/" | "%":
                self._need(NUMBERS, left, f"'{operator}'", position)
                self._need(NUMBERS, right, f"'{operator}'", position)
                return Kind.NUMBER
        self._pair(NUMBERS | TEXTS, left, right, f"'{operator}' compares numbers or texts", position)
        return Kind.BOOLEAN

    def _conditional(self, expression: Conditional) -> Kind:
        self._need(BOOLEANS, self.kind(expression.condition), "'if'", expression.position)
        then, otherwise = self.kind(expression.then), self.kind(expression.otherwise)
        return then if then is otherwise else Kind.UNKNOWN

    def _item(self, expression: Item) -> Kind:
        operand, key = self.kind(expression.operand), self.kind(expression.key)
        if operand not in INSIDE:
            reason = f"what has an item is a list or an object, not {operand}"
            self._found.append(Mismatch(expression.position, reason, "take the value itself", leads_nowhere=True))
        self._need(TEXTS | NUMBERS, key, "a key", expression.position)
        return Kind.UNKNOWN

    def _slice(self, expression: Slicing) -> Kind:
        kind = self.kind(expression.operand)
        self._need(TEXTS | LISTS, kind, "a slice", expression.position)
        for end in (expression.start, expression.stop):
            if end is not None:
                self._need(NUMBERS, self.kind(end), "an end of a slice", expression.position)
        return kind if kind in TEXTS | LISTS else Kind.UNKNOWN

    def _selected(self, expression: Selected) -> Kind:
        name, position = expression.name, expression.position
        self._need(LISTS, self.kind(expression.operand), f"'{name}'", position)
        inner = {known: kind for known, kind in self._parameters.items() if known != ITEM}
        condition = _Typing(inner, self._found).kind(expression.condition)
        self._need(BOOLEANS, condition, f"the condition of '{name}'", position)
        return Kind.LIST

    def _pair(self, allowed: Kinds, left: Kind, right: Kind, does: str, position: int) -> Kind:
        """Two of one kind, of those that are allowed; the kind is known where one of them is."""
        known = [kind for kind in (left, right) if kind is not Kind.UNKNOWN]
        if not all(kind in allowed for kind in known):
            self._found.append(
                Mismatch(position, f"{does}, not {' and '.join(known)}", "use two of one of these kinds")
            )
        elif len(known) == 2 and left is not right:
            self._found.append(Mismatch(position, f"{does}, not {left} and {right}", _to_one_kind({left, right})))
        else:
            return known[0] if known else Kind.UNKNOWN
        return Kind.UNKNOWN

    def _equality(self, operator: str, left: Kind, right: Kind, position: int) -> None:
        if left is right or {left, right} & {Kind.UNKNOWN, Kind.NULL}:
            return
        always = "which is always false" if operator == "==" else "which is always true"
        reason = f"'{operator}' compares {left} with {right}"
        self._found.append(Mismatch(position, reason, _to_one_kind({left, right}), always))

    def _membership(self, operator: str, left: Kind, right: Kind, position: int) -> None:
        if right is Kind.TEXT:
            self._need(TEXTS, left, f"'{operator}' before a text", position)
        else:
            self._need(TEXTS | LISTS | OBJECTS, right, f"'{operator}'", position)

    def _filtered(self, expression: Filtered) -> Kind:
        first = len(self._found)
        operand = self.kind(expression.operand)
        if expression.name == DEFAULT:
            self._found[first:] = [mismatch for mismatch in self._found[first:] if not mismatch.leads_nowhere]
        arguments = [self.kind(argument) for argument in expression.arguments]
        known = FILTERS[expression.name]
        self._need(known.takes, operand, f"'{expression.name}'", expression.position)
        for number, (wanted, kind) in enumerate(zip(known.arguments, arguments, strict=False), 1):
            self._need(wanted, kind, f"argument {number} of '{expression.name}'", expression.position)
        if expression.name == DEFAULT:
            return arguments[0] if operand in (arguments[0], Kind.NULL) else Kind.UNKNOWN
        return known.gives

    def _need(self, wanted: Kinds, kind: Kind, who: str, position: int) -> None:
        if kind is not Kind.UNKNOWN and kind not in wanted:
            self._found.append(Mismatch(position, f"{who} takes {spelled(wanted)}, not {kind}", advice(wanted, kind)))


def advice(wanted: Kinds, kind: Kind) -> str:
    """What to do about a value of a kind where one of `wanted` is needed."""
    if wanted == BOOLEANS:
        return "compare it with something"
    if kind is Kind.TEXT and Kind.NUMBER in wanted:
        return "put '| number' after the value"
    if kind is Kind.TEXT and Kind.LIST in wanted:
        return "put '| split(\",\")' after the value"
    if kind is Kind.TEXT and Kind.OBJECT in wanted:
        return "put '| parse_json' after the value"
    if kind is Kind.OBJECT and Kind.LIST in wanted:
        return "put '| values' after the value"
    if Kind.TEXT in wanted and Kind.NUMBER not in wanted:
        return "put '| string' after the value"
    return f"use {spelled(wanted)}"


def _to_one_kind(kinds: set[Kind]) -> str:
    if kinds == {Kind.TEXT, Kind.NUMBER}:
        return "put '| string' after the number, or '| number' after the text"
    if Kind.TEXT in kinds:
        return "put '| string' after what is no text"
    return "use two of one kind"

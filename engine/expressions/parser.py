"""Reads the text between the braces to an expression; what cannot be read says at which character, and why."""

from collections.abc import Callable, Mapping
from typing import NoReturn

import msgspec

from engine.expressions.filters.catalogue import FILTERS, SELECTING
from engine.expressions.foreign_words import CALLED, hint_for_call, hint_for_word
from engine.expressions.language import (
    DEFAULT,
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
    references,
)
from engine.expressions.references import SECRETS, Reference, path
from engine.expressions.tokens import CONSTANTS, MAX_LENGTH, WORDS, Token, UnreadablePiece, tokens_of, value_of
from models.nearest_word import nearest_word

MAX_DEPTH = 50
MAX_KNOWN = 100_000
"""Characters of the expressions that are kept, in some megabytes at most."""

KEEP_SECRETS = (
    "base64", "default", "hmac", "json", "lower", "path", "sha256", "string", "trim", "upper", "urlencode",
)  # fmt: skip
"""The filters of a secret: what they give is hidden wherever the secret is."""

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">", "in", "not in")
LOGIC = {"or": 1, "and": 2}
ARITHMETIC = {"~": 1, "+": 2, "-": 2, "*": 3, "/": 3, "%": 3}
"""How closely they bind. Nobody agrees whether they bind closer than `??`."""


class _Known(dict[str, Expression]):
    """Expressions that were read lately: those of one workflow are read for each thing that is to be known of them."""

    def __init__(self) -> None:
        super().__init__()
        self._characters = 0

    def __missing__(self, source: str) -> Expression:
        expression = _parsed(source)
        if len(source) <= MAX_LENGTH:
            self._characters += len(source)
            if self._characters > MAX_KNOWN:
                self.clear()
                self._characters = len(source)
            self[source] = expression
        return expression


def parse_expression(source: str) -> Expression:
    """The expression that a text is. A text that is one path is that path, whatever words it holds."""
    return _KNOWN[source]


def _parsed(source: str) -> Expression:
    try:
        if len(source) > MAX_LENGTH:
            raise UnreadablePiece(MAX_LENGTH, f"an expression has {MAX_LENGTH:,} characters at most, and this goes on")
        alone = path(source)
        if alone is not None:
            return alone
        parser = _Parser(source, tokens_of(source))
        expression = parser.expression()
        parser.expect_end()
        used = list(references(expression))
        if not used:
            raise UnreadablePiece(0, "nothing is referred to: write the value itself, without braces,")
        if any(reference.secret is not None for reference in used) and not _keeps_secrets(expression):
            raise UnreadablePiece(
                0, f"a secret takes +, ~ and the filters {', '.join(KEEP_SECRETS)} alone, in what begins"
            )
    except UnreadablePiece as error:
        return Faulty(source, str(error), error.position)
    return expression


def _keeps_secrets(expression: Expression) -> bool:
    """Whether what is made of secrets is a text that holds them, or their digest, and is hidden where they are: by what
    is compared, counted or cut out they could be told piece by piece.
    """
    if all(reference.secret is None for reference in references(expression)):
        return True
    match expression:
        case Reference():
            return True
        case Binary("+" | "~", left, right):
            return _keeps_secrets(left) and _keeps_secrets(right)
        case Conditional(then, condition, otherwise):
            has_none = all(reference.secret is None for reference in references(condition))
            return has_none and _keeps_secrets(then) and _keeps_secrets(otherwise)
        case Filtered(operand, name, arguments):
            return name in KEEP_SECRETS and all(_keeps_secrets(part) for part in (operand, *arguments))
    return False


class _Parser:
    """Recursive descent, the loosest precedence first."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        self._source = source
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def expression(self) -> Expression:
        """`x if c else y`, and all that binds closer."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(f"more than {MAX_DEPTH} parts are within each other")
        expression = self._disjunction()
        if asked := self._take_word("if"):
            condition = self._disjunction()
            if self._take_word("else") is None:
                self._refuse("'else' is missing, as in 'a if b else null',")
            expression = Conditional(expression, condition, self.expression(), asked.position)
        self._depth -= 1
        return expression

    def expect_end(self) -> None:
        """Refuse what follows a whole expression."""
        if self._token.kind != "end":
            self._refuse(f"'{self._token.text}' is one too many{self._hint()}")

    def _hint(self) -> str:
        """What to write instead of what follows a whole expression."""
        before = self._tokens[self._next - 1]
        if self._token.kind == "(" and before.kind == "path":
            return hint_for_call(before.text, FILTERS)
        return hint_for_word(self._token.text)

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self, *kinds: str) -> Token | None:
        token = self._tokens[self._next]
        if token.kind not in kinds:
            return None
        self._next += 1
        return token

    def _take_word(self, word: str) -> Token | None:
        """A word that is one only behind a value: elsewhere it may be a name."""
        return self._take("path") if self._token.text == word else None

    def _need(self, kind: str) -> Token:
        return self._take(kind) or self._refuse(f"'{kind}' is missing")

    def _refuse(self, reason: str) -> NoReturn:
        raise UnreadablePiece(self._token.position, reason)

    def _climbed(self, operand: Callable[[], Expression], binds: Mapping[str, int], least: int) -> Expression:
        """Operators of which each binds its operands so closely, at least as closely as `least`."""
        left = operand()
        token = self._tokens[self._next]
        while (closeness := binds.get(token.kind, 0)) >= least:
            self._next += 1
            left = Binary(token.kind, left, self._climbed(operand, binds, closeness + 1), token.position)
            token = self._tokens[self._next]
        return left

    def _disjunction(self) -> Expression:
        return self._climbed(self._negation, LOGIC, 1)

    def _negation(self) -> Expression:
        positions = []
        while token := self._take("not"):
            positions.append(token.position)
        if len(positions) > MAX_DEPTH:
            self._refuse(f"more than {MAX_DEPTH} 'not' are behind each other")
        expression = self._comparison()
        for position in reversed(positions):
            expression = Not(expression, position)
        return expression

    def _comparison(self) -> Expression:
        left = self._joint()
        position = self._token.position
        operator = self._comparison_operator()
        if operator is None:
            return left
        compared = Binary(operator, left, self._joint(), position)
        if self._comparison_operator() is not None:
            self._next -= 1
            self._refuse("comparisons do not chain: write 'a < b and b < c', not")
        return compared

    def _comparison_operator(self) -> str | None:
        if self._take("not"):
            self._need("in")
            return "not in"
        token = self._take(*COMPARISONS)
        return None if token is None else token.kind

    def _joint(self) -> Expression:
        return self._climbed(self._alternative, ARITHMETIC, 1)

    def _alternative(self) -> Expression:
        """`a ?? b`, which is `a | default(b)`."""
        before = self._tokens[self._next - 1] if self._next else None
        value = self._signed()
        if self._token.kind == "??":
            self._refuse_mixed(before)
            while token := self._take("??"):
                value = Filtered(value, DEFAULT, (self._signed(),), token.position)
            self._refuse_mixed(self._token)
        return value

    def _refuse_mixed(self, other: Token | None) -> None:
        if other is not None and other.kind in ARITHMETIC:
            reason = f"put parentheses around what '??' or '{other.text}' takes, as in '(a ?? b) {other.text} c',"
            raise UnreadablePiece(other.position, reason)

    def _signed(self) -> Expression:
        if minus := self._take("-"):
            return Negative(self._filtered(), minus.position)
        return self._filtered()

    def _filtered(self) -> Expression:
        expression = self._operand()
        while self._take("|"):
            expression = self._filter(expression)
        return expression

    def _filter(self, operand: Expression) -> Expression:
        named = self._take("path", "in", "not", "and", "or") or self._refuse("the name of a filter is missing")
        known = FILTERS.get(named.text)
        if known is None:
            near = CALLED.get(named.text) or nearest_word(named.text, FILTERS)
            hint = f"did you mean '{near}'" if near else f"there are {', '.join(FILTERS)}"
            raise UnreadablePiece(named.position, f"there is no filter '{named.text}' ({hint})")
        arguments = self._listed(")") if self._take("(") else []
        if not known.least <= len(arguments) <= known.most:
            wanted = str(known.least) if known.least == known.most else f"{known.least} to {known.most}"
            raise UnreadablePiece(named.position, f"'{named.text}' takes {wanted} arguments, not {len(arguments)},")
        if named.text in SELECTING:
            return Selected(operand, named.text, arguments[0], named.position)
        return Filtered(operand, named.text, tuple(arguments), named.position)

    def _listed(self, end: str) -> list[Expression]:
        """What commas part, and the bracket behind it."""
        found: list[Expression] = []
        while not self._take(end):
            if found:
                self._need(",")
            found.append(self.expression())
        return found

    def _operand(self) -> Expression:
        """A value, and what is taken out of it."""
        start = self._token.position
        value = self._value()
        while token := self._take("[", "step"):
            if token.kind == "step":
                value = self._taken_out(value, token.text[1:], start, token)
                continue
            key = None if self._token.kind == ":" else self.expression()
            if self._take(":"):
                stop = None if self._token.kind == "]" else self.expression()
                self._need("]")
                value = Slicing(value, key, stop, token.position)
            else:
                self._need("]")
                value = self._item(value, key or self._refuse("a key is missing"), start, token)
        return value

    def _item(self, value: Expression, key: Expression, start: int, bracket: Token) -> Expression:
        match key:
            case Literal(bool()) | Literal(float()) | Literal(None) | ListOf() | ObjectOf():
                raise UnreadablePiece(bracket.position + 1, "a key is a text or a whole number, which this is not,")
            case Literal(str(segment) | int(segment)):
                return self._taken_out(value, segment, start, bracket)
            case Negative(Literal(int(index))) if not isinstance(index, bool):
                return self._taken_out(value, -index, start, bracket)
        return Item(value, key, bracket.position)

    def _taken_out(self, value: Expression, segment: str | int, start: int, token: Token) -> Expression:
        """What is below a path is a path."""
        if isinstance(value, Reference):
            source = self._source[start : self._tokens[self._next - 1].end]
            return Reference(source, (*value.segments, segment), start)
        return Item(value, Literal(segment), token.position)

    def _value(self) -> Expression:
        if self._take("("):
            expression = self.expression()
            self._need(")")
            return expression
        if self._take("["):
            return ListOf(tuple(self._listed("]")))
        if self._take("{"):
            return self._object()
        if value := self._take("value"):
            return self._literal(value)
        if named := self._take("path"):
            found = path(named.text)
            if found is None:
                raise UnreadablePiece(named.position, f"'{SECRETS}' is all secrets: name one")
            return msgspec.structs.replace(found, position=named.position)
        return self._refuse("a value is missing" if self._token.kind == "end" else f"'{self._token.text}' is no value")

    def _literal(self, token: Token) -> Literal:
        value = value_of(token.text)
        if value == float("inf"):
            raise UnreadablePiece(token.position, "the number is too large")
        return Literal(value)

    def _object(self) -> ObjectOf:
        entries: dict[str, Expression] = {}
        while not self._take("}"):
            if entries:
                self._need(",")
            token = self._token
            key = self._key()
            if key in entries:
                raise UnreadablePiece(token.position, f"the key '{key}' is there twice")
            self._need(":")
            entries[key] = self.expression()
        return ObjectOf(tuple(entries.items()))

    def _key(self) -> str:
        token = self._take("path", "value", *WORDS)
        if token is None:
            self._refuse("a key is missing" if self._token.kind == "end" else f"'{self._token.text}' is no key")
        key = value_of(token.text) if token.kind == "value" and token.text not in CONSTANTS else token.text
        if not isinstance(key, str) or (token.kind == "path" and not set(key).isdisjoint(".[")):
            raise UnreadablePiece(token.position, "a key is a name or a text, as in {a: x, 'first name': y}, not this")
        return key


_KNOWN = _Known()

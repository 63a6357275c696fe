"""Reads the text between the braces to an expression; what cannot be read says at which character, and why."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import NoReturn

import msgspec

from engine.expressions.filters import FILTERS
from engine.expressions.foreign_words import CALLED, foreign_symbol, hint_for_call, hint_for_word
from engine.expressions.language import Binary, Expression, Faulty, Filtered, Literal, Negative, Not, references
from engine.expressions.references import PATH, SECRETS, Reference, path

MAX_LENGTH = 2_000
MAX_TOKENS = 200
MAX_DEPTH = 50
MAX_KNOWN = 100_000
"""Characters of the expressions that are kept, in some megabytes at most."""

NUMBER = re.compile(r"\d{1,18}(?:\.\d{1,18})?", re.ASCII)
STRING = re.compile(r"\"[^\"\\]*\"|'[^'\\]*'")
SYMBOL = re.compile(r"==|!=|<=|>=|[<>+\-*/%|(),]")
SPACE = re.compile(r"\s*")
OR = "||"
"""Two filters would begin with it, and neither has a name."""

WORDS = frozenset({"and", "or", "not", "in"})
CONSTANTS = {"true": True, "false": False, "null": None}
KEEP_SECRETS = ("default", "json", "lower", "path", "string", "trim", "upper", "urlencode")
"""The filters of a secret: what they give is hidden wherever the secret is."""

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">", "in", "not in")


class _Unreadable(Exception):
    """At which character the text cannot be read, from 0, and why."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"{reason} at character {position + 1}")
        self.position = position


class _Token(msgspec.Struct, frozen=True):
    """A piece of the text: `kind` is `path`, `value`, `end`, or the word or symbol itself."""

    kind: str
    text: str
    position: int


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
            raise _Unreadable(MAX_LENGTH, f"an expression has {MAX_LENGTH:,} characters at most, and this goes on")
        alone = path(source)
        if alone is not None:
            return alone
        tokens = _tokens(source)
        if len(tokens) > MAX_TOKENS:
            too_many = f"an expression has {MAX_TOKENS} words at most, and this goes on"
            raise _Unreadable(tokens[MAX_TOKENS].position, too_many)
        parser = _Parser(tokens)
        expression = parser.expression()
        parser.expect_end()
        used = list(references(expression))
        if not used:
            raise _Unreadable(0, "nothing is referred to: write the value itself, without braces,")
        if any(reference.secret is not None for reference in used) and not _keeps_secrets(expression):
            raise _Unreadable(0, f"a secret takes + and the filters {', '.join(KEEP_SECRETS)} alone, in what begins")
    except _Unreadable as error:
        return Faulty(source, str(error), error.position)
    return expression


def _keeps_secrets(expression: Expression) -> bool:
    """Whether what is made of secrets is a text that holds them, and is hidden where they are: by what is compared,
    counted or cut out they could be told piece by piece.
    """
    match expression:
        case Reference() | Literal():
            return True
        case Binary("+", left, right):
            return _keeps_secrets(left) and _keeps_secrets(right)
        case Filtered(operand, name, arguments):
            return name in KEEP_SECRETS and all(_keeps_secrets(part) for part in (operand, *arguments))
    return False


def _tokens(source: str) -> list[_Token]:
    tokens = []
    position = SPACE.match(source).end()  # type: ignore[union-attr]  # it matches nothing too
    while position < len(source):
        token = _token(source, position)
        tokens.append(token)
        position = SPACE.match(source, position + len(token.text)).end()  # type: ignore[union-attr]
    return [*tokens, _Token("end", "", len(source))]


def _token(source: str, position: int) -> _Token:
    if source.startswith(OR, position):
        raise _foreign(source, position)
    for kind, pattern in (("value", NUMBER), ("value", STRING), ("path", PATH), ("symbol", SYMBOL)):
        if found := pattern.match(source, position):
            text = found.group()
            is_word = text in WORDS or kind == "symbol"
            return _Token(text if is_word else "value" if text in CONSTANTS else kind, text, position)
    if source[position] in "\"'":
        raise _Unreadable(position, "the text has no end, or holds a backslash, which no text may hold,")
    raise _foreign(source, position)


def _foreign(source: str, position: int) -> _Unreadable:
    symbol, hint = foreign_symbol(source[position:])
    return _Unreadable(position, f"'{symbol}' is no part of an expression{hint}")


class _Parser:
    """Recursive descent, one function for each precedence, the loosest first."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def expression(self) -> Expression:
        """`or`, and all that binds closer."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(f"more than {MAX_DEPTH} parts are within each other")
        expression = self._chain(self._conjunction, "or")
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
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *kinds: str) -> _Token | None:
        token = self._token
        if token.kind not in kinds:
            return None
        self._next += 1
        return token

    def _need(self, kind: str) -> _Token:
        return self._take(kind) or self._refuse(f"'{kind}' is missing")

    def _refuse(self, reason: str) -> NoReturn:
        raise _Unreadable(self._token.position, reason)

    def _chain(self, operand: Callable[[], Expression], *operators: str) -> Expression:
        left = operand()
        while operator := self._take(*operators):
            left = Binary(operator.kind, left, operand(), operator.position)
        return left

    def _conjunction(self) -> Expression:
        return self._chain(self._negation, "and")

    def _negation(self) -> Expression:
        positions = []
        while token := self._take("not"):
            positions.append(token.position)
        expression = self._comparison()
        for position in reversed(positions[-MAX_DEPTH:]):
            expression = Not(expression, position)
        return expression

    def _comparison(self) -> Expression:
        left = self._sum()
        position = self._token.position
        operator = self._comparison_operator()
        if operator is None:
            return left
        compared = Binary(operator, left, self._sum(), position)
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

    def _sum(self) -> Expression:
        return self._chain(self._product, "+", "-")

    def _product(self) -> Expression:
        return self._chain(self._signed, "*", "/", "%")

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
        named = self._take("path") or self._refuse("the name of a filter is missing")
        known = FILTERS.get(named.text)
        if known is None:
            near = [CALLED[named.text]] if named.text in CALLED else get_close_matches(named.text, FILTERS, n=1)
            hint = f"did you mean '{near[0]}'" if near else f"there are {', '.join(FILTERS)}"
            raise _Unreadable(named.position, f"there is no filter '{named.text}' ({hint})")
        arguments = self._arguments() if self._take("(") else []
        if not known.least <= len(arguments) <= known.most:
            wanted = str(known.least) if known.least == known.most else f"{known.least} to {known.most}"
            raise _Unreadable(named.position, f"'{named.text}' takes {wanted} arguments, not {len(arguments)},")
        return Filtered(operand, named.text, tuple(arguments), named.position)

    def _arguments(self) -> list[Expression]:
        arguments: list[Expression] = []
        while not self._take(")"):
            if arguments:
                self._need(",")
            arguments.append(self.expression())
        return arguments

    def _operand(self) -> Expression:
        if self._take("("):
            expression = self.expression()
            self._need(")")
            return expression
        if value := self._take("value"):
            return Literal(_literal(value.text))
        if named := self._take("path"):
            found = path(named.text)
            if found is None:
                raise _Unreadable(named.position, f"'{SECRETS}' is all secrets: name one")
            return msgspec.structs.replace(found, position=named.position)
        return self._refuse("a value is missing" if self._token.kind == "end" else f"'{self._token.text}' is no value")


def _literal(text: str) -> object:
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] in "\"'":
        return text[1:-1]
    return float(text) if "." in text else int(text)


_KNOWN = _Known()

"""Cuts the text between the braces into its words, symbols, paths, numbers and texts; what is none says where it is."""

import re

import msgspec

from engine.expressions.foreign_words import foreign_symbol
from engine.expressions.references import PATH

MAX_LENGTH = 2_000
MAX_TOKENS = 200

TEXT = r"\"[^\"\\]*(?:\\[\s\S][^\"\\]*)*\"|'[^'\\]*(?:\\[\s\S][^'\\]*)*'"
PIECE = re.compile(
    rf"(?P<path>{PATH.pattern})|(?P<symbol>==|!=|<=|>=|\?\?|\|(?!\|)|[<>+\-*/%(),\[\]{{}}:~])"
    rf"|(?P<value>\d+(?:\.\d{{1,18}})?|{TEXT})",
    re.ASCII,
)
"""Of two `|` no filter has its name between them."""

STEP = re.compile(r"\.[\w-]+", re.ASCII)
"""What a path goes on by behind a bracket, where it does not begin with a name."""

SPACE = re.compile(r"\s*(?:#[^\n]*\s*)*")
"""Comments too."""

PATH_GOES_ON = ("]", ")", "}", "step")
WORDS = frozenset({"and", "or", "not", "in"})
CONSTANTS = {"true": True, "false": False, "null": None}

ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
"""By what stands behind a backslash; behind it anything else stays, with the backslash."""


class UnreadablePiece(Exception):
    """At which character the text cannot be read, from 0, and why."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"{reason} at character {position + 1}")
        self.position = position


class Token(msgspec.Struct, frozen=True):
    """A piece of the text: `kind` is `path`, `step`, `value`, `end`, or the word or symbol itself."""

    kind: str
    text: str
    position: int

    @property
    def end(self) -> int:
        """The character behind it."""
        return self.position + len(self.text)


def tokens_of(source: str) -> list[Token]:
    """The pieces of a text, the last of which is its `end`. Raises `UnreadablePiece`, also where they are too many."""
    tokens: list[Token] = []
    position = SPACE.match(source).end()  # type: ignore[union-attr]  # it matches nothing too
    while position < len(source):
        token = _token(source, position, tokens[-1] if tokens else None)
        tokens.append(token)
        position = SPACE.match(source, token.end).end()  # type: ignore[union-attr]  # it matches nothing too
    if len(tokens) >= MAX_TOKENS:
        raise UnreadablePiece(tokens[-1].position, f"an expression has {MAX_TOKENS} words at most, and this goes on")
    return [*tokens, Token("end", "", len(source))]


def value_of(text: str) -> object:
    """The value of a token that is one."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] in "\"'":
        return ESCAPE.sub(_unescaped, text[1:-1]) if "\\" in text else text[1:-1]
    return float(text) if "." in text else int(text)


def _unescaped(found: re.Match[str]) -> str:
    return ESCAPED.get(found[1], found[0])


def _token(source: str, position: int, before: Token | None) -> Token:
    if found := PIECE.match(source, position):
        text = found.group()
        kind = found.lastgroup or ""
        if kind == "symbol" or text in WORDS:
            return Token(text, text, position)
        return Token("value" if text in CONSTANTS else kind, text, position)
    goes_on = before is not None and before.kind in PATH_GOES_ON
    if goes_on and (found := STEP.match(source, position)):
        return Token("step", found.group(), position)
    if source[position] in "\"'":
        raise UnreadablePiece(position, "the text has no end")
    raise _foreign(source, position)


def _foreign(source: str, position: int) -> UnreadablePiece:
    symbol, hint = foreign_symbol(source[position:])
    return UnreadablePiece(position, f"'{symbol}' is no part of an expression{hint}")

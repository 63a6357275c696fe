"""Finds the expressions of a text: where each begins and ends, and which braces are those of the text itself."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from engine.expressions.tokens import MAX_LENGTH, MAX_TOKENS

OPEN, CLOSE = "{{", "}}"
MAX_UNREADABLE = 10
"""Where so many expressions of a text fit no `}}`, the first one closes the rest: to seek one that fits is dear."""

LITERAL = "\\"
"""Before `{{` it makes them braces of the text; two of them are one before an expression."""

MARK = re.compile(r"[{'\"#]")
"""What a `}}` may stand behind that ends no expression."""

PIECE = re.compile(
    r"(?P<text>[^{}'\"#]+|\"[^\"\\]*(?:\\.[^\"\\]*)*\"|'[^'\\]*(?:\\.[^'\\]*)*'|#(?:(?!\}\})[^\n])*)|(?P<brace>[{}])",
    re.DOTALL,
)
ESCAPED = re.compile(r"(?<!\\)(\\+)\{\{")
IN_JSON = rb"\\{{"
OPENING = re.compile(r"(?<!\\)(?:\\\\)*\{\{")


class Piece(msgspec.Struct, frozen=True):
    """A part of a text that begins at a character of it, from 0: as it was written, and what it says if it is plain."""

    start: int
    text: str
    plain: str | None = None

    @property
    def is_expression(self) -> bool:
        """Whether it stood between braces."""
        return self.plain is None


def pieces(text: str) -> Iterator[Piece]:
    """Yield the parts of a text, expressions without the white space around them."""
    end = seen = unreadable = 0
    last = text.rfind(CLOSE)
    while 0 <= (start := text.find(OPEN, seen)) < last:
        inside = start + len(OPEN)
        if _is_literal(text, start):
            seen = inside
            continue
        if start > end:
            yield Piece(end, text[end:start], _said(text[end:inside])[: -len(OPEN)])
        close = _close(text, inside) if unreadable < MAX_UNREADABLE else -1
        if close < 0:
            unreadable += 1
            close = text.index(CLOSE, inside)
        source = text[inside:close]
        yield Piece(inside + len(source) - len(source.lstrip()), source.strip())
        end = seen = close + len(CLOSE)
    if end < len(text):
        yield Piece(end, text[end:], _said(text[end:]))


def has_backslashes(value: Any) -> bool:
    """Whether braces stand behind a backslash anywhere in a JSON value: to write it is the fastest way to see."""
    return IN_JSON in msgspec.json.encode(value)


def with_old_backslashes(text: str) -> str:
    """A text from before a backslash said anything, as it is to be written since."""
    return ESCAPED.sub(lambda found: f"{2 * found[1]}{OPEN}", text) if LITERAL in text else text


def unclosed(text: str) -> int:
    """At which character of a plain part braces open that close nowhere; -1: at none."""
    found = OPENING.search(text)
    return -1 if found is None else found.end() - len(OPEN)


def _said(text: str) -> str:
    return ESCAPED.sub(lambda found: f"{found[1][: len(found[1]) // 2]}{OPEN}", text) if LITERAL in text else text


def _is_literal(text: str, start: int) -> bool:
    backslashes = 0
    while start > backslashes and text[start - backslashes - 1] == LITERAL:
        backslashes += 1
    return backslashes % 2 == 1


def _close(text: str, start: int) -> int:
    """Where the braces of an expression close, which are not those of an object, of a text or of a comment in it.

    -1: none fit, so that it cannot be read.
    """
    first = text.index(CLOSE, start)
    if MARK.search(text, start, first) is None:
        return first
    position, depth = start, 0
    for _ in range(2 * MAX_TOKENS):
        if depth == 0 and text.startswith(CLOSE, position):
            return position
        found = PIECE.match(text, position, start + MAX_LENGTH + len(CLOSE))
        if found is None:
            break
        depth += {"{": 1, "}": -1}.get(found["brace"], 0)
        if depth < 0:
            break
        position = found.end()
    return -1

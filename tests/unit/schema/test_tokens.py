"""The tokens that are counted are those that the parser reads."""

import pytest
from graphql import GraphQLError, Lexer, Source, TokenKind
from hypothesis import given
from hypothesis import strategies as st

from schema.transport.tokens import count_tokens

PIECES = (
    "query Q",
    "{",
    "}",
    "(",
    ")",
    "...",
    "...on",
    "@skip",
    "$name",
    ":",
    "!",
    "|",
    "&",
    "=",
    "[1, -2.5e+3]",
    '"a \\" b"',
    '""',
    '"""block "" \\""" end"""',
    '""""""',
    '# a comment, with ... and "\n',
    "\r\n",
    ",",
    "\ufeff",
    " ",
    "0",
    "1.5",
    "-3",
    "\n",
)


def lexed(text: str) -> int:
    lexer = Lexer(Source(text))
    count, token = 0, lexer.token
    while token.kind is not TokenKind.EOF:
        token = lexer.read_next_token(token.end)
        count += token.kind is not TokenKind.EOF
    return count


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
def test_the_count_is_that_of_the_lexer(text: str) -> None:
    assert count_tokens(text) == lexed(text)


@given(st.text(alphabet='"\\#.a1-{\n ,é', max_size=60))
def test_whatever_can_be_lexed_is_counted_alike(text: str) -> None:
    try:
        expected = lexed(text)
    except GraphQLError:
        return
    assert count_tokens(text) == expected


@pytest.mark.parametrize("piece", ['"', '"""', '\\"""', "#", ".", "1.", "-"])
def test_what_cannot_be_parsed_is_read_once(piece: str) -> None:
    assert count_tokens(piece * 5_000) >= 1

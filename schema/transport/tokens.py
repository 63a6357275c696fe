"""Counts the tokens of a document in one pass: many times faster than parsing what is then refused."""

import re

_TOKEN = re.compile(
    r'"""(?:\\"""|(?!""").)*(?:""")?'  # a block string
    r'|"(?:\\.|[^"\\\n\r])*"?'
    r"|\#[^\n\r]*"
    r"|[A-Za-z_]\w*"
    r"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
    r"|\.\.\."
    r"|[^\s,\ufeff]",  # punctuation, and what the parser will refuse
    re.ASCII | re.DOTALL,
)


def count_tokens(text: str) -> int:
    """The tokens of a document, comments included: exact for what can be parsed, and linear in any text."""
    return sum(1 for _ in _TOKEN.finditer(text))

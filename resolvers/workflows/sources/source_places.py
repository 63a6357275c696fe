"""Finds the line and the column of a value in a workflow file, and of a character within a text."""

import json
import re
from itertools import islice
from typing import Any, NamedTuple

import yaml

from models.commands.validation import Location
from resolvers.workflows.sources.source_text import START, SourcePlace, SourceText, place_at

PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
BLOCK_HEADER = re.compile(r"[|>][^\n]*\n?")
ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u(?P<u>.{4})|x(?P<x>..)|U(?P<U>.{8})"
    r"|(?P<end>\s*\n)|(?P<space>[ \ttnvfrNLP_])|.)"
    r"|(?P<blank>\s)|.",
    re.DOTALL,
)
QUOTES = re.compile(r"''|(?P<blank>\s)|.", re.DOTALL)
PLAIN = re.compile(r"(?P<blank>\s)|.", re.DOTALL)


class TextSpan(NamedTuple):
    """What is meant of a text: from the index `begin`, from 0, to that before `end`. It ends on its first line."""

    begin: int
    end: int


def place_of(source: SourceText, loc: Location, character: int | None = None, *, is_key: bool = False) -> SourcePlace:
    """Where the value at `loc` begins: the first place of `span_of`."""
    span = span_of(source, loc, character, is_key=is_key)
    return START if span is None else place_at(source.text, span.begin)


def span_of(
    source: SourceText, loc: Location, character: int | None = None, *, is_key: bool = False
) -> TextSpan | None:
    """Where the value at `loc` stands, or what follows the `character`, from 0, of the text that it is.

    With `is_key` the key is meant that names it. What is not there is shown by the nearest thing that holds it. None
    where no place is known.
    """
    if source.root is None:
        return None
    found = _Found(None, source.root, source.value)
    for segment in loc:
        inner = _step(found, segment)
        if inner is None:
            return _first_line(source.text, found.node.start_mark.index, found.node.end_mark.index)
        found = inner
    named = found.key if is_key and found.key is not None else found.node
    begin, end = named.start_mark.index, named.end_mark.index
    if character is not None and named is found.node and isinstance(found.value, str):
        begin += _index_of(found.value, source.text[begin:end], character)
    return _first_line(source.text, begin, end)


def _first_line(text: str, begin: int, end: int) -> TextSpan:
    line_end = text.find("\n", begin, end)
    return TextSpan(begin, end if line_end < 0 else line_end)


def unquoted(source: SourceText, loc: Location) -> str | None:
    """A number or a boolean as it is written; None where something else stands at `loc`, or nothing."""
    found = None if source.root is None else _Found(None, source.root, source.value)
    for segment in loc:
        found = None if found is None else _step(found, segment)
    if found is None or not isinstance(found.value, bool | int | float):
        return None
    return source.text[found.node.start_mark.index : found.node.end_mark.index]


def unquoted_hint(source: SourceText, loc: Location) -> str:
    """What to do about a number or a boolean where a text belongs, as a message's end."""
    raw = unquoted(source, loc)
    if raw is None:
        return ""
    read = json.dumps(yaml.safe_load(raw))
    return ": put quotes around it" if raw == read else f": YAML reads {raw} as {read}: put quotes around it"


class _Found(NamedTuple):
    """A value, the node that it was read from, and that of the key that names it."""

    key: yaml.Node | None
    node: yaml.Node
    value: Any


def _step(found: _Found, segment: str | int) -> _Found | None:
    if isinstance(found.value, dict) and segment in found.value:
        pairs: list[tuple[yaml.Node, yaml.Node]] = found.node.value
        inner = found.value[segment]
        if len(pairs) == len(found.value):
            key, node = pairs[list(found.value).index(segment)]
            return _Found(key, node, inner)
        # Of a key that is there twice the last one counts.
        return next((_Found(key, node, inner) for key, node in reversed(pairs) if key.value == segment), None)
    if isinstance(found.value, list) and isinstance(segment, int) and segment < len(found.value):
        return _Found(None, found.node.value[segment], found.value[segment])
    return None


def _index_of(value: str, raw: str, character: int) -> int:
    """Where in the raw text of a scalar the first character that is no white space stands, from `character` of it on.

    White space may be folded and indented; all else of the value stands in the raw text in the same order.
    """
    begin = found.end() if (found := PROPERTIES.match(raw)) else 0
    pattern = PLAIN
    if raw[begin : begin + 1] == '"':
        begin, pattern = begin + 1, ESCAPE
    elif raw[begin : begin + 1] == "'":
        begin, pattern = begin + 1, QUOTES
    elif header := BLOCK_HEADER.match(raw, begin):
        begin = header.end()
    before = sum(not letter.isspace() for letter in value[:character])
    written = (match.start() for match in pattern.finditer(raw, begin) if _is_written(match))
    return next(islice(written, before, None), 0)


def _is_written(match: re.Match[str]) -> bool:
    """Whether it stands for a character that is no white space."""
    groups = match.groupdict()
    number = groups.get("u") or groups.get("x") or groups.get("U")
    return not chr(int(number, 16)).isspace() if number else not any(groups.values())

"""Cuts HTML into text and tags in linear time, whatever is left unclosed.

The standard library's `html.parser` rescans the rest of the text for every unclosed tag, which takes minutes
for a hundred kilobytes of `<a <a <a`; here an opening bracket never looks past the next one.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TAG = re.compile(
    r"<(?P<slash>/?)(?P<name>[A-Za-z][^\s<>/]*+)(?P<attributes>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>"
    r"|<[!?][^<>]*+>"
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s\"'=/]++)(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s\"']++)))?+"
)
_TEXT = re.compile(r"[^<]++")
_STRAY_BRACKETS = re.compile(r"<+(?=<)|<")
_RAW_TEXT_ENDS = {name: re.compile(rf"</{name}\b[^<>]*+>", re.I) for name in ("script", "style")}
# `html.unescape` raises on a decimal reference longer than the interpreter's limit for integer digits.
_ENDLESS_REFERENCE = re.compile(r"&#[0-9]{8,}+;?")


@dataclass(frozen=True, slots=True)
class TextToken:
    """A run of text with character references resolved, and where it starts in the source."""

    content: str
    position: int


@dataclass(frozen=True, slots=True)
class Comment:
    """The inside of a comment."""

    content: str
    position: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; a repeated attribute keeps its first value, one without a value has ''."""

    name: str
    closes: bool
    position: int
    attributes: dict[str, str] = field(default_factory=dict)
    closes_itself: bool = False


def read_tokens(text: str) -> Iterator[TextToken | Tag | Comment]:
    """Yield the tokens of `text` in order; scripts, styles and declarations are left out."""
    position = 0
    while position < len(text):
        if text.startswith("<!--", position):
            end = text.find("-->", position + 4)
            end = len(text) if end < 0 else end
            yield Comment(text[position + 4 : end], position)
            position = end + 3
        elif run := _TEXT.match(text, position):
            yield TextToken(resolve_references(run.group()), position)
            position = run.end()
        elif tag := _TAG.match(text, position):
            position = tag.end()
            if tag["name"]:
                yield _tag(tag)
                position = _after_raw_text(text, tag, position)
        elif stray := _STRAY_BRACKETS.match(text, position):
            # A bracket that starts no complete tag is a character like any other.
            yield TextToken(stray.group(), position)
            position = stray.end()


def resolve_references(text: str) -> str:
    """Replace `&amp;`, `&#233;` and the like by their characters; never raises."""
    if "&" not in text:
        return text
    return html.unescape(_ENDLESS_REFERENCE.sub("\ufffd", text))


def _tag(match: re.Match[str]) -> Tag:
    attributes: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(match["attributes"]):
        value = attribute["double"] or attribute["single"] or attribute["bare"] or ""
        attributes.setdefault(attribute["name"].lower(), resolve_references(value))
    closes_itself = match["attributes"].endswith("/")
    return Tag(match["name"].lower(), bool(match["slash"]), match.start(), attributes, closes_itself)


def _after_raw_text(text: str, tag: re.Match[str], position: int) -> int:
    closing = _RAW_TEXT_ENDS.get(tag["name"].lower())
    if closing is None or tag["slash"]:
        return position
    end = closing.search(text, position)
    return len(text) if end is None else end.end()

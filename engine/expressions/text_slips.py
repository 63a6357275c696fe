"""Finds in a text what looks like a template and is none: it would be sent as it stands."""

import re
from collections.abc import Iterator, Set

import msgspec

from engine.expressions.braces import CLOSE, OPEN, pieces, unclosed
from engine.expressions.foreign_words import ROOTS

BLOCK = re.compile(r"\{%-?\s*(\w*)[^%]*%?\}?")
IN_OTHER_BRACES = re.compile(r"(?P<all>\$?\{\s*(?P<path>(?P<root>[A-Za-z_][\w-]*)(?:\.[\w-]+)*)\s*\})", re.ASCII)
BLOCKS = {
    "if": "write 'a if b else c' between braces, or give the action a 'when'",
    "elif": "write 'a if b else c' between braces, or give the action a 'when'",
    "else": "write 'a if b else c' between braces, or give the other action the opposite 'when'",
    "for": "give the action a 'for_each'",
    "set": "name the value in a transform",
}
SHOWN = 40


class Slip(msgspec.Struct, frozen=True):
    """At which character of the text, from 0, what it is, and what to do."""

    character: int
    text: str
    advice: str


def slips(text: str, names: Set[str]) -> Iterator[Slip]:
    """Yield what is no template though it was meant as one; `names` are those that templates see."""
    for piece in pieces(text):
        if not piece.is_expression:
            yield from _unclosed(piece.text, piece.start)
            yield from _blocks(piece.text, piece.start)
            yield from _other_braces(piece.text, piece.start, names)


def _unclosed(piece: str, start: int) -> Iterator[Slip]:
    at = unclosed(piece)
    if at >= 0:
        yield Slip(start + at, _shown(piece[at:]), f"close it by {CLOSE}")


def _blocks(piece: str, start: int) -> Iterator[Slip]:
    for found in BLOCK.finditer(piece):
        advice = BLOCKS.get(found[1], "there are expressions and filters alone")
        yield Slip(start + found.start(), _shown(found[0]), f"there are no blocks: {advice}")


def _other_braces(piece: str, start: int, names: Set[str]) -> Iterator[Slip]:
    for found in IN_OTHER_BRACES.finditer(piece):
        root, path = found["root"], found["path"]
        rest = path[len(root) :]
        if root not in names and root in ROOTS and rest.lstrip(".").partition(".")[0] in names:
            path = f"{ROOTS[root]}{rest}"
        elif root not in names:
            continue
        yield Slip(start + found.start(), _shown(found["all"]), f"write '{OPEN}{path}{CLOSE}'")


def _shown(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}..."

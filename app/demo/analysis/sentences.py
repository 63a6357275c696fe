"""Cuts prose into words and sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.demo.analysis.document import PROSE_KINDS, SENTENCE_KINDS, Block, LineCounter

# An apostrophe or hyphen inside a word belongs to it: "don't" and "well-known" are one word each.
WORD = re.compile(r"\w++(?:['\u2019\-]\w++)*+")
# The look-behind stops a long run of full stops from being tried again at each of its characters.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"')\]”\u2019]*+(?=\s|$)|[\u3002\uff01\uff1f]++")
_FULL_WIDTH_MARKS = "\u3002\uff01\uff1f"
_LAST_WORD = re.compile(r"[^\s(\[]++$")
_ABBREVIATIONS = frozenset(
    ("cf", "dr", "e.g", "eq", "fig", "i.e", "lt", "mr", "mrs", "ms", "nos", "pp", "prof", "rev", "st", "vs")
)
# These also close sentences, so the next word decides.
_CLOSING_ABBREVIATIONS = frozenset(("a.m", "approx", "etc", "jr", "no", "p.m", "sr", "u.k", "u.s"))
_LONGEST_ABBREVIATION = 8


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with the line it starts on."""

    text: str
    line: int
    words: tuple[str, ...]


def words_of(blocks: list[Block]) -> list[str]:
    """All words of all prose (headings, paragraphs, lists, quotes, tables), in order."""
    return [word for block in blocks if block.kind in PROSE_KINDS for word in WORD.findall(block.text)]


def sentences_of(blocks: list[Block]) -> list[Sentence]:
    """The sentences of paragraphs, list items and quotes; a block's end also ends its last sentence."""
    return [sentence for block in blocks if block.kind in SENTENCE_KINDS for sentence in split_sentences(block)]


def split_sentences(block: Block) -> Iterator[Sentence]:
    """Yield the block's sentences that hold at least one word."""
    counter = LineCounter(block.text, block.line)
    start = 0
    for end in [*_sentence_ends(block.text), len(block.text)]:
        text = block.text[start:end]
        words = tuple(WORD.findall(text))
        if words:
            yield Sentence(text.strip(), counter.line_at(start + len(text) - len(text.lstrip())), words)
        start = end


def _sentence_ends(text: str) -> Iterator[int]:
    for mark in _SENTENCE_END.finditer(text):
        if mark.group()[0] in _FULL_WIDTH_MARKS or not _continues(text, mark):
            yield mark.end()


def _continues(text: str, mark: re.Match[str]) -> bool:
    """Whether the full stop ends an abbreviation or an initial and not the sentence."""
    if mark.group() != ".":
        return False
    before = _LAST_WORD.search(text[max(0, mark.start() - _LONGEST_ABBREVIATION) : mark.start()])
    preceding = before.group() if before else ""
    is_initial = len(preceding) == 1 and preceding.isupper() and preceding != "I"
    if is_initial or preceding.lower() in _ABBREVIATIONS:
        return True
    following = text[mark.end() : mark.end() + 2].strip()
    return preceding.lower() in _CLOSING_ABBREVIATIONS and (following.islower() or following.isdigit())

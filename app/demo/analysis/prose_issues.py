"""Finds faults in the prose itself: its sentences, paragraphs and words."""

import re
from collections.abc import Iterator

from app.demo.analysis.document import Block, BlockKind, Document, LineCounter, one_line
from app.demo.analysis.finding import Issue, Severity
from app.demo.analysis.sentences import WORD, Sentence

LONGEST_SENTENCE_WORDS = 40
LONGEST_PARAGRAPH_WORDS = 200
_QUOTED_CHARACTERS = 60
_MARKER = re.compile(r"\b(?:TODO|FIXME|TBD|XXX)\b")
# English doubles these on purpose: "he had had enough", "I know that that is so".
_RIGHTLY_DOUBLED = frozenset({"had", "that"})
_RUNNING_TEXT = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE, BlockKind.HEADING})


def find_long_sentences(sentences: list[Sentence]) -> Iterator[Issue]:
    """Sentences of more than 40 words."""
    for sentence in sentences:
        if len(sentence.words) > LONGEST_SENTENCE_WORDS:
            start = one_line(sentence.text, _QUOTED_CHARACTERS)
            message = f"Sentence of {len(sentence.words)} words; split it: “{start}”"
            yield Issue("long_sentence", sentence.line, message, Severity.WARNING)


def find_long_paragraphs(document: Document) -> Iterator[Issue]:
    """Paragraphs of more than 200 words."""
    for block in document.blocks:
        if block.kind is not BlockKind.PARAGRAPH:
            continue
        words = sum(1 for _ in WORD.finditer(block.text))
        if words > LONGEST_PARAGRAPH_WORDS:
            message = f"Paragraph of {words} words; break it up"
            yield Issue("long_paragraph", block.line, message, Severity.INFO)


def find_repeated_words(document: Document) -> Iterator[Issue]:
    """Words written twice in a row with only space between, as in “the the”."""
    for block in document.blocks:
        if block.kind in _RUNNING_TEXT:
            yield from _repeated_in(block)


def _repeated_in(block: Block) -> Iterator[Issue]:
    counter = LineCounter(block.text, block.line)
    previous: re.Match[str] | None = None
    for word in WORD.finditer(block.text):
        if previous is not None and _repeats(block.text, previous, word):
            message = f"Word “{one_line(word.group(), _QUOTED_CHARACTERS)}” is repeated"
            yield Issue("repeated_word", counter.line_at(word.start()), message, Severity.WARNING)
        previous = word


def _repeats(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    word = second.group()
    if first.group().casefold() != word.casefold() or not text[first.end() : second.start()].isspace():
        return False
    # Two capitals are a name such as Walla Walla; numbers stand side by side in lists of figures.
    is_name = first.group()[0].isupper() and word[0].isupper()
    return word.isalpha() and not is_name and word.casefold() not in _RIGHTLY_DOUBLED


def find_leftover_markers(document: Document) -> Iterator[Issue]:
    """Notes such as TODO that the authors left for themselves, in prose and in comments."""
    for block in document.blocks:
        counter = LineCounter(block.text, block.line)
        for marker in _MARKER.finditer(block.text):
            message = f"Leftover {marker.group()} marker; finish the work or remove the note"
            yield Issue("leftover_marker", counter.line_at(marker.start()), message, Severity.WARNING)

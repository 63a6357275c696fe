"""Describes how a document is built: its outline, its marks, and the figures of each section."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from app.demo.analysis.document import Block, BlockKind, Document, one_line
from app.demo.analysis.readability import measure_readability
from app.demo.analysis.sentences import sentences_of, words_of

# Counts are always complete; the lists beside them stop here to keep the answer small.
_LISTED = 200
_TEXT_CHARACTERS = 120
_TARGET_CHARACTERS = 300


@dataclass(slots=True)
class _Section:
    """A heading, absent for the text before the first one, and the blocks up to the next heading."""

    heading: Block | None
    blocks: list[Block] = field(default_factory=list)


def describe_structure(document: Document) -> dict[str, object]:
    """Return `headings`, `links`, `images` and `code_blocks`, each `{"count", "items"}`, and `lists`.

    `items` holds at most 200 entries; every entry names its line.
    """
    items = sum(block.kind is BlockKind.LIST_ITEM for block in document.blocks)
    return {
        "headings": _listing(
            [
                {"level": heading.level, "text": _shown(heading.text), "line": heading.line}
                for heading in document.headings
            ]
        ),
        "links": _listing(
            [{"target": _target(link.target), "text": _shown(link.text), "line": link.line} for link in document.links]
        ),
        "images": _listing(
            [
                {
                    "target": _target(image.target),
                    "alt": None if image.alt is None else _shown(image.alt),
                    "line": image.line,
                }
                for image in document.images
            ]
        ),
        "code_blocks": _listing(
            [
                {"language": code.language and _shown(code.language), "line": code.line, "lines": code.lines}
                for code in document.code_blocks
            ]
        ),
        "lists": {"count": document.lists, "items": items},
    }


def describe_sections(blocks: list[Block]) -> list[dict[str, object]]:
    """Return, for at most 200 sections, the heading, level, line and the figures of its own text.

    A subsection's text belongs to the subsection alone; text before the first heading has level 0.
    """
    return [_describe(section) for section in islice(_split(blocks), _LISTED)]


def _split(blocks: list[Block]) -> Iterator[_Section]:
    current = _Section(None)
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            if current.heading is not None or current.blocks:
                yield current
            current = _Section(block)
        else:
            current.blocks.append(block)
    if current.heading is not None or current.blocks:
        yield current


def _describe(section: _Section) -> dict[str, object]:
    sentences = sentences_of(section.blocks)
    readability = measure_readability(sentences)
    first = section.heading or section.blocks[0]
    return {
        "heading": _shown(section.heading.text) if section.heading else None,
        "level": first.level,
        "line": first.line,
        "words": len(words_of(section.blocks)),
        "sentences": len(sentences),
        "flesch_reading_ease": None if readability is None else round(readability.reading_ease, 1),
    }


def _listing(entries: list[dict[str, object]]) -> dict[str, object]:
    return {"count": len(entries), "items": entries[:_LISTED]}


def _shown(text: str) -> str:
    return one_line(text, _TEXT_CHARACTERS)


def _target(target: str) -> str:
    return one_line(target, _TARGET_CHARACTERS)

"""Finds faults in a document's skeleton: headings, sections, code blocks, links and images."""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote

from app.demo.analysis.document import BlockKind, Document, Image, Link, one_line
from app.demo.analysis.finding import Issue, LinkCheck, Severity
from app.demo.analysis.sentences import Sentence

_QUOTED_CHARACTERS = 80
# A scheme, a site-wide path, a fragment or a query points outside the folder of documents.
_NOT_RELATIVE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*+:|[/#?\\]")


def find_missing_prose(document: Document, sentences: list[Sentence]) -> Iterator[Issue]:
    """One error for a document without a single sentence."""
    if not sentences:
        message = "The document is empty" if not document.blocks else "The document has no sentence to read"
        yield Issue("no_prose", 1, message, Severity.ERROR)


def find_heading_faults(document: Document) -> Iterator[Issue]:
    """Levels that are skipped on the way down, and every level 1 heading after the first."""
    headings = document.headings
    for above, heading in pairwise(headings):
        if heading.level > above.level + 1:
            message = (
                f"Heading “{_quote(heading.text)}” jumps from level {above.level} to level {heading.level}; "
                f"use level {above.level + 1}"
            )
            yield Issue("heading_jump", heading.line, message, Severity.WARNING)
    for heading in [heading for heading in headings if heading.level == 1][1:]:
        message = f"Heading “{_quote(heading.text)}” is a second title; keep one level 1 heading"
        yield Issue("several_titles", heading.line, message, Severity.WARNING)


def find_empty_sections(document: Document) -> Iterator[Issue]:
    """Headings with nothing below them before the next heading of the same or a higher level."""
    blocks = [block for block in document.blocks if block.kind is not BlockKind.COMMENT]
    for block, following in zip(blocks, [*blocks[1:], None], strict=False):
        if block.kind is not BlockKind.HEADING:
            continue
        ends_here = following is None or (following.kind is BlockKind.HEADING and following.level <= block.level)
        if ends_here:
            message = f"Section “{_quote(block.text)}” is empty; fill it or remove the heading"
            yield Issue("empty_section", block.line, message, Severity.WARNING)


def find_unclosed_code(document: Document) -> Iterator[Issue]:
    """Code blocks that swallow the rest of the document."""
    for code in document.code_blocks:
        if not code.closed:
            message = "This code block is never closed, so the rest of the document reads as code"
            yield Issue("unclosed_code_block", code.line, message, Severity.ERROR)


def find_undescribed_images(document: Document) -> Iterator[Issue]:
    """Images without a text for readers who cannot see them."""
    for image in document.images:
        if image.alt is None:
            message = f"Image “{_quote(image.target)}” has no alternative text"
            yield Issue("image_without_alt", image.line, message, Severity.WARNING)


def find_dead_links(document: Document, link_exists: LinkCheck | None) -> Iterator[Issue]:
    """Relative links and images whose target does not exist."""
    if link_exists is None or document.links_follow_base:
        return
    answers: dict[str, bool] = {}
    targets: list[Link | Image] = [*document.links, *document.images]
    for found in targets:
        path = relative_path(found.target)
        if path is None:
            continue
        if path not in answers:
            answers[path] = link_exists(path)
        if not answers[path]:
            yield _dead(found)


def relative_path(target: str) -> str | None:
    """The path a relative link points to, percent-decoded; None for every other kind of target."""
    if not target or _NOT_RELATIVE.match(target):
        return None
    path = unquote(re.split(r"[?#]", target, maxsplit=1)[0])
    return path or None


def _dead(found: Link | Image) -> Issue:
    noun = "Link target" if isinstance(found, Link) else "Image"
    message = f"{noun} “{_quote(found.target)}” does not exist among the documents"
    return Issue("dead_link", found.line, message, Severity.ERROR)


def _quote(text: str) -> str:
    return one_line(text, _QUOTED_CHARACTERS)

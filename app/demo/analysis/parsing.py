"""Decides which format a text is in and parses it."""

import re

from app.demo.analysis.document import BlockKind, Document, DocumentFormat
from app.demo.analysis.html_blocks import read_html
from app.demo.analysis.markdown_blocks import read_markdown

# A leading <p> or <div> is not enough: many Markdown files open with one for centring.
_HTML_OPENING = re.compile(r"\s*+(?:<!--|<\?xml\b|<!doctype\s++html\b|<(?:html|head|body|main|article)\b)", re.I)
_MARKDOWN_ONLY_KINDS = frozenset({BlockKind.HEADING, BlockKind.QUOTE, BlockKind.TABLE, BlockKind.CODE})


def parse_document(text: str) -> Document:
    """Parse any text in linear time; never raises.

    A text that opens with HTML structure is HTML; a text with at least one Markdown construct that plain
    prose does not use (heading, fence, table, quote, inline link, image) is Markdown; the rest is plain.
    """
    normalised = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    document = Document(DocumentFormat.MARKDOWN, characters=len(text), lines=_count_lines(normalised))
    if _is_html(normalised):
        document.format = DocumentFormat.HTML
        read_html(normalised, document)
    else:
        read_markdown(normalised, document)
        if not _uses_markdown(document):
            document.format = DocumentFormat.PLAIN
    if document.title is None:
        document.title = _first_heading(document)
    return document


def _is_html(text: str) -> bool:
    opening = _HTML_OPENING.match(text)
    if opening is None:
        return False
    if not opening.group().endswith("<!--"):
        return True
    # A licence comment may precede either format, so what follows it decides.
    comment_end = text.find("-->", opening.end())
    following = _HTML_OPENING.match(text, comment_end + 3) if comment_end >= 0 else None
    return following is not None and not following.group().endswith("<!--")


def _uses_markdown(document: Document) -> bool:
    if document.images or any(block.kind in _MARKDOWN_ONLY_KINDS for block in document.blocks):
        return True
    return any(link.text != link.target for link in document.links)


def _first_heading(document: Document) -> str | None:
    headings = [heading for heading in document.headings if heading.text.strip()]
    if not headings:
        return None
    chosen = next((heading for heading in headings if heading.level == 1), headings[0])
    return " ".join(chosen.text.split())


def _count_lines(text: str) -> int:
    return text.count("\n") + (1 if text and not text.endswith("\n") else 0)

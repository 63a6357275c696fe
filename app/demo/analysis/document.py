"""The shape every format is parsed into: blocks of prose with line numbers, and the marks around them."""

from dataclasses import dataclass, field
from enum import StrEnum


class DocumentFormat(StrEnum):
    """How the text was understood."""

    MARKDOWN = "markdown"
    HTML = "html"
    PLAIN = "plain"


class BlockKind(StrEnum):
    """What a block is; it decides whether its words form sentences."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"
    MEDIA = "media"
    COMMENT = "comment"


SENTENCE_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE})
PROSE_KINDS = SENTENCE_KINDS | {BlockKind.HEADING, BlockKind.TABLE}


@dataclass(frozen=True, slots=True)
class Block:
    """One block; `text` keeps its line breaks so that a position in it gives a line of the source."""

    kind: BlockKind
    text: str
    line: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written; a bare address has itself as its text."""

    target: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Image:
    """An image; `alt` is None where the author gave none (an empty HTML alt marks decoration)."""

    target: str
    alt: str | None
    line: int


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A code block; `closed` is False when the text ended inside it."""

    language: str | None
    line: int
    lines: int
    closed: bool


@dataclass(slots=True)
class Document:
    """A parsed document; every `line` is 1-based in the original text."""

    format: DocumentFormat
    characters: int
    lines: int
    title: str | None = None
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    code_blocks: list[CodeBlock] = field(default_factory=list)
    lists: int = 0
    links_follow_base: bool = False

    @property
    def headings(self) -> list[Block]:
        """The heading blocks in order."""
        return [block for block in self.blocks if block.kind is BlockKind.HEADING]

    @property
    def paragraphs(self) -> int:
        """How many paragraphs and quotes there are."""
        return sum(block.kind in (BlockKind.PARAGRAPH, BlockKind.QUOTE) for block in self.blocks)


class LineCounter:
    """Turns growing positions in one text into line numbers, in linear time over all calls."""

    def __init__(self, text: str, first_line: int = 1) -> None:
        self._text = text
        self._position = 0
        self._line = first_line

    def line_at(self, position: int) -> int:
        """The line of `position`, which must not be smaller than the one asked before."""
        self._line += self._text.count("\n", self._position, position)
        self._position = position
        return self._line


def one_line(text: str, limit: int) -> str:
    """The text with whitespace collapsed, cut to `limit` characters with an ellipsis."""
    # Collapsing only a prefix keeps a megabyte-long block cheap to quote.
    shortened = " ".join(text[: limit * 4].split())
    if len(shortened) > limit or len(text) > limit * 4:
        return shortened[: limit - 1].rstrip() + "…"
    return shortened

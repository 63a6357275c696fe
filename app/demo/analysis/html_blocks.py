"""Splits an HTML page into the same blocks as Markdown; only flat state, so nesting depth costs nothing."""

from app.demo.analysis.document import Block, BlockKind, CodeBlock, Document, Image, LineCounter, Link
from app.demo.analysis.html_tokens import Comment, Tag, read_tokens

_HEADING_LEVELS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "dl"})
_LIST_ITEMS = frozenset({"li", "dt", "dd"})
_CELLS = frozenset({"td", "th"})
_MEDIA = frozenset({"img", "svg", "video", "audio", "iframe", "canvas", "object", "form"})
_HIDDEN = frozenset({"template", "noscript", "title", "svg"})
_OTHER_BREAKING = """
address article aside blockquote body br caption details dialog div fieldset figcaption figure footer form
head header hr html legend main nav option p pre section select summary table tbody textarea tfoot thead tr
"""
_BREAKING = frozenset(_OTHER_BREAKING.split()) | set(_HEADING_LEVELS) | _LISTS | _LIST_ITEMS | _CELLS


def read_html(text: str, document: Document) -> None:
    """Fill `document` with the title, blocks, links, images, code blocks and lists of an HTML text."""
    reader = _PageReader(document)
    counter = LineCounter(text)
    for token in read_tokens(text):
        line = counter.line_at(token.position)
        if isinstance(token, Tag):
            reader.read_tag(token, line)
        elif isinstance(token, Comment):
            document.blocks.append(Block(BlockKind.COMMENT, token.content, line))
        else:
            reader.read_text(token.content, line)
    reader.finish(document.lines)


class _PageReader:
    """Remembers which elements the current text is in."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._pieces: list[str] = []
        self._first_line = 0
        self._next_line = 0
        self._heading_level = 0
        self._container = BlockKind.PARAGRAPH
        self._hidden_in: str | None = None
        self._title_pieces: list[str] = []
        self._code_line: int | None = None
        self._link: tuple[str, int] | None = None
        self._link_pieces: list[str] = []

    def read_text(self, content: str, line: int) -> None:
        if self._hidden_in is not None:
            if self._hidden_in == "title":
                self._title_pieces.append(content)
            return
        if self._code_line is not None:
            return
        if self._link is not None:
            self._link_pieces.append(content)
        self._add_text(content, line)

    def _add_text(self, content: str, line: int) -> None:
        if not self._pieces:
            leading = len(content) - len(content.lstrip())
            if leading == len(content):
                return
            self._first_line = self._next_line = line + content.count("\n", 0, leading)
            content = content[leading:]
        else:
            # Line breaks inside tags and comments are made up for, so that positions still give lines.
            missing = max(0, line - self._next_line)
            self._pieces.append("\n" * missing)
            self._next_line += missing
        self._pieces.append(content)
        self._next_line += content.count("\n")

    def read_tag(self, tag: Tag, line: int) -> None:
        if self._hidden_in is not None:
            if tag.closes and tag.name == self._hidden_in:
                self._leave_hidden()
            return
        if tag.name in _MEDIA and not tag.closes:
            self._read_media(tag, line)
        if tag.name in _HIDDEN and not tag.closes and not tag.closes_itself:
            self._hidden_in = tag.name
        elif tag.name == "a":
            self._read_anchor(tag, line)
        elif tag.name == "base" and "href" in tag.attributes:
            self._document.links_follow_base = True
        elif tag.name in _BREAKING:
            self._break_block()
            self._enter(tag, line)

    def _leave_hidden(self) -> None:
        title = " ".join("".join(self._title_pieces).split())
        if self._hidden_in == "title" and title and self._document.title is None:
            self._document.title = title
        self._hidden_in = None

    def _read_media(self, tag: Tag, line: int) -> None:
        if not self._pieces:
            self._document.blocks.append(Block(BlockKind.MEDIA, "", line))
        if tag.name == "img":
            alt = tag.attributes.get("alt")
            self._document.images.append(Image(tag.attributes.get("src", "").strip(), alt, line))
            if alt and self._link is not None:
                self._link_pieces.append(alt)

    def _read_anchor(self, tag: Tag, line: int) -> None:
        self._close_link()
        if not tag.closes and "href" in tag.attributes:
            self._link = (tag.attributes["href"].strip(), line)

    def _close_link(self) -> None:
        if self._link is not None:
            target, line = self._link
            self._document.links.append(Link(target, " ".join("".join(self._link_pieces).split()), line))
        self._link, self._link_pieces = None, []

    def _enter(self, tag: Tag, line: int) -> None:
        if tag.name in _HEADING_LEVELS:
            self._heading_level = 0 if tag.closes else _HEADING_LEVELS[tag.name]
        elif tag.name in _LISTS:
            self._container = BlockKind.PARAGRAPH
            self._document.lists += not tag.closes
        elif tag.name in _LIST_ITEMS | _CELLS | {"blockquote"}:
            opened = BlockKind.LIST_ITEM if tag.name in _LIST_ITEMS else BlockKind.TABLE
            opened = BlockKind.QUOTE if tag.name == "blockquote" else opened
            self._container = BlockKind.PARAGRAPH if tag.closes else opened
        elif tag.name == "pre":
            self._read_code_tag(tag, line)

    def _read_code_tag(self, tag: Tag, line: int) -> None:
        if not tag.closes and self._code_line is None:
            self._code_line = line
        elif tag.closes and self._code_line is not None:
            self._close_code(line, closed=True)

    def _close_code(self, last_line: int, *, closed: bool) -> None:
        first_line = self._code_line or last_line
        self._document.blocks.append(Block(BlockKind.CODE, "", first_line))
        self._document.code_blocks.append(CodeBlock(None, first_line, last_line - first_line + 1, closed))
        self._code_line = None

    def _break_block(self) -> None:
        if not self._pieces:
            return
        kind = BlockKind.HEADING if self._heading_level else self._container
        text = "".join(self._pieces)
        self._document.blocks.append(Block(kind, text, self._first_line, self._heading_level))
        self._pieces, self._heading_level = [], 0

    def finish(self, last_line: int) -> None:
        """Close what the end of the page left open."""
        self._break_block()
        self._close_link()
        if self._code_line is not None:
            self._close_code(last_line, closed=False)

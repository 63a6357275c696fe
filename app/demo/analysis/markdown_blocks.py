"""Splits Markdown, and with it plain text, into blocks in one pass over the lines."""

import re

from app.demo.analysis.document import Block, BlockKind, CodeBlock, Document, Link
from app.demo.analysis.inline_markup import read_inline

_FENCE = re.compile(r"(?P<mark>`{3,}+|~{3,}+)(?P<info>.*+)")
_HEADING = re.compile(r"(?P<marks>#{1,6}+)(?:[ \t]++(?P<text>.*+))?+$")
_LIST_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]++(?P<text>.*+))?+$")
_DEFINITION = re.compile(r"\[(?!\^)(?P<text>[^\[\]]++)\]:[ \t]++<?(?P<target>[^\s<>]++)")
_FRONT_MATTER_LINES = 200


def read_markdown(text: str, document: Document) -> None:
    """Fill `document` with the blocks, links, images, code blocks and lists of a Markdown text."""
    lines = text.split("\n")
    reader = _BlockReader(document)
    start = _after_front_matter(lines)
    for number, line in enumerate(lines[start:], start=start + 1):
        reader.read_line(number, line)
    reader.finish(document.lines)


def _after_front_matter(lines: list[str]) -> int:
    if lines[0].rstrip() != "---" or len(lines) < 2 or ":" not in lines[1]:
        return 0
    for index, line in enumerate(lines[1:_FRONT_MATTER_LINES], start=1):
        if line.rstrip() in ("---", "..."):
            return index + 1
    return 0


class _BlockReader:
    """Holds the one block that is open while the lines go by."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._kind: BlockKind | None = None
        self._lines: list[str] = []
        self._first_line = 0
        self._fence: str | None = None
        self._language: str | None = None
        self._in_list = False

    def read_line(self, number: int, line: str) -> None:
        stripped = line.strip()
        if self._fence is not None:
            self._read_fenced(stripped)
        elif self._kind is BlockKind.COMMENT:
            self._extend(stripped)
        elif not stripped:
            self._close()
        else:
            self._read_open(number, line, stripped)
        # Checked here so that a comment which opens and closes on one line ends at once too.
        if self._kind is BlockKind.COMMENT and "-->" in stripped:
            self._close()

    def _read_fenced(self, stripped: str) -> None:
        self._lines.append(stripped)
        fence = self._fence or ""
        if len(stripped) >= len(fence) and stripped == fence[0] * len(stripped):
            self._close_code(closed=True)

    def _read_open(self, number: int, line: str, stripped: str) -> None:
        indent = len(line) - len(line.lstrip())
        starts_outside_list = indent < 2 and self._kind is None
        if (item := _LIST_ITEM.match(stripped)) and not _is_rule(stripped):
            self._read_list_item(number, indent, item)
            return
        if starts_outside_list:
            self._in_list = False
        if indent >= 4 and not self._in_list and self._kind in (None, BlockKind.CODE):
            self._read_indented(number, stripped)
        elif not self._read_mark(number, stripped):
            self._read_text(number, stripped)

    def _read_list_item(self, number: int, indent: int, item: re.Match[str]) -> None:
        if indent >= 4 and not self._in_list:
            self._read_text(number, item.group())
            return
        # A wrapped line may happen to start with a year and a full stop; a list in a paragraph starts at 1.
        wraps_paragraph = self._kind is BlockKind.PARAGRAPH and item.group()[0].isdigit()
        if wraps_paragraph and not item.group().startswith(("1.", "1)")):
            self._read_text(number, item.group())
            return
        if not self._in_list:
            self._document.lists += 1
        self._in_list = True
        self._open(BlockKind.LIST_ITEM, number, item["text"] or "")

    def _read_mark(self, number: int, stripped: str) -> bool:
        """Read a line whose first characters decide its kind; False when they decide nothing."""
        fence = _FENCE.match(stripped)
        if fence and not (fence["mark"][0] == "`" and "`" in fence["info"]):
            self._open(BlockKind.CODE, number, stripped)
            self._fence, self._language = fence["mark"], fence["info"].strip().split(" ")[0] or None
        elif heading := _HEADING.match(stripped):
            self._add_heading(number, len(heading["marks"]), (heading["text"] or "").rstrip("# \t"))
        elif self._kind is BlockKind.PARAGRAPH and set(stripped) in ({"="}, {"-"}):
            self._close_as_heading(1 if stripped[0] == "=" else 2)
        elif _is_rule(stripped):
            self._close()
        elif stripped.startswith("<!--"):
            self._open(BlockKind.COMMENT, number, stripped)
        elif definition := _DEFINITION.match(stripped):
            self._close()
            self._document.links.append(Link(definition["target"], definition["text"], number))
        else:
            return False
        return True

    def _read_text(self, number: int, stripped: str) -> None:
        if stripped.startswith(">"):
            kind, content = BlockKind.QUOTE, stripped.lstrip("> \t")
        elif stripped.startswith("|"):
            kind, content = BlockKind.TABLE, stripped.replace("|", " ")
        else:
            kind, content = BlockKind.PARAGRAPH, stripped
        continues_any = kind is BlockKind.PARAGRAPH and self._kind in (BlockKind.LIST_ITEM, BlockKind.QUOTE)
        if self._kind is kind or continues_any:
            self._extend(content)
        else:
            self._open(kind, number, content)

    def _read_indented(self, number: int, stripped: str) -> None:
        if self._kind is BlockKind.CODE:
            self._extend(stripped)
        else:
            self._open(BlockKind.CODE, number, stripped)

    def _open(self, kind: BlockKind, number: int, content: str) -> None:
        self._close()
        self._kind, self._first_line, self._lines = kind, number, [content]

    def _extend(self, content: str) -> None:
        self._lines.append(content)

    def _add_heading(self, number: int, level: int, text: str) -> None:
        self._open(BlockKind.HEADING, number, text)
        self._close(level)
        self._in_list = False

    def _close_as_heading(self, level: int) -> None:
        self._kind = BlockKind.HEADING
        self._close(level)

    def _close_code(self, *, closed: bool) -> None:
        marks = 0 if self._fence is None else (2 if closed else 1)
        self._document.blocks.append(Block(BlockKind.CODE, "", self._first_line))
        self._document.code_blocks.append(CodeBlock(self._language, self._first_line, len(self._lines) - marks, closed))
        self._kind, self._fence, self._language = None, None, None

    def _close(self, level: int = 0) -> None:
        kind, self._kind = self._kind, None
        if kind is None:
            return
        if kind is BlockKind.CODE:
            self._close_code(closed=True)
            return
        text = "\n".join(self._lines)
        if kind is BlockKind.COMMENT:
            self._document.blocks.append(Block(kind, text, self._first_line))
            return
        inline = read_inline(text, self._first_line)
        self._document.blocks.append(Block(kind, inline.prose, self._first_line, level))
        self._document.links += inline.links
        self._document.images += inline.images

    def finish(self, last_line: int) -> None:
        """Close what the end of the text left open."""
        if self._fence is not None:
            # The text's final line break is no line of code.
            del self._lines[last_line - self._first_line + 1 :]
            self._close_code(closed=False)
        else:
            self._close()


def _is_rule(stripped: str) -> bool:
    marks = stripped.replace(" ", "").replace("\t", "")
    return len(marks) >= 3 and len(set(marks)) == 1 and marks[0] in "-*_"

"""Reads the pages of the project as people do: their fenced blocks, their links, and what links can lead to."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[3]
PATTERNS = ("*.md", "docs/**/*.md", "examples/workflows/*.md", "examples/clients/*.md", "tests/simulation/*.md")
FENCE = re.compile(r"^```(.*)$")
LINK = re.compile(r"\[[^\]\[]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6} +(.+)$")


class Block(msgspec.Struct, frozen=True):
    """One fenced block. `why_unchecked` is what its info string says after `unchecked:`."""

    page: str
    line: int
    language: str
    why_unchecked: str
    text: str

    @property
    def name(self) -> str:
        """Where it is."""
        return f"{self.page}:{self.line}"


def pages() -> Iterator[str]:
    """Every page, by its name from the top folder."""
    for pattern in PATTERNS:
        for file in sorted(ROOT.glob(pattern)):
            yield file.relative_to(ROOT).as_posix()


def text_of(page: str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> Iterator[Block]:
    """Its fenced blocks. Raises `AssertionError` where one has no end."""
    opened: tuple[int, str] | None = None
    inside: list[str] = []
    for number, line in enumerate(text_of(page).splitlines(), 1):
        fence = FENCE.match(line)
        if fence is None:
            inside.append(line)
        elif opened is None:
            opened, inside = (number, fence[1]), []
        else:
            start, info = opened
            language, _, rest = info.partition(" ")
            reason = rest.partition("unchecked:")[2].strip()
            yield Block(page, start, language, reason, "\n".join(inside) + "\n")
            opened = None
    assert opened is None, f"{page}:{opened} has no end"


def prose(page: str) -> str:
    """A page without its fenced blocks."""
    lines, is_inside = [], False
    for line in text_of(page).splitlines():
        if FENCE.match(line):
            is_inside = not is_inside
        elif not is_inside:
            lines.append(line)
    return "\n".join(lines)


def links(page: str) -> list[str]:
    """What its links lead to, those in code left out."""
    return LINK.findall(CODE.sub("`code`", prose(page)))


def anchors(page: str) -> set[str]:
    """What a link may name after `#`, as GitHub makes it from the headings."""
    found: dict[str, int] = {}
    names = set()
    for line in prose(page).splitlines():
        heading = HEADING.match(line)
        if heading is None:
            continue
        shown = LINK.sub(lambda link: link[0][1:].partition("]")[0], heading[1])
        slug = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
        names.add(f"{slug}-{found[slug]}" if slug in found else slug)
        found[slug] = found.get(slug, 0) + 1
    return names


def section(page: str, heading: str) -> str:
    """The text below a heading of the second level, up to the next one."""
    _, found, rest = text_of(page).partition(f"\n## {heading}\n")
    assert found, f"{page} has no section '{heading}'"
    return rest.partition("\n## ")[0]


BELOW_HEAD = ("|---", "| ---")


def rows(text: str) -> Iterator[list[str]]:
    """The cells of the rows of all tables, their heads and the lines below these left out."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        is_head = number + 1 < len(lines) and lines[number + 1].startswith(BELOW_HEAD)
        if line.startswith("|") and not line.startswith(BELOW_HEAD) and not is_head:
            yield [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]

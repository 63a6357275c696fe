"""Takes Markdown's inline marks out of a block of text and collects its links and images."""

import re
from dataclasses import dataclass, field

from app.demo.analysis.document import Image, LineCounter, Link

# Possessive quantifiers keep every alternative linear on hostile input: nothing is ever tried twice.
_TARGET = (
    r"\(\s*+(?:<(?P<{0}_angled>[^<>\n]*+)>|(?P<{0}>(?:[^()\s]++|\([^()\s]*+\))*+))"
    r"(?:\s++(?:\"[^\"]*+\"|'[^']*+'))?+\s*+\)"
)
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|~~")
_ALTERNATIVES = (
    r"\\(?P<escaped>[!-/:-@\[-`{-~])",
    r"`(?P<code>[^`]*+)`",
    rf"\[!\[(?P<linked_alt>[^\[\]]*+)\]{_TARGET.format('linked_image')}\]{_TARGET.format('image_link')}",
    rf"!\[(?P<alt>[^\[\]]*+)\]{_TARGET.format('image')}",
    rf"\[(?P<text>[^\[\]]*+)\](?:{_TARGET.format('link')}|\[[^\[\]]*+\])",
    r"<(?P<autolink>https?://[^<>\s]*+)>",
    r"(?P<address>\bhttps?://[^\s<>()\[\]\"'`]++)",
    r"</?[A-Za-z][^<>]*+>",
    _EMPHASIS.pattern,
)
_INLINE = re.compile("|".join(_ALTERNATIVES))
_ADDRESS_STAND_IN = "—"


@dataclass(slots=True)
class InlineText:
    """A block's text as a reader sees it, with the links and images found in it."""

    prose: str = ""
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)


def read_inline(text: str, first_line: int) -> InlineText:
    """Strip the inline marks of one block that starts at `first_line`; line breaks stay in the prose.

    Brackets inside a link's text and reference-style targets are not resolved; addresses become a dash,
    so that they count neither as words nor as glue between the words around them.
    """
    found = InlineText()
    counter = LineCounter(text, first_line)

    def replace(match: re.Match[str]) -> str:
        shown = _collect(match, counter.line_at(match.start()), found)
        # A mark may span lines; the breaks are kept so that later positions still give the right line.
        lost_breaks = match.group().count("\n") - shown.count("\n")
        return shown + "\n" * lost_breaks

    found.prose = _INLINE.sub(replace, text)
    return found


def _collect(match: re.Match[str], line: int, found: InlineText) -> str:
    part = match.group
    for plain in ("escaped", "code"):
        if part(plain) is not None:
            return part(plain)
    if part("linked_alt") is not None:
        found.images.append(Image(_target(match, "linked_image"), part("linked_alt").strip() or None, line))
        found.links.append(Link(_target(match, "image_link"), part("linked_alt"), line))
        return part("linked_alt")
    if part("alt") is not None:
        found.images.append(Image(_target(match, "image"), part("alt").strip() or None, line))
        return part("alt")
    if part("text") is not None:
        return _collect_link(match, line, found)
    return _collect_address(match, line, found)


def _collect_link(match: re.Match[str], line: int, found: InlineText) -> str:
    shown = _EMPHASIS.sub("", match["text"].replace("`", ""))
    if match["link"] is not None or match["link_angled"] is not None:
        found.links.append(Link(_target(match, "link"), " ".join(shown.split()), line))
    return shown


def _collect_address(match: re.Match[str], line: int, found: InlineText) -> str:
    if match["autolink"] is not None:
        found.links.append(Link(match["autolink"], match["autolink"], line))
        return _ADDRESS_STAND_IN
    if match["address"] is not None:
        address = match["address"].rstrip(".,;:!?*_")
        found.links.append(Link(address, address, line))
        return _ADDRESS_STAND_IN + match["address"][len(address) :]
    return ""


def _target(match: re.Match[str], name: str) -> str:
    return match[name] if match[name] is not None else match[f"{name}_angled"] or ""

"""Writes out what a terminal or a page would obey instead of showing: the one place that knows such characters."""

from unicodedata import category

OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, marks that turn the direction of text or cannot be seen, halves of characters, ends of lines."""

JOINERS = frozenset("\u200c\u200d")
"""Without them some scripts and emoji are other words and pictures; they move and hide nothing."""


def visible(text: str) -> str:
    """A text as one line on which every character is seen: an escape is `\\x1b`, a right-to-left mark `\\u200f`."""
    if text.isprintable():
        return text
    return "".join(_written_out(letter) if _is_obeyed(letter) else letter for letter in text)


def visible_lines(text: str) -> str:
    """The same of a text of several lines, which stay lines."""
    return "\n".join(map(visible, text.split("\n")))


def visible_json(encoded: bytes) -> str:
    """JSON with escapes of its own for such characters, so that it still reads as the same value."""
    text = encoded.decode()
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(_json_escape(letter) if letter != "\n" and _is_obeyed(letter) else letter for letter in text)


def _is_obeyed(letter: str) -> bool:
    return category(letter) in OBEYED and letter not in JOINERS


def _written_out(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def _json_escape(letter: str) -> str:
    units = letter.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))

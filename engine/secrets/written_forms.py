"""How a value may be written in a text: by which encodings, and what a text says when one of them is undone."""

import base64
import html
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from urllib.parse import quote, quote_plus

import msgspec

MIN_LENGTH = 8
"""Shorter values are not looked for: they are in every text by chance."""

MAX_LINES = 200
"""So many lines of a value are looked for by themselves too."""

LETTERS = re.compile(rb"[A-Za-z0-9]+")
LETTER = rb"(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA])"
SPELLED = rb"(?:(?:25)?" + LETTER + rb"|5[cC](?:u00|x)" + LETTER + rb"|26(?:#|%23|\\u0023))"
"""Behind the sign of an escape: a letter, or the sign of another escape and its letter."""

OVERT = re.compile(rb"%(?:25)*" + SPELLED + rb"|\\(?:u00|x)" + SPELLED + rb"|&(?:amp;)*(?:#|%23)")
OVERT_MARKS = (b"%", b"\\u00", b"\\x", b"&#", b"&amp;")
"""Of an encoding that spells out even letters and digits."""

BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")


class WrittenForm(msgspec.Struct, frozen=True):
    """A value as one encoding writes it, in small letters: a service may answer in capitals, or in titles.

    In base64 the characters before and after it can hold bits of its first and last byte: `shares_start`, `shares_end`.
    """

    written: bytes
    shares_start: bool = False
    shares_end: bool = False

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """Its longest run of letters and digits, in two where it is long.

        Encodings leave these as they are, and a line that ends within the one half does not within the other.
        """
        longest = max(LETTERS.findall(self.written), key=len, default=b"")
        middle = len(longest) // 2
        return (longest[:middle], longest[middle:]) if middle >= MIN_LENGTH else (longest,)

    def spans(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Where it is in a text in small letters, one after the other."""
        start = text.find(self.written)
        while start >= 0:
            end = start + len(self.written)
            before = self.shares_start and start > 0 and text[start - 1] in BASE64
            after = self.shares_end and end < len(text) and text[end] in BASE64
            yield start - before, end + after
            start = text.find(self.written, end)


def forms(value: str) -> frozenset[WrittenForm]:
    """All the forms of a value, and its lines as they are where it has several; none of what is too short."""
    whole = {value, value.strip()}
    lines = {line.strip() for line in value.splitlines()[:MAX_LINES]} - whole
    return frozenset(
        (
            *(form for text in whole if len(text) >= MIN_LENGTH for form in _forms(text)),
            *(WrittenForm(as_bytes(line).lower()) for line in lines if len(line) >= MIN_LENGTH),
        )
    )


def _forms(text: str) -> Iterator[WrittenForm]:
    """Of characters that are not ASCII, the capitals are forms of their own."""
    escaped = {
        text,
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        quote(text, safe=""),
        quote(text),
        quote_plus(text),
    }
    quoted = {
        text.lower(),
        text.upper(),
        text.title(),
        text.swapcase(),
        ascii(text)[1:-1],
        html.escape(text),
        text.replace('"', '""'),
        *(text.replace("'", sign) for sign in ("''", "'\\''", "'\"'\"'")),
    }
    for written in escaped | quoted:
        yield WrittenForm(as_bytes(written).lower())
    for written in escaped:  # as a URL or JSON are within a token
        yield from _in_bytes(as_bytes(written))


def _in_bytes(raw: bytes) -> Iterator[WrittenForm]:
    yield WrittenForm(raw.hex().encode())
    for shift in range(3):
        bits = 8 * (shift + len(raw))
        shares_end = bits % 6 != 0
        for alphabet in (b"+/", b"-_"):
            whole = base64.b64encode(bytes(shift) + raw, alphabet).lower()
            yield WrittenForm(whole[-(-8 * shift // 6) : bits // 6], shift > 0, shares_end)


class Reading(msgspec.Struct, frozen=True):
    """What a text says when an encoding is undone, and where in the text each part of that came from.

    `tokens` are the places that are written otherwise: where the meaning of each ends in what is said, and where it
    begins and ends in the text. The text is itself `of` a reading, except for the first one.
    """

    said: bytes
    starts: list[int] = []
    tokens: list[tuple[int, int, int]] = []
    of: "Reading | None" = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the very first text of a place in what is said."""
        reading: Reading | None = self
        while reading is not None:
            start, end = reading._place(start)[0], reading._place(end - 1)[1]
            reading = reading.of
        return start, end

    def _place(self, at: int) -> tuple[int, int]:
        """The bytes of the text behind one byte of what it says."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return at, at + 1
        end, token_start, token_end = self.tokens[index]
        if at < end:
            return token_start, token_end
        return token_end + at - end, token_end + at - end + 1


def may_hold(text: bytes, anchors: Collection[bytes]) -> bool:
    """Whether any form can be in a text, in whatever encoding: a quick look that spares most texts the long one."""
    small = text.lower()
    if any(anchor in small for anchor in anchors):
        return True
    return any(mark in text for mark in OVERT_MARKS) and OVERT.search(text) is not None


def readings(text: bytes, depth: int) -> Iterator[Reading]:
    """The text as it is, and with the encodings undone that it seems to use, up to `depth` within one another."""
    level = [Reading(text)]
    known = {text}
    for _ in range(depth):
        yield from level
        level = [further for reading in level for further in _undone(reading) if _is_new(further, known)]
    yield from level


def _is_new(reading: Reading, known: set[bytes]) -> bool:
    """Whether no other order of undoing the same encodings has led to it."""
    count = len(known)
    known.add(reading.said)
    return len(known) > count


def _undone(reading: Reading) -> Iterator[Reading]:
    for mark, token, meaning in ENCODINGS:
        if mark in reading.said and token.search(reading.said):
            yield _read(reading, token, meaning)


def _read(reading: Reading, token: re.Pattern[bytes], meaning: Callable[[re.Match[bytes]], bytes]) -> Reading:
    text = reading.said
    said = bytearray()
    starts: list[int] = []
    tokens: list[tuple[int, int, int]] = []
    done = 0
    for match in token.finditer(text):
        said += text[done : match.start()]
        starts.append(len(said))
        said += meaning(match)
        done = match.end()
        tokens.append((len(said), match.start(), done))
    said += text[done:]
    return Reading(bytes(said), starts, tokens, reading)


def as_bytes(text: str) -> bytes:
    """In UTF-8, in which no character is a part of another; half a surrogate pair is written as such."""
    return text.encode("utf-8", "surrogatepass")


def _percent(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode()) if match[1] else b" "


def _escape(match: re.Match[bytes]) -> bytes:
    """Of JSON, JavaScript, and Python's `repr`."""
    if match[1]:
        return as_bytes(json.loads(b'"' + match[0] + b'"'))
    return bytes.fromhex(match[2].decode()) if match[2] else SHORT_ESCAPES.get(match[3], match[3])


def _entity(match: re.Match[bytes]) -> bytes:
    return as_bytes(html.unescape(match[0].decode()))


def _fold(_: re.Match[bytes]) -> bytes:
    return b""


SHORT_ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
PAIR = rb"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"

ENCODINGS: tuple[tuple[bytes, re.Pattern[bytes], Callable[[re.Match[bytes]], bytes]], ...] = (
    (b"%", re.compile(rb"%([0-9a-fA-F]{2})"), _percent),
    (b"+", re.compile(rb"\+|%([0-9a-fA-F]{2})"), _percent),
    (b"\\", re.compile(rb"\\(?:(" + PAIR + rb"|u[0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\x00-\x7f]))"), _escape),
    # As if no backslash before one escaped it: it may belong to what is before the value.
    (b"\\", re.compile(rb"\\(?:(" + PAIR + rb"|u[0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))"), _escape),
    (b"&", re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"), _entity),
    (b"\n", re.compile(rb"\r?\n[ \t]*"), _fold),
)
"""By its mark, what an encoding writes otherwise and what that means: URLs, forms, JSON, HTML, folded lines."""

"""Takes secrets out of whatever an attempt leaves behind, in whatever form they are written there."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec

from engine.core.truncation import is_cut
from engine.secrets.written_forms import MIN_LENGTH, WrittenForm, as_bytes, forms, may_hold, readings

DEPTH = 2
"""So many encodings within one another are undone: JSON in a form, or the source of a page that shows JSON."""

MAX_GROWTH = 12
"""By how much an encoding within another makes a text longer at most."""

MIN_NUMBER = 10 ** (MIN_LENGTH - 1)
"""A number that is less may be there by chance."""

MIN_PART = 4
"""So much of a value, next to a place where a text was cut, is taken for a part of it."""

CUT = re.compile(rb"\.\.\.|\xe2\x80\xa6|\Z")
CUT_MARKER = b'"truncated":true'
LABEL = re.compile(r"[ \t]*\[secret:[^\]\n]*\]")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def label_of(name: str) -> str:
    """What stands in the place of a secret that is hidden."""
    return f"[secret:{name}]"


def without_labels(text: str) -> str:
    """A text that leaves out what stands in the place of secrets."""
    return LABEL.sub("", text)


Span = tuple[int, int, str]
"""From where to where in a text of bytes, and what is to stand there instead."""


class Redactor:
    """The values that an attempt must not leave behind, each with the words `[secret:NAME]` that take its place.

    Whatever is computed from a secret is added too. It finds a value raw, in large and small letters, in the escapes of
    JSON, URLs and HTML, in quotes of SQL and shells, in base64 wherever it lies in it, and in hexadecimal, also what is
    escaped within these.
    """

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._forms: dict[WrittenForm, str] = {}
        self._anchors: set[bytes] = set()
        self._numbers: dict[float, str] = {}

    def __bool__(self) -> bool:
        return bool(self._forms)

    def add(self, name: str, value: str) -> None:
        """Hide a value; one that is too short to be told from chance is not looked for."""
        if value in self._values:
            return
        label = self._values[value] = label_of(name)
        for form in forms(value):
            self._forms.setdefault(form, label)
            self._anchors.update(form.anchors)
        if NUMBER.fullmatch(value) and abs(number := float(value)) >= MIN_NUMBER:
            self._numbers.setdefault(number, label)

    def include(self, other: "Redactor") -> None:
        """Hide what another one hides."""
        self._values = other._values | self._values
        self._forms = other._forms | self._forms
        self._anchors |= other._anchors
        self._numbers = other._numbers | self._numbers

    def may_find(self, encoded: bytes) -> bool:
        """Whether a value in JSON may hold what is hidden: a quick look at the whole that spares most the walk."""
        return bool(self._numbers) or CUT_MARKER in encoded or may_hold(encoded, self._anchors)

    def redact(self, value: Any) -> Any:
        """A copy of a JSON value without anything hidden in its texts, keys and numbers, however deep it nests.

        A text that was cut loses its end too, where a part of something hidden may be left. Keys that differ in
        nothing else become one.
        """
        root: list[Any] = [None]
        left: list[tuple[Any, Any, Any]] = [(root, 0, value)]
        while left:
            place, key, item = left.pop()
            if isinstance(item, dict):
                shown = {**item, "text": self._without_end(item["text"])} if is_cut(item) else item
                children = [(self.text(name), child) for name, child in shown.items()]
                copy: Any = dict.fromkeys(name for name, _ in children)
                left += ((copy, name, child) for name, child in children)
            elif isinstance(item, list):
                copy = [None] * len(item)
                left += ((copy, index, child) for index, child in enumerate(item))
            else:
                copy = self._leaf(item)
            place[key] = copy
        return root[0]

    def text(self, text: str) -> str:
        """A text without anything hidden."""
        raw = as_bytes(text)
        return _without(raw, self._spans(raw)) if may_hold(raw, self._anchors) else text

    def message(self, text: str) -> str:
        """A text for people without anything hidden, nor parts of it where something quoted was cut: at `...`."""
        raw = as_bytes(text)
        return _without(raw, chain(self._spans(raw), self._parts(raw)))

    def _leaf(self, item: Any) -> Any:
        if isinstance(item, str):
            return self.text(item)
        if isinstance(item, int | float) and not isinstance(item, bool):
            written = msgspec.json.encode(item).decode()
            shown = self._numbers.get(item) or self.text(written)
            return item if shown == written else shown
        return item

    def _without_end(self, text: str) -> str:
        longest = max(len(as_bytes(value)) for value in self._values)
        return self.text(text)[: -MAX_GROWTH * longest]

    def _spans(self, text: bytes) -> Iterator[Span]:
        """Where anything hidden is, in the text as it is and in what it says with its encodings undone."""
        for reading in readings(text, DEPTH):
            small = reading.said.lower()
            for form, label in self._forms.items():
                for start, end in form.spans(small):
                    yield (*reading.span(start, end), label)

    def _parts(self, text: bytes) -> Iterator[Span]:
        """Where a part of anything hidden is, next to a cut."""
        for reading in readings(text, DEPTH):
            small = reading.said.lower()
            for cut in CUT.finditer(small):
                for form, label in self._forms.items():
                    for start, end in _parts(form.written, small, *cut.span()):
                        yield (*reading.span(start, end), label)


def _parts(written: bytes, text: bytes, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The beginning of a form right before a cut from `first` to `last`, and its end right behind it."""
    at = text.find(written[:MIN_PART], max(0, first - len(written)), first)
    while at >= 0 and not written.startswith(text[at:first]):
        at = text.find(written[:MIN_PART], at + 1, first)
    if at >= 0:
        yield at, first
    behind = text[last : last + len(written)]
    at = behind.rfind(written[-MIN_PART:])
    while at >= 0 and not written.endswith(behind[: at + MIN_PART]):
        at = behind.rfind(written[-MIN_PART:], 0, at + MIN_PART - 1)
    if at >= 0:
        yield last, last + at + MIN_PART


def _without(text: bytes, spans: Iterable[Span]) -> str:
    """The text with the spans replaced; what overlaps is hidden as one, by the name of what begins first."""
    pieces: list[bytes] = []
    done = 0
    for start, end, label in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= done or not pieces:
            pieces += (text[done:start], label.encode())
        done = max(done, end)
    return b"".join((*pieces, text[done:])).decode("utf-8", "surrogatepass")

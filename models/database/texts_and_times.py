"""What the two databases spell differently and mean alike: a text within JSON, and the seconds between moments."""

import unicodedata
from collections import defaultdict
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Float, Text, cast, func, literal, or_

LAST_WITH_CASE = 0x1E943
"""The last letter that has another case is in the script Adlam."""


def has_text(dialect: str, column: Column[Any], wanted: str) -> ColumnElement[bool]:
    """Whether the JSON of a column has a text in it, in any case, composed or not; no character of it has a meaning.

    Both databases are given every case of each letter: they do not agree on what a letter's other case is.
    """
    text = cast(column, Text)
    written = [msgspec.json.encode(spelling).decode()[1:-1] for spelling in _spellings(wanted)]
    if dialect == "postgresql":
        return or_(*(text.op("~", is_comparison=True)(literal("".join(map(_in_regex, one)))) for one in written))
    return or_(*(text.op("GLOB", is_comparison=True)(literal(f"*{''.join(map(_in_glob, one))}*")) for one in written))


def _spellings(wanted: str) -> list[str]:
    """How a text may have been written, each composed and decomposed: ß is the letter whose other case is two."""
    small = wanted.casefold()
    alike = (wanted, small, small.replace("ss", "ß"))
    return list(dict.fromkeys(unicodedata.normalize(form, one) for one in alike for form in ("NFC", "NFD")))


def seconds_between(dialect: str, first: Column[Any], last: Column[Any]) -> ColumnElement[float]:
    """The seconds from one moment to another one, to the millisecond; NULL where one of them is."""
    if dialect == "postgresql":
        return func.round(func.extract("epoch", last - first), 3, type_=Float())
    days = func.julianday(last, type_=Float()) - func.julianday(first, type_=Float())
    return func.round(days * literal(86_400.0), 3, type_=Float())


def _cases(character: str) -> list[str]:
    """The character and its other cases, as far as each is one character."""
    return _alike().get(character.casefold(), [character])


@cache
def _alike() -> dict[str, list[str]]:
    """The characters that fold to the same, by what they fold to; where there are several."""
    found: dict[str, list[str]] = defaultdict(list)
    letters = [chr(code) for code in range(1, LAST_WITH_CASE + 1)]
    for letter, small in zip(letters, "\0".join(letters).casefold().split("\0"), strict=True):
        if len(small) == 1 and small != letter:
            found[small].append(letter)
    return {small: [small, *others] for small, others in found.items()}


def _in_glob(character: str) -> str:
    cases = _cases(character)
    if len(cases) > 1:
        return f"[{''.join(cases)}]"
    return f"[{character}]" if character in "*?[" else character


def _in_regex(character: str) -> str:
    cases = _cases(character)
    if len(cases) > 1:
        return f"[{''.join(cases)}]"
    return f"\\{character}" if character.isascii() and not character.isalnum() else character

"""What the two databases spell differently and mean alike: a text within JSON, and the seconds between moments."""

from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Float, Text, cast, func, literal


def has_text(dialect: str, column: Column[Any], wanted: str) -> ColumnElement[bool]:
    """Whether the JSON of a column has a text in it, in any case; no character of it has a meaning of its own.

    Both databases are given every case of each letter: they do not agree on what a letter's other case is.
    """
    written = msgspec.json.encode(wanted).decode()[1:-1]
    if dialect == "postgresql":
        return cast(column, Text).op("~", is_comparison=True)(literal("".join(map(_in_regex, written))))
    return cast(column, Text).op("GLOB", is_comparison=True)(literal(f"*{''.join(map(_in_glob, written))}*"))


def seconds_between(dialect: str, first: Column[Any], last: Column[Any]) -> ColumnElement[float]:
    """The seconds from one moment to another one, to the millisecond; NULL where one of them is."""
    if dialect == "postgresql":
        return func.round(func.extract("epoch", last - first), 3, type_=Float())
    days = func.julianday(last, type_=Float()) - func.julianday(first, type_=Float())
    return func.round(days * literal(86_400.0), 3, type_=Float())


def _cases(character: str) -> list[str]:
    """The character and its other cases, as far as each is one character."""
    cases = dict.fromkeys([character, character.lower(), character.upper(), character.title()])
    return [case for case in cases if len(case) == 1]


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

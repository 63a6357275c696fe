"""The filters of texts."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.expressions import filter_costs as costs
from engine.expressions.budget import TEXT_BYTES, Budget
from engine.expressions.filter_costs import HAS_NUL, FilterError, list_of, number_of, text_form, text_of, written
from engine.expressions.filters.definition import Filter
from engine.expressions.kinds import ANYTHING, LISTS, TEXTS, Kind
from models.commands.patterns import LONGEST_PATTERN, Pattern, compiled, size_of

WORD = re.compile(r"\S+")
DIRECTIVE = re.compile(r"%(?:%|[-+ 0]{0,4}\d{0,2}(?:\.\d{1,2})?[sdf])?")
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""As JSON spells it: behind an even number of backslashes, which stand for themselves."""

MOST_VALUES = 8
DIRECTIVE_CHARACTERS = 500
"""That a number becomes at most."""

STATES_A_STEP = 5
"""So many states of a pattern are looked at in the time of a step."""


def _join(value: Any, separator: Any = "") -> str:
    return text_of(separator).join([text_form(item) for item in list_of(value)])


def _split(value: Any, separator: Any) -> list[str]:
    if not text_of(separator):
        raise FilterError("needs a separator that is not empty")
    return text_of(value).split(separator)


def _replace(value: Any, old: Any, new: Any) -> str:
    if not text_of(old):
        raise FilterError("needs a text to look for that is not empty")
    return text_of(value).replace(old, text_of(new))


def parsed_json(value: Any) -> Any:
    """What a text of JSON says. Raises `FilterError`."""
    if NUL.search(text_of(value)):
        raise FilterError(HAS_NUL)
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        raise FilterError("needs a text that is JSON") from None


def _title(value: Any) -> str:
    return WORD.sub(lambda word: word[0].capitalize(), text_of(value))


def _cost_of_title(budget: Budget, value: Any) -> None:
    """A word may be a single letter, and each is a text on the way."""
    costs.case(budget, value)
    budget.spend(2 * len(value))
    budget.reserve(len(value) * TEXT_BYTES // 2)


def _cost_of_ends(budget: Budget, value: Any, part: Any) -> None:
    """As many characters are looked at as the part has."""
    budget.spend(min(len(text_of(value)), len(text_of(part))) // 128)


def pattern_of(pattern: Any) -> Pattern:
    """A text, read as a pattern. Raises `FilterError`."""
    if len(text_of(pattern)) > LONGEST_PATTERN:
        raise FilterError(f"needs a pattern of at most {LONGEST_PATTERN} characters")
    try:
        return compiled(pattern)
    except ValueError as error:
        raise FilterError(f"needs a pattern, and this {error}") from None


def _cost_of_pattern(budget: Budget, value: Any, pattern: Any) -> None:
    """RE2 goes to as many states for each byte as its program has, at most; to read a pattern costs a few for each."""
    text = text_of(value)
    states = pattern_of(pattern).steps
    budget.spend(5 * states + states * len(text) // STATES_A_STEP)
    budget.reserve(4 * len(text))
    budget.spend(states * size_of(text) // STATES_A_STEP)


def _format(value: Any, *given: Any) -> str:
    """As `printf` does it."""
    left = list(given)
    text = DIRECTIVE.sub(lambda found: _filled(found[0], left), text_of(value))
    if left:
        raise FilterError(f"has places for {len(given) - len(left)} values, not for {len(given)}")
    return text


def _filled(directive: str, left: list[Any]) -> str:
    if directive == "%%":
        return "%"
    if directive == "%":
        raise FilterError("takes %s, %d and %f, as in '%s: %.2f', and %% for a %")
    if not left:
        raise FilterError("has more places than there are values")
    value = left.pop(0)
    if directive.endswith("s"):
        return directive % text_form(value)
    if directive.endswith("d") and not isinstance(value, int):
        raise FilterError("needs a whole number for %d: put '| int' or '| round' behind it")
    return directive % number_of(value)


def _cost_of_format(budget: Budget, value: Any, *given: Any) -> None:
    """The form, what stands in it, and what is made of numbers."""
    characters, is_ascii = len(text_of(value)), value.isascii()
    places = value.count("%")
    budget.spend(10 * places + len(value) // 64)
    for each in given:
        size = budget.size(each)
        costs.string(budget, each)
        characters += size.json
        is_ascii = is_ascii and size.is_ascii
    budget.text(characters + DIRECTIVE_CHARACTERS * min(places, len(given)), is_ascii=is_ascii)
    budget.reserve(TEXT_BYTES * places)


TEXT_FILTERS: Mapping[str, Filter] = {
    "endswith": Filter(
        about="whether a text ends with another one",
        example="file | endswith('.pdf')",
        result=True,
        apply=lambda value, part: text_of(value).endswith(text_of(part)),
        cost=_cost_of_ends,
        takes=TEXTS,
        gives=Kind.BOOLEAN,
        arguments=(TEXTS,),
    ),
    "format": Filter(
        about="a text with values in the places of `%s`, `%d` and `%f`, as `printf` does it",
        example="'%s: %07.2f' | format(name, price)",
        result="Ada: 0012.50",
        apply=_format,
        cost=_cost_of_format,
        takes=TEXTS,
        gives=Kind.TEXT,
        arguments=(ANYTHING,) * MOST_VALUES,
        optional=MOST_VALUES - 1,
    ),
    "join": Filter(
        about="one text, with what is to stand between",
        example="words | join(', ')",
        result="pear, apple",
        apply=_join,
        cost=costs.join,
        takes=LISTS,
        gives=Kind.TEXT,
        arguments=(TEXTS,),
        optional=1,
    ),
    "json": Filter(
        about="the value as a text of JSON",
        example="address | json",
        result='{"city":"London","zip":"NW1"}',
        apply=written,
        cost=costs.json,
        takes=ANYTHING,
        gives=Kind.TEXT,
    ),
    "lower": Filter(
        about="small letters",
        example="name | lower",
        result="ada",
        apply=lambda value: text_of(value).lower(),
        cost=costs.case,
        takes=TEXTS,
        gives=Kind.TEXT,
    ),
    "matches": Filter(
        about="whether a [pattern](workflows.md#parameters) is found in a text",
        example=r"digits | matches('^\d+$')",
        result=True,
        apply=lambda value, pattern: pattern_of(pattern).compiled.search(text_of(value)) is not None,
        cost=_cost_of_pattern,
        takes=TEXTS,
        gives=Kind.BOOLEAN,
        arguments=(TEXTS,),
    ),
    "parse_json": Filter(
        about="what a text of JSON says",
        example="text | parse_json",
        result=[1, 2],
        apply=parsed_json,
        cost=costs.parse_json,
        takes=TEXTS,
    ),
    "replace": Filter(
        about="a text with one part for another",
        example="name | replace('A', 'E')",
        result="Eda",
        apply=_replace,
        cost=costs.replace,
        takes=TEXTS,
        gives=Kind.TEXT,
        arguments=(TEXTS, TEXTS),
    ),
    "split": Filter(
        about="the parts of a text",
        example="at | split('T')",
        result=["2026-01-15", "10:30:00Z"],
        apply=_split,
        cost=costs.split,
        takes=TEXTS,
        gives=Kind.LIST,
        arguments=(TEXTS,),
    ),
    "startswith": Filter(
        about="whether a text begins with another one",
        example="file | startswith('reports/')",
        result=True,
        apply=lambda value, part: text_of(value).startswith(text_of(part)),
        cost=_cost_of_ends,
        takes=TEXTS,
        gives=Kind.BOOLEAN,
        arguments=(TEXTS,),
    ),
    "string": Filter(
        about="any value as it stands within a text",
        example="count | string",
        result="3",
        apply=text_form,
        cost=costs.string,
        takes=ANYTHING,
        gives=Kind.TEXT,
    ),
    "title": Filter(
        about="a capital at the beginning of each word, and small letters",
        example="file | title",
        result="Reports/may 1.pdf",
        apply=_title,
        cost=_cost_of_title,
        takes=TEXTS,
        gives=Kind.TEXT,
    ),
    "trim": Filter(
        about="a text without white space at its ends",
        example="line | trim",
        result="a, b",
        apply=lambda value: text_of(value).strip(),
        cost=costs.copy,
        takes=TEXTS,
        gives=Kind.TEXT,
    ),
    "upper": Filter(
        about="capitals",
        example="name | upper",
        result="ADA",
        apply=lambda value: text_of(value).upper(),
        cost=costs.case,
        takes=TEXTS,
        gives=Kind.TEXT,
    ),
}

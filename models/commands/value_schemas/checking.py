"""Holds a value to a schema, within the budget of an execution's values: each step is counted before it is made."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from models.commands.constraints import Rules, unmet
from models.commands.patterns import PatternWork
from models.commands.value_schemas.reading import number_of_values
from models.commands.value_schemas.vocabulary import (
    ARRAY,
    BOOLEAN,
    DEFINITIONS,
    INTEGER,
    NULL,
    NUMBER,
    OBJECT,
    REFERENCE,
    STRING,
)
from models.faults import MAX_FAULTS, SHOWN_MESSAGE, SHOWN_NAME, cut
from models.json_equality import same
from models.nearest_word import nearest_word
from models.words import ParameterType, ValueFormat

STEPS_OF_A_VISIT = 100
"""What it takes to hold one value to one schema, in steps of a pattern."""

STEPS_OF_AN_ENTRY = 5
STEPS_OF_A_TEXT = 300
STEPS_OF_A_COMPARISON = 50
BYTES_OF_A_STEP = 4
"""Of texts that are read to their ends."""


STEPS_OF_A_GUESS = 2_000
"""To compare two names letter by letter, for what was meant by one."""

MOST_GUESSES = 5

DEEPEST = 200
"""So many schemas are open at once, in each other and in the value. A frame or two of Python stand for each."""

SHOWN_FORMS, SHOWN_VALUES = 5, 30
"""So many of what may be are told."""

SHOWN_REASON = SHOWN_MESSAGE // SHOWN_FORMS
"""Characters of why one of several schemas is not met: a message within messages grows no longer."""

JSON = json.JSONEncoder(ensure_ascii=False)

KINDS: Mapping[type, str] = {
    str: STRING,
    int: INTEGER,
    float: NUMBER,
    bool: BOOLEAN,
    dict: OBJECT,
    list: ARRAY,
    type(None): NULL,
}
Path = tuple[str | int, ...]


class Unmet(NamedTuple):
    """What a value does not meet: the path into it, what a person reads, and the stable word (decision X1)."""

    path: Path
    message: str
    word: str


class _TooMuch(Exception):
    """The budget is spent, or the value is too deep."""


def unmet_by_schema(schema: Mapping[str, Any], value: Any, work: PatternWork) -> Sequence[Unmet]:
    """What a value does not meet of a schema that has no fault, as many as are told at once."""
    check, found = _Check(schema.get(DEFINITIONS, {}), work), list[Unmet]()
    try:
        check.visit(schema, value, (), found)
    except _TooMuch:
        message = "is too large or too deep to be checked by its schema, with the other values: give less at once"
        return [Unmet((), message, "value_error.too_large")]
    return found


class _Check:
    """The check of one value: where references lead, and what is left of the budget."""

    def __init__(self, definitions: Mapping[str, Any], work: PatternWork) -> None:
        self._definitions = definitions
        self._work = work
        self._open = 0

    def visit(self, schema: Any, value: Any, path: Path, found: list[Unmet]) -> None:
        """Add to `found` what a value, which stands at `path`, does not meet."""
        if len(found) > MAX_FAULTS:
            return
        self.take(STEPS_OF_A_VISIT)
        if schema is True:
            return
        if schema is False:
            found.append(Unmet(path, "must be left out", "value_error.extra"))
            return
        kind = KINDS[type(value)]
        types = schema.get("type")
        if types is not None and not _is_of(types, kind, value):
            found.append(_wrong_type(types, path))
            return
        rules = RULES[kind]
        self._open += 1
        for word, given in schema.items():
            rule = rules.get(word)
            if rule is not None:
                rule(self, schema, given, value, path, found)
        self._open -= 1

    def take(self, steps: int) -> None:
        """Count what is about to be done. Raises `_TooMuch`."""
        if self._open > DEEPEST or not self._work.take(steps):
            raise _TooMuch

    def referred(self, reference: str) -> Any:
        return self._definitions[reference.removeprefix(REFERENCE)]

    def meant(self, name: str, known: Iterable[str]) -> str:
        """Which of the known names was meant, as far as there is time to look."""
        names = list(known)
        if not self._work.take(STEPS_OF_A_GUESS * len(names)):
            return ""
        near = nearest_word(name, names)
        return f" (did you mean '{near}'?)" if near else ""

    def unmet_by_text(self, word: str, given: str, text: str) -> Iterable[tuple[str, str]]:
        """What is unmet of a pattern or a format, as parameters are told."""
        self.take(STEPS_OF_A_TEXT + len(text) // BYTES_OF_A_STEP)
        known = {word: ValueFormat(given) if word == "format" else given}
        return unmet(Rules({"type": ParameterType.STRING, **known}), text, self._work)


Rule = Callable[[_Check, Mapping[str, Any], Any, Any, Path, list[Unmet]], None]


def _is_of(types: Any, kind: str, value: Any) -> bool:
    if kind == types or (type(types) is list and kind in types):
        return True
    words = types if type(types) is list else (types,)
    if kind == INTEGER:
        return NUMBER in words
    return kind == NUMBER and INTEGER in words and value.is_integer()


def _wrong_type(types: Any, path: Path) -> Unmet:
    if isinstance(types, str) or len(types) == 1:
        [one] = [types] if isinstance(types, str) else types
        return Unmet(path, f"must be a JSON {one}" if one != NULL else "must be null", f"type_error.{one}")
    return Unmet(path, f"must be one of {', '.join(types)}, in JSON", "type_error")


def _ref(check: _Check, _: Any, given: str, value: Any, path: Path, found: list[Unmet]) -> None:
    check.visit(check.referred(given), value, path, found)


def _enum(check: _Check, _: Any, given: list[Any], value: Any, path: Path, found: list[Unmet]) -> None:
    check.take(STEPS_OF_A_COMPARISON * number_of_values(given))
    if not any(same(value, one) for one in given):
        allowed = [_allowed(one) for one in given[:SHOWN_VALUES]]
        more = ", ..." if len(given) > SHOWN_VALUES else ""
        told = f"must be {'one of: ' if len(given) > 1 else ''}{', '.join(allowed)}{more}"
        found.append(Unmet(path, told, "value_error.const"))


def _allowed(value: Any) -> str:
    """A value as it is told: of a large one no more is written than is shown."""
    text = value if isinstance(value, str) else "".join(islice(JSON.iterencode(value), SHOWN_NAME + 1))
    return cut(text, SHOWN_NAME)


def _const(check: _Check, schema: Any, given: Any, value: Any, path: Path, found: list[Unmet]) -> None:
    _enum(check, schema, [given], value, path, found)


def _all_of(check: _Check, _: Any, given: list[Any], value: Any, path: Path, found: list[Unmet]) -> None:
    for schema in given:
        check.visit(schema, value, path, found)


def _any_of(check: _Check, _: Any, given: list[Any], value: Any, path: Path, found: list[Unmet]) -> None:
    tried: list[list[Unmet]] = []
    for schema in given:
        tried.append([])
        check.visit(schema, value, path, tried[-1])
        if not tried[-1]:
            return
    found.extend(_nearest(tried, path, "value_error.any_of"))


def _one_of(check: _Check, _: Any, given: list[Any], value: Any, path: Path, found: list[Unmet]) -> None:
    tried: list[list[Unmet]] = [[] for _ in given]
    for schema, unmet_here in zip(given, tried, strict=True):
        check.visit(schema, value, path, unmet_here)
    met = [str(place) for place, unmet_here in enumerate(tried) if not unmet_here]
    if not met:
        found.extend(_nearest(tried, path, "value_error.one_of"))
    elif len(met) > 1:
        message = f"meets {len(met)} of the schemas of oneOf ({', '.join(met)}), and must meet one of them alone"
        found.append(Unmet(path, message, "value_error.one_of"))


def _nearest(tried: Sequence[list[Unmet]], path: Path, word: str) -> Sequence[Unmet]:
    """What is unmet of the one schema that was meant, by its type and its constants; else why none of them does."""
    meant = [one for one in tried if not any(_is_another(each, path) for each in one)]
    if len(meant) == 1:
        return meant[0]
    reasons = [_reason(one[0], path) for one in tried[:SHOWN_FORMS]]
    more = "; and others" if len(tried) > SHOWN_FORMS else ""
    return [Unmet(path, f"does none of what it may: {'; '.join(reasons)}{more}", word)]


def _is_another(one: Unmet, path: Path) -> bool:
    is_here = one.path == path
    return (is_here and one.word.startswith("type_error")) or (
        one.word == "value_error.const" and len(one.path) <= len(path) + 1
    )


def _reason(one: Unmet, path: Path) -> str:
    below = ".".join(map(str, one.path[len(path) :]))
    return cut(f"{below} {one.message}" if below else one.message, SHOWN_REASON)


def _properties(
    check: _Check, _: Any, given: Mapping[str, Any], value: dict[str, Any], path: Path, found: list[Unmet]
) -> None:
    check.take(STEPS_OF_AN_ENTRY * len(given))
    for name, schema in given.items():
        if name in value:
            check.visit(schema, value[name], (*path, name), found)


def _required(check: _Check, _: Any, given: list[str], value: dict[str, Any], path: Path, found: list[Unmet]) -> None:
    check.take(STEPS_OF_AN_ENTRY * len(given))
    found.extend(Unmet((*path, name), "field required", "value_error.missing") for name in given if name not in value)


def _additional(
    check: _Check, schema: Mapping[str, Any], given: Any, value: dict[str, Any], path: Path, found: list[Unmet]
) -> None:
    check.take(STEPS_OF_AN_ENTRY * len(value))
    known = schema.get("properties", {})
    for name, child in value.items() if given is not True else ():
        if name in known:
            continue
        if given is not False:
            check.visit(given, child, (*path, name), found)
        elif len(found) <= MAX_FAULTS:
            meant = check.meant(name, known) if len(found) < MOST_GUESSES else ""
            found.append(Unmet((*path, name), f"there is no such property{meant}", "value_error.extra"))


def _prefix_items(check: _Check, _: Any, given: list[Any], value: list[Any], path: Path, found: list[Unmet]) -> None:
    for place, (schema, item) in enumerate(zip(given, value, strict=False)):
        check.visit(schema, item, (*path, place), found)


def _items(
    check: _Check, schema: Mapping[str, Any], given: Any, value: list[Any], path: Path, found: list[Unmet]
) -> None:
    first = len(schema.get("prefixItems", ()))
    for place in range(first, len(value)):
        check.visit(given, value[place], (*path, place), found)


def _unique(check: _Check, _: Any, given: bool, value: list[Any], path: Path, found: list[Unmet]) -> None:
    if not given:
        return
    check.take(STEPS_OF_A_COMPARISON * number_of_values(value))
    seen: dict[str, int] = {}
    for place, item in enumerate(value):
        spelled = json.dumps(_plain(item), sort_keys=True)
        check.take(len(spelled) // BYTES_OF_A_STEP)
        first = seen.setdefault(spelled, place)
        if first != place and len(found) <= MAX_FAULTS:
            message = f"is the same as the entry at {first}, and each must be another"
            found.append(Unmet((*path, place), message, "value_error.list.unique_items"))


def _plain(value: Any) -> Any:
    """A value with one spelling for each number: `1.0` is `1`."""
    if isinstance(value, dict):
        return {key: _plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _multiple_of(check: _Check, _: Any, given: float, value: float, path: Path, found: list[Unmet]) -> None:
    check.take(STEPS_OF_A_TEXT)
    # As they are spelled: 19.99 is a multiple of 0.01, and the doubles next to them are not.
    one, other = (Fraction(number if isinstance(number, int) else repr(number)) for number in (value, given))
    if (one.numerator * other.denominator) % (other.numerator * one.denominator):
        found.append(Unmet(path, f"must be a multiple of {given}", "value_error.number.not_multiple"))


def _bound(is_met: Callable[[Any, Any], bool], told: str, word: str) -> Rule:
    """The rule of a number that a number is held to."""

    def rule(_check: _Check, _: Any, given: Any, value: Any, path: Path, found: list[Unmet]) -> None:
        if not is_met(value, given):
            found.append(Unmet(path, f"must be {told} {given}", word))

    return rule


def _size(is_met: Callable[[int, int], bool], told: str, of: tuple[str, str], word: str) -> Rule:
    """The rule of how many there are of something; `of` is how one and many are called."""

    def rule(_check: _Check, _: Any, given: int, value: Any, path: Path, found: list[Unmet]) -> None:
        if not is_met(len(value), given):
            found.append(Unmet(path, f"must have {told} {given} {of[given != 1]}", word))

    return rule


def _text(word: str) -> Rule:
    """The rule of a pattern or a format."""

    def rule(check: _Check, _: Any, given: str, value: str, path: Path, found: list[Unmet]) -> None:
        found.extend(Unmet(path, message, name) for message, name in check.unmet_by_text(word, given, value))

    return rule


PROPERTIES, ENTRIES, CHARACTERS = ("property", "properties"), ("entry", "entries"), ("character", "characters")
OF_ALL: Mapping[str, Rule] = {
    "$ref": _ref,
    "enum": _enum,
    "const": _const,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
}
OF_NUMBERS: Mapping[str, Rule] = {
    **OF_ALL,
    "minimum": _bound(ge, "at least", "value_error.number.not_ge"),
    "maximum": _bound(le, "at most", "value_error.number.not_le"),
    "exclusiveMinimum": _bound(gt, "more than", "value_error.number.not_gt"),
    "exclusiveMaximum": _bound(lt, "less than", "value_error.number.not_lt"),
    "multipleOf": _multiple_of,
}
RULES: Mapping[str, Mapping[str, Rule]] = {
    OBJECT: {
        **OF_ALL,
        "properties": _properties,
        "required": _required,
        "additionalProperties": _additional,
        "minProperties": _size(ge, "at least", PROPERTIES, "value_error.object.min_properties"),
        "maxProperties": _size(le, "at most", PROPERTIES, "value_error.object.max_properties"),
    },
    ARRAY: {
        **OF_ALL,
        "prefixItems": _prefix_items,
        "items": _items,
        "minItems": _size(ge, "at least", ENTRIES, "value_error.list.min_items"),
        "maxItems": _size(le, "at most", ENTRIES, "value_error.list.max_items"),
        "uniqueItems": _unique,
    },
    STRING: {
        **OF_ALL,
        "minLength": _size(ge, "at least", CHARACTERS, "value_error.any_str.min_length"),
        "maxLength": _size(le, "at most", CHARACTERS, "value_error.any_str.max_length"),
        "pattern": _text("pattern"),
        "format": _text("format"),
    },
    INTEGER: OF_NUMBERS,
    NUMBER: OF_NUMBERS,
    BOOLEAN: OF_ALL,
    NULL: OF_ALL,
}
"""By the type of a value, what is done about each word of its schema."""

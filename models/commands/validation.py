"""Turns raw input into a command, or into all of its faults in the documented words, alike for both edges."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from models.commands.expected_shapes import shape_hint, word_hint
from models.commands.field_names import unknown_field
from models.errors import InvalidInput
from models.faults import MAX_FAULTS, Fault, some

MAX_DEPTH = 100
"""How deep a JSON value may nest; every walk over one is then safe from a recursion error."""

Location = tuple[str | int, ...]

TYPE_WORDS = {
    "missing": "value_error.missing",
    "extra_forbidden": "value_error.extra",
    "string_type": "type_error.string",
    "string_too_short": "value_error.any_str.min_length",
    "string_too_long": "value_error.any_str.max_length",
    "string_pattern_mismatch": "value_error.str.regex",
    "string_unicode": "value_error.unicode",
    "int_type": "type_error.integer",
    "int_from_float": "type_error.integer",
    "float_type": "type_error.number",
    "bool_type": "type_error.boolean",
    "list_type": "type_error.array",
    "dict_type": "type_error.object",
    "object_or_template": "type_error.object",
    "model_type": "type_error.object",
    "model_attributes_type": "type_error.object",
    "enum": "value_error.const",
    "literal_error": "value_error.const",
    "greater_than_equal": "value_error.number.not_ge",
    "less_than_equal": "value_error.number.not_le",
    "too_long": "value_error.list.max_items",
}
TOO_DEEP = "value_error.depth"
NOT_AN_OBJECT = "must be a JSON object"
FAULT_TEXTS = {
    "missing": "field required",
    "dict_type": NOT_AN_OBJECT,
    "model_type": NOT_AN_OBJECT,
    "model_attributes_type": NOT_AN_OBJECT,
}
SHAPED = frozenset({"list_type", "dict_type", "model_type", "model_attributes_type"})
WORDS = frozenset({"enum", "literal_error"})
IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_-]{0,127}$"
PATH = "^/"
PATTERNS = {
    IDENTIFIER: "must begin with a letter or _ and have letters, digits, _ and - alone, 128 at most",
    PATH: "must begin with /",
}
"""What people are told who have not learnt to read a pattern."""
BAD_TEXT = re.compile("[\x00\ud800-\udfff]")


class Id:
    """Marks a text, by `Annotated`, as the id of an object."""


class Command(BaseModel):
    """The base of all validated input: strict (no coercion), immutable, no unknown fields."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


C = TypeVar("C", bound=BaseModel)


def parse(command: type[C], raw: object, loc: Location = ("body",)) -> C:
    """Return `raw` as a validated `command`; raise `InvalidInput` with every fault below `loc`."""
    unsound = some(json_faults(raw, loc))
    # More than are told are reason enough: of a value that was not walked to its end nobody knows how deep it is.
    if len(unsound) > MAX_FAULTS or any(fault.type == TOO_DEEP for fault in unsound):
        raise InvalidInput(unsound)
    try:
        value = command.model_validate(sound(raw) if unsound else raw)
    except ValidationError as error:
        told = {fault.loc for fault in unsound}
        others = [fault for fault in pydantic_faults(command, error, loc) if fault.loc not in told]
        raise InvalidInput([*unsound, *others]) from None
    if unsound:
        raise InvalidInput(unsound)
    return value


def pydantic_faults(model: type[BaseModel], error: ValidationError, loc: Location = ()) -> list[Fault]:
    """Translate pydantic's errors, as many as are told, into the documented `loc`, `msg` and `type` (decision X1)."""
    details = error.errors(include_url=False, include_context=True)
    return some(_translate(model, detail, loc) for detail in details)


def _translate(model: type[BaseModel], detail: Any, loc: Location) -> Fault:
    kind: str = detail["type"]
    where = (*loc, *detail["loc"])
    if kind == "value_error":
        return Fault(where, str(detail["ctx"]["error"]), kind)
    if kind == "extra_forbidden":
        return Fault(where, unknown_field(model, detail["loc"]), TYPE_WORDS[kind])
    message = FAULT_TEXTS.get(kind, detail["msg"])
    if kind == "string_pattern_mismatch":
        message = PATTERNS.get(detail["ctx"]["pattern"], message)
    if kind in WORDS:
        message += word_hint(detail["input"], detail["ctx"]["expected"])
    elif kind in SHAPED:
        message += shape_hint(detail["loc"])
    return Fault(where, message, TYPE_WORDS.get(kind, f"value_error.{kind}"))


def json_faults(value: object, loc: Location) -> Iterator[Fault]:
    """Yield what not every JSON column can hold: NUL, lone surrogates, NaN, infinity, deep nesting."""
    if isinstance(value, list | dict) and _is_sound(value):
        return
    for path, item in _walk(value):
        if isinstance(item, str):
            yield from _text_faults(item, loc, path)
        elif isinstance(item, float):
            if not math.isfinite(item):
                yield Fault(_place(loc, path), "must be a finite number", "value_error.number.not_finite")
        elif isinstance(item, dict | list):
            if len(path) >= MAX_DEPTH:
                yield Fault(loc, f"nested more than {MAX_DEPTH} levels deep", TOO_DEEP)
                return
            for key in item if isinstance(item, dict) else ():
                yield from _text_faults(key, loc, path)


def _walk(value: object) -> Iterator[tuple[Sequence[str | int], object]]:
    """A value and all within it, each with the path to it: always the same list, as it is at that moment."""
    path: list[str | int] = []
    yield path, value
    levels = [_children(value)]
    while levels:
        found = next(levels[-1], None)
        del path[len(levels) - 1 :]
        if found is None:
            levels.pop()
            continue
        part, child = found
        path.append(part)
        yield path, child
        if isinstance(child, dict | list):
            levels.append(_children(child))


def _children(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        return iter(value.items())
    return iter(enumerate(value)) if isinstance(value, list) else iter(())


def sound(value: Any) -> Any:
    """A value with something else for each text and number in it that has a fault: what else is wrong can be told."""
    if isinstance(value, str):
        return BAD_TEXT.sub("\ufffd", value)
    if isinstance(value, float):
        return value if math.isfinite(value) else 0.0
    if isinstance(value, dict):
        return {sound(key): sound(child) for key, child in value.items()}
    return [sound(item) for item in value] if isinstance(value, list) else value


def _is_sound(value: list[Any] | dict[str, Any]) -> bool:
    """Whether a value certainly has no fault, by a walk that keeps no places: five times as fast."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            children: Iterable[Any] = item
            if type(item) is dict:
                if not all(map(_is_plain, item)):
                    return False
                children = item.values()
            for child in children:
                kind = type(child)
                if kind is str:
                    if not _is_plain(child):
                        return False
                elif kind is list or kind is dict:
                    below.append(child)
                elif not (kind is int or kind is bool or child is None or (kind is float and math.isfinite(child))):
                    return False
        if not below:
            return True
        level = below
    return False


def _is_plain(text: str) -> bool:
    return "\x00" not in text and (text.isascii() or BAD_TEXT.search(text) is None)


def _text_faults(text: str, loc: Location, path: Iterable[str | int]) -> Iterator[Fault]:
    if not text.isascii() or "\x00" in text:
        found = BAD_TEXT.search(text)
        if found:
            name = "NUL" if found.group() == "\x00" else "lone surrogate"
            message = f"holds a {name} character, which cannot be stored"
            yield Fault(_place(loc, path), message, "value_error.unicode")


def _place(loc: Location, path: Iterable[str | int]) -> Location:
    """Where a fault is. Bad text may be on the way to it, as a key: it must not spoil the answer."""
    return tuple(BAD_TEXT.sub("\ufffd", part) if isinstance(part, str) else part for part in (*loc, *path))

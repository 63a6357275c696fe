"""Says what is wrong with a schema before it is saved, each with the path to it: its size, its words, its circles."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from models.commands.constraints import LONGEST_VALUE
from models.commands.patterns import LONGEST_PATTERN, compiled
from models.commands.value_schemas.vocabulary import (
    AT_THE_TOP,
    DEFINITIONS,
    DRAFT,
    FORMS,
    INSTEAD,
    OF_TYPES,
    REFERENCE,
    TYPES,
    Form,
)
from models.nearest_word import nearest_word
from models.words import ParameterType, ValueFormat

MAX_BYTES = 32_768
MAX_VALUES = 1_000
"""JSON values in a schema, each text, number, list and object in it counted."""

MAX_DEPTH = 40
"""So deep may they stand in each other, which makes twenty schemas."""

MAX_PATTERNS = 50
"""Each is compiled when it is saved."""

MAX_SCHEMAS = 20
"""In `anyOf`, `oneOf` and `allOf`."""

IN_PLACE = ("allOf", "anyOf", "oneOf")
"""What holds the same value to other schemas."""

REFERRED = re.compile(re.escape(REFERENCE) + r"[A-Za-z0-9._-]+")
"""Other letters would have to be escaped, by two rules at once."""

Path = tuple[str | int, ...]


class SchemaFault(NamedTuple):
    """What is wrong at a path into a schema, and what to write."""

    path: Path
    message: str


class Part(NamedTuple):
    """A schema in a schema."""

    path: Path
    schema: Any


def schema_faults(schema: Mapping[str, Any], kind: ParameterType) -> Iterator[SchemaFault]:
    """Yield what is wrong with the schema of a parameter of a type. One that is too large is not looked into."""
    too_large = _too_large(schema)
    if too_large is not None:
        yield SchemaFault((), too_large)
        return
    patterns = 0
    for part in parts(schema):
        yield from _faults(part, schema)
        patterns += isinstance(part.schema, Mapping) and "pattern" in part.schema
        if patterns > MAX_PATTERNS:
            yield SchemaFault((), f"has more than {MAX_PATTERNS} patterns: say enum or format where that does")
            return
    yield from _circles(schema)
    said = _types(schema)
    if said is not None and kind.value not in said:
        yield SchemaFault(("type",), f"the parameter is of type {kind}: write that here, or leave it out")


def parts(schema: Any, path: Path = ()) -> Iterator[Part]:
    """Yield a schema and each schema in it, as far as it has the form of one."""
    yield Part(path, schema)
    if not isinstance(schema, Mapping):
        return
    for word, given in schema.items():
        match FORMS.get(word):
            case Form.SCHEMA:
                yield from parts(given, (*path, word))
            case Form.SCHEMAS if isinstance(given, list):
                for place, inner in enumerate(given):
                    yield from parts(inner, (*path, word, place))
            case Form.NAMED_SCHEMAS if isinstance(given, Mapping):
                for name, inner in given.items():
                    yield from parts(inner, (*path, word, name))


def patterns_of(schema: Any) -> int:
    """How many patterns there are in a schema, which may be one that is refused."""
    return sum(isinstance(part.schema, Mapping) and "pattern" in part.schema for part in parts(schema))


def number_of_values(value: Any) -> int:
    """How many JSON values there are in one, itself included."""
    count, found = 0, [value]
    while found:
        item = found.pop()
        count += 1
        if isinstance(item, dict):
            found.extend(item.values())
        elif isinstance(item, list):
            found.extend(item)
    return count


def _too_large(schema: Any) -> str | None:
    level, count = [schema], 0
    for _ in range(MAX_DEPTH):
        count += len(level)
        if count > MAX_VALUES:
            return f"has more than {MAX_VALUES} values: say what is said twice in $defs, and less of the rest"
        level = [child for item in level if isinstance(item, dict | list) for child in _children(item)]
        if not level:
            size = len(msgspec.json.encode(schema))
            return None if size <= MAX_BYTES else f"has {size} bytes, at most {MAX_BYTES}: shorten its texts"
    return f"nested more than {MAX_DEPTH} levels deep: name what is inside in $defs, and write $ref"


def _children(item: Any) -> Any:
    return item.values() if isinstance(item, dict) else item


def _faults(part: Part, root: Mapping[str, Any]) -> Iterator[SchemaFault]:
    path, schema = part
    if isinstance(schema, bool) and path:
        return
    if not isinstance(schema, Mapping):
        yield SchemaFault(path, "must be a schema, such as {type: string}")
        return
    types = _types(schema)
    for word, given in schema.items():
        where = (*path, word)
        form = FORMS.get(word)
        if form is None:
            yield SchemaFault(where, _unknown(word))
        elif word in AT_THE_TOP and path:
            yield SchemaFault(where, f"{word} stands at the top of the schema alone")
        elif types is not None and word in OF_TYPES and types.isdisjoint(OF_TYPES[word]):
            told = " or ".join(OF_TYPES[word])
            yield SchemaFault(where, f"says nothing of {' or '.join(sorted(types))}: it is for {told}")
        elif (wrong := _wrong(form, given, root)) is not None:
            yield SchemaFault(where, wrong)
        elif word in IN_PLACE and not 1 <= len(given) <= MAX_SCHEMAS:
            yield SchemaFault(where, f"must have 1 to {MAX_SCHEMAS} schemas")


def _types(schema: Mapping[str, Any]) -> frozenset[str] | None:
    """The types that a schema names, if it names them as it should."""
    given = schema.get("type")
    if given is None or _no_types(given) is not None:
        return None
    return frozenset([given] if isinstance(given, str) else given)


def _unknown(word: str) -> str:
    if word in INSTEAD:
        return f"is no word that schemas may say here: {INSTEAD[word]}"
    near = nearest_word(word, FORMS)
    meant = f"did you mean '{near}'?" if near else f"known are {', '.join(FORMS)}"
    return f"is no word that schemas may say here ({meant})"


def _wrong(form: Form, given: Any, root: Mapping[str, Any]) -> str | None:
    """What is wrong with what stands behind a word, but for schemas, which are looked at by themselves."""
    if form is Form.REFERENCE:
        return _no_reference(given, root)
    check = WRONG.get(form)
    if check is not None:
        return check(given)
    return None if FITS[form](given) else f"must be {form}"


def _no_types(given: Any) -> str | None:
    words = [given] if isinstance(given, str) else given
    if not _are_names(words) or not words:
        return f"must be {Form.TYPES}, such as string"
    for word in words:
        if word not in TYPES:
            near = nearest_word(word, TYPES)
            meant = f"did you mean '{near}'?" if near else f"known are {', '.join(TYPES)}"
            return f"'{word}' is no type ({meant})"
    return None


def _no_pattern(given: Any) -> str | None:
    if not isinstance(given, str) or not 1 <= len(given) <= LONGEST_PATTERN:
        return f"must be {Form.PATTERN}, of 1 to {LONGEST_PATTERN} characters"
    try:
        compiled(given)
    except ValueError as error:
        return str(error)
    return None


def _no_format(given: Any) -> str | None:
    known = [word.value for word in ValueFormat]
    return None if given in known else f"must be one of {', '.join(known)}; anything else is said by pattern"


def _no_reference(given: Any, root: Mapping[str, Any]) -> str | None:
    named = root.get(DEFINITIONS)
    known = list(named) if isinstance(named, Mapping) else []
    if isinstance(given, str) and REFERRED.fullmatch(given) and given.removeprefix(REFERENCE) in known:
        return None
    there = f"there are {', '.join(known[:12])}" if known else "there are none"
    return f"must be {Form.REFERENCE} ({there}, of letters, digits, ., _ and -): nothing outside is read"


def _are_names(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(one, str) for one in given) and len({*given}) == len(given)


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


WRONG: Mapping[Form, Callable[[Any], str | None]] = {
    Form.TYPES: _no_types,
    Form.PATTERN: _no_pattern,
    Form.FORMAT: _no_format,
}
FITS: Mapping[Form, Callable[[Any], bool]] = {
    Form.SCHEMA: lambda _: True,
    Form.SCHEMAS: lambda given: isinstance(given, list),
    Form.NAMED_SCHEMAS: lambda given: isinstance(given, Mapping),
    Form.NAMES: _are_names,
    Form.VALUES: lambda given: isinstance(given, list) and bool(given),
    Form.ANYTHING: lambda _: True,
    Form.NUMBER: _is_number,
    Form.POSITIVE: lambda given: _is_number(given) and given > 0,
    Form.COUNT: lambda given: _is_number(given) and isinstance(given, int) and 0 <= given <= LONGEST_VALUE,
    Form.FLAG: lambda given: isinstance(given, bool),
    Form.TEXT: lambda given: isinstance(given, str),
    Form.DRAFT: lambda given: given == DRAFT,
}


def _circles(schema: Mapping[str, Any]) -> Iterator[SchemaFault]:
    """A definition that leads to itself without a step into the value would never be done with."""
    named = schema.get(DEFINITIONS)
    if not isinstance(named, Mapping):
        return
    left = {name: {*_in_place(inner)} & named.keys() for name, inner in named.items()}
    while ends := {name for name, others in left.items() if not others}:
        left = {name: others - ends for name, others in left.items() if name not in ends}
    if left:  # who is left leads to others who are left
        way = [min(left)]
        while way[-1] not in way[:-1]:
            way.append(min(left[way[-1]]))
        told = " -> ".join(way[way.index(way[-1]) :])
        message = f"leads to itself ({told}): step into the value between, by properties or items"
        yield SchemaFault((DEFINITIONS, way[-1]), message)


def _in_place(schema: Any) -> Iterator[str]:
    """The names of the definitions that the same value is held to."""
    if not isinstance(schema, Mapping):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield reference.removeprefix(REFERENCE)
    for word in IN_PLACE:
        inner = schema.get(word)
        for one in inner if isinstance(inner, list) else ():
            yield from _in_place(one)

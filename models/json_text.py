"""Parses JSON from outside: as strict as the standard, but able to say what is wrong with a value."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from models.commands.validation import Location
from models.errors import MalformedRequest
from models.faults import Fault

END_OF_KEY = re.compile(rb'"\s*:')
"""Behind each key, and in few texts: a quote before a colon."""

REPEATED_KEY = "value_error.repeated_key"


def repeated_key(loc: Location) -> Fault:
    """What is wrong with a key that stands twice in an object."""
    return Fault(loc, "this key stands twice, and only the last one would count: remove the others", REPEATED_KEY)


def parse_json(text: bytes | str) -> Any:
    """Return the JSON value of `text`. Raises `MalformedRequest`.

    NaN, infinities and lone surrogates, which the standard or a database refuses, pass through here: the
    validation of the command names the field that holds them (422), which a parser cannot.
    """
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise MalformedRequest("The JSON is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeError):
        return _parse_leniently(text)


def repeated_keys(text: bytes, value: Any) -> list[Location]:
    """Where in the JSON `text`, which was read to `value`, a key stands once more: the last one won."""
    if len(END_OF_KEY.findall(text)) == _count_keys(value):
        return []
    try:
        pairs = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return []
    return list(_repeated(pairs, ()))


class _Pairs(list[Any]):
    """The keys and values of an object as they were written."""


def _count_keys(value: Any) -> int:
    """How many keys there are in a value: of a key that stands twice there is one."""
    count, left = 0, [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            count += len(item)
            left += item.values()
        elif isinstance(item, list):
            left += item
    return count


def _repeated(value: Any, loc: Location) -> Iterator[Location]:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, child in value:
            if key in seen:
                yield (*loc, key)
            seen.add(key)
            yield from _repeated(child, (*loc, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _repeated(child, (*loc, index))


def _parse_leniently(text: bytes | str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise MalformedRequest("The JSON is nested too deeply") from None
    except UnicodeDecodeError:
        raise MalformedRequest("The body is not valid UTF-8") from None
    except ValueError as error:
        raise MalformedRequest(f"The body is not valid JSON: {error}") from None

"""What each filter takes from the budget before it does anything, and what kinds of values filters need.

A cost is a bound that is known from the sizes of what the filter is given. The figures were measured with
`benchmarks/templates.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.expressions.budget import ITEM_BYTES, TEXT_BYTES, Budget

MAX_PATH = 2_000
LIST_BYTES = 88
OBJECT_BYTES = 256
VALUE_BYTES = 128
"""Of a value within another one that is made anew."""

HAS_NUL = "makes a text with a NUL character, which cannot be stored"


class FilterError(Exception):
    """A value that a filter cannot take; the message goes on after the filter's name."""


class NothingThere(FilterError):
    """A value in which there is nothing to take: `default` goes on from there."""


def text_of(value: Any) -> str:
    """The text that a value is. Raises `FilterError`."""
    if not isinstance(value, str):
        raise FilterError("needs a text")
    return value


def storable_text(text: str) -> str:
    """A text that a filter has made of another form. Raises `FilterError` where no database can hold it."""
    if "\x00" in text:
        raise FilterError(HAS_NUL)
    return text


def list_of(value: Any) -> list[Any]:
    """The list that a value is. Raises `FilterError`."""
    if not isinstance(value, list):
        raise FilterError("needs a list")
    return value


def object_of(value: Any) -> Mapping[str, Any]:
    """The object that a value is. Raises `FilterError`."""
    if not isinstance(value, dict):
        raise FilterError("needs an object")
    return value


def number_of(value: Any) -> int | float:
    """The number that a value is. Raises `FilterError`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FilterError("needs numbers")
    return value


def whole_number_of(value: Any) -> int:
    """The whole number that a value is. Raises `FilterError`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise FilterError("needs whole numbers")
    return value


def numbers_of(value: Any) -> list[int | float]:
    """The numbers that a list holds. Raises `FilterError`."""
    return [number_of(item) for item in list_of(value)]


def segments_of(path: Any) -> Sequence[str]:
    """The names and indexes of a path. Raises `FilterError`."""
    if len(text_of(path)) > MAX_PATH:
        raise FilterError(f"needs a path of at most {MAX_PATH:,} characters")
    return str(path).split(".")


def written(value: Any) -> str:
    """A value as JSON."""
    return msgspec.json.encode(value).decode()


def text_form(value: Any) -> str:
    """A value within a text: a text is itself, null is nothing, and what else there is is written as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else written(value)


def nothing(_budget: Budget, *_values: Any) -> None:
    """It costs no more than any other part of an expression."""


def copy(budget: Budget, value: Any) -> None:
    """A text that is no longer than the one that is given."""
    text = text_of(value)
    budget.text(len(text), is_ascii=text.isascii())


def case(budget: Budget, value: Any) -> None:
    """A character may become three, and Python writes them at their widest first."""
    text = text_of(value)
    budget.text(len(text), is_ascii=text.isascii())
    if not text.isascii():
        budget.reserve(20 * len(text))
        budget.spend(len(text) // 4)


def search(budget: Budget, text: str, part: str) -> None:
    """To look through a text: for each character as much as the part is long, but for a long part less."""
    budget.spend(1 + len(text) * (4 + min(len(part), 100)) // 128)


def membership(budget: Budget, value: Any, part: Any) -> None:
    """Each item is compared, or the text looked through."""
    if isinstance(value, list):
        budget.spend(len(value) * (2 + comparison(budget, part)))
    elif isinstance(value, str) and isinstance(part, str):
        search(budget, value, part)


def replace(budget: Budget, value: Any, old: Any, new: Any) -> None:
    """What is found is counted before it is replaced."""
    text, part, other = text_of(value), text_of(old), text_of(new)
    if not part:
        return
    search(budget, text, part)
    found = text.count(part)
    budget.spend(found // 4)
    budget.text(len(text) + found * max(0, len(other) - len(part)), is_ascii=text.isascii() and other.isascii())


def split(budget: Budget, value: Any, separator: Any) -> None:
    """The parts are counted before they are made."""
    text, part = text_of(value), text_of(separator)
    if not part:
        return
    search(budget, text, part)
    found = 1 + text.count(part)
    budget.spend(found)
    budget.reserve(found * (TEXT_BYTES + ITEM_BYTES) + (len(text) if text.isascii() else 4 * len(text)))


def join(budget: Budget, value: Any, separator: Any = "") -> None:
    """All items and what is between them; what is no text is written first."""
    items, between = list_of(value), text_of(separator)
    budget.spend(2 * len(items))
    budget.reserve(len(items) * ITEM_BYTES)
    characters, is_ascii = len(between) * max(0, len(items) - 1), between.isascii()
    for item in items:
        if isinstance(item, str):
            characters += len(item)
            is_ascii = is_ascii and item.isascii()
        else:
            size = budget.size(item)
            json(budget, item)
            budget.spend(10)
            characters += size.json
            is_ascii = is_ascii and size.is_ascii
    budget.text(characters, is_ascii=is_ascii)


def json(budget: Budget, value: Any) -> None:
    """The text, and its bytes before that; Python keeps the bytes of texts that are not ASCII."""
    size = budget.size(value)
    budget.spend(size.values // 4 + size.json // 64 + size.digits)
    budget.text(size.json, is_ascii=size.is_ascii)
    budget.reserve(size.json if size.is_ascii else 2 * size.json)


def string(budget: Budget, value: Any) -> None:
    """A text costs nothing."""
    if not isinstance(value, str):
        json(budget, value)


def quote(budget: Budget, value: Any) -> None:
    """A byte becomes three characters, each of them a text on the way."""
    string(budget, value)
    size = budget.size(value).json
    budget.spend(size // 2)
    budget.text(3 * size, is_ascii=True)
    budget.reserve(size * (1 + ITEM_BYTES))


def parse_json(budget: Budget, value: Any) -> None:
    """What the text may hold, by the marks that lists, objects and texts begin with; a number is parsed already."""
    if not isinstance(value, str):
        return
    characters = len(value)
    budget.spend(1 + characters // 32)
    lists, objects, texts, parts = (value.count(mark) for mark in '[{",')
    budget.spend(lists + 2 * objects + texts // 2 + parts)
    budget.reserve(
        (characters if value.isascii() else 9 * characters)
        + lists * LIST_BYTES
        + objects * OBJECT_BYTES
        + texts * TEXT_BYTES // 2
        + parts * (TEXT_BYTES + ITEM_BYTES)
    )


def look_up(budget: Budget, value: Any, path: Any) -> None:
    """A path is split once, and gone for each item."""
    items, segments = list_of(value), segments_of(path)
    budget.spend(len(path) // 16 + len(items) * (2 + 4 * len(segments)))
    budget.reserve(len(items) * ITEM_BYTES + len(segments) * (TEXT_BYTES + ITEM_BYTES))


def where(budget: Budget, value: Any, path: Any, wanted: Any = True) -> None:
    """As `look_up`; what is found is compared with what is wanted."""
    look_up(budget, value, path)
    budget.spend(len(list_of(value)) * (2 + comparison(budget, wanted)))


def comparison(budget: Budget, wanted: Any) -> int:
    """The steps that it takes, at most, to compare a value with another one."""
    if isinstance(wanted, str):
        return 1 + len(wanted) // 128
    if isinstance(wanted, list | dict):
        size = budget.size(wanted)
        return 4 * size.values + size.json // 128
    return 1


def sort(budget: Budget, value: Any) -> None:
    """Each item is compared with others as often as the number of items has binary digits."""
    items = list_of(value)
    rounds = len(items).bit_length()
    budget.spend(3 * len(items))
    characters = sum(len(item) for item in items if isinstance(item, str))
    budget.spend(rounds * (len(items) // 4 + characters // 128))
    budget.reserve(3 * len(items) * ITEM_BYTES)


def extreme(budget: Budget, value: Any) -> None:
    """Each item is looked at."""
    items = list_of(value)
    budget.spend(3 * len(items))
    budget.spend(sum(len(item) for item in items if isinstance(item, str)) // 128)
    budget.reserve(len(items) * ITEM_BYTES)


def unique(budget: Budget, value: Any) -> None:
    """All items are written, and kept for the while; what is within them is made anew, with its numbers alike."""
    items = list_of(value)
    size = budget.size(items)
    budget.spend(4 * len(items) + 4 * size.values + size.json // 16 + size.digits)
    budget.reserve(len(items) * (3 * TEXT_BYTES + 2 * ITEM_BYTES) + 2 * size.json)
    budget.reserve((size.values - len(items)) * VALUE_BYTES)


def parts(budget: Budget, value: Any) -> None:
    """A list of as many places as the object has."""
    count = len(object_of(value))
    budget.spend(count // 4)
    budget.reserve(count * ITEM_BYTES)

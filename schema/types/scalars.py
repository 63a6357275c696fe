"""The custom scalars, each with its specification."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import strawberry
from strawberry.scalars import JSON
from strawberry.schema.types.scalar import DEFAULT_SCALAR_REGISTRY
from strawberry.types.scalar import ScalarDefinition

from models.answer_budget import count_written

CLEARED_BY_NULL = "_cleared_by_null"
"""The attribute of an input that names its fields of which a null says something."""

STOCK_JSON: Any = DEFAULT_SCALAR_REGISTRY[JSON]
"""Strawberry's own, of which only the way into the answer is another one here."""


def write_moment(moment: datetime) -> str:
    """RFC 3339 in UTC with `Z`, as on the REST edge (decision X11)."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_moment(text: str) -> datetime:
    """RFC 3339; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError("this is no moment such as 2026-01-15T10:30:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_json(value: Any) -> msgspec.Raw:
    """A JSON value as it goes into the answer, encoded once and counted. Raises `AnswerTooLarge`."""
    encoded = msgspec.json.encode(value)
    count_written(len(encoded))
    return msgspec.Raw(encoded)


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment in UTC as RFC 3339 writes it: `2026-01-15T10:30:00.123456Z`. An input may have another "
        "offset; without one it is UTC, and a date alone is its first moment.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=write_moment,
        parse_value=read_moment,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description=STOCK_JSON.description,
        specified_by_url=STOCK_JSON.specified_by_url,
        serialize=write_json,
        parse_value=STOCK_JSON.parse_value,
    ),
}


def raw(value: Any) -> Any:
    """An input as plain JSON: what was left out is absent, so that one validator serves both edges.

    A null is as if it were left out, unless it clears (see `input_of`). Within a JSON value it is one more value. An
    underscore at the end of a field's name tells it from a word of Python's.
    """
    if is_dataclass(value):
        return {name.rstrip("_"): raw(item) for name, item in _given(value) if item is not strawberry.UNSET}
    if isinstance(value, list):
        return [raw(item) for item in value]
    return value


def _given(value: Any) -> Iterator[tuple[str, Any]]:
    cleared = getattr(value, CLEARED_BY_NULL, ())
    for field in fields(value):
        item = getattr(value, field.name)
        yield field.name, field.default if item is None and field.name not in cleared else item

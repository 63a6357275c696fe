"""Moments as callers write them: ISO 8601, UTC where no zone is named."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC. A zone can push it past the calendar's first or last year: then it is that end."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return EARLIEST if moment.year == datetime.min.year else LATEST


def spelled(moment: datetime) -> str:
    """A moment in UTC as the API spells it: ISO 8601 with `Z` (decision X11)."""
    return moment.isoformat().replace("+00:00", "Z")


def _read(value: object) -> datetime:
    if isinstance(value, datetime):
        return in_utc(value)
    try:
        return in_utc(datetime.fromisoformat(value if isinstance(value, str) else ""))
    except ValueError:
        raise PydanticCustomError(
            "datetime",
            "must be an ISO 8601 time such as 2026-01-15T10:30:00Z; in a URL the + of a zone is written %2B",
        ) from None


Moment = Annotated[datetime, BeforeValidator(_read)]
"""A field of a command: takes text or a datetime, gives an aware datetime in UTC; else `value_error.datetime`."""

"""Reads the header `Retry-After`, by which a service says when it wants to be asked again."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_DIGITS = 9


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """Seconds from `now`, at least 0, from delta-seconds or an HTTP date; None where the value makes no sense.

    A negative number of seconds, or a date that has passed, is 0.
    """
    value = value.strip()
    digits = value.removeprefix("-")
    if digits.isascii() and digits.isdecimal():
        if len(digits) > MAX_DIGITS:
            return None
        return max(0.0, float(value))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())

"""How long something is kept, in one word: a number with a unit, such as `30d`, or `forever`."""

import re
from datetime import timedelta

FOREVER = "forever"
PATTERN = r"^([1-9][0-9]{0,5}[smhdw]|forever)$"
UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LONGEST = timedelta(days=36_500)

_WORD = re.compile(PATTERN)


def read_period(text: str) -> timedelta | None:
    """The time that a word says; None for `forever`. Raises `ValueError`."""
    if not _WORD.fullmatch(text):
        raise ValueError(f"write a number and s, m, h, d or w, such as 30d, or {FOREVER}; not {text!r}")
    if text == FOREVER:
        return None
    period = int(text[:-1]) * UNITS[text[-1]]
    if period > LONGEST:
        raise ValueError(f"the longest is {LONGEST.days}d; what is never deleted is kept {FOREVER}")
    return period

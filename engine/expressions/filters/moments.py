"""The filters of moments: texts such as `2026-01-15T10:30:00Z`, which without a zone are in UTC."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.expressions.budget import ESCAPED, ITEM_BYTES, Budget
from engine.expressions.filter_costs import FilterError, number_of, text_of
from engine.expressions.filters.definition import Filter
from engine.expressions.kinds import NUMBERS, TEXTS, Kind
from models.periods import UNITS

MAX_FORM = 200
MAX_DATE = 200
WIDTH = re.compile(r"%%|%[^A-Za-z%]*[0-9]")
LEFT_TO_NOBODY_ELSE = re.compile(r"%%|%[YGF]|%[-_+^#]*[EO]*s")
"""What the C library would write in another way: years before 1000 without their zeros, and seconds in the zone of the
machine.
"""
PERIOD = re.compile(r"(-?)((?:\d{1,9}[smhdw])+)", re.ASCII)
PART = re.compile(r"(\d+)([smhdw])", re.ASCII)
MOMENT = "needs a moment such as 2026-01-15T10:30:00Z"
BEYOND = "comes to no moment between the years 1 and 9999"


def _moment(value: Any) -> datetime:
    # Python writes out what it does not take, however long that is.
    if len(text_of(value)) > MAX_DATE:
        raise FilterError(MOMENT)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise FilterError(MOMENT) from None


def spelled(moment: datetime) -> str:
    """A moment as a text, with its zone."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    text = aware.isoformat()
    # Elsewhere it may be part of another zone: +00:00:30 is one.
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text


def _form(form: Any) -> str:
    if len(text_of(form)) > MAX_FORM or any(found != "%%" for found in WIDTH.findall(form)):
        raise FilterError(f"needs a form of at most {MAX_FORM} characters, without widths, such as %d.%m.%Y")
    return str(form)


def _date(value: Any, form: Any = "%Y-%m-%d") -> str:
    checked = _form(form)
    moment = _moment(value)
    try:
        return moment.strftime(LEFT_TO_NOBODY_ELSE.sub(lambda found: _written(found[0], moment), checked))
    except ValueError:
        raise FilterError(MOMENT) from None


def _written(directive: str, moment: datetime) -> str:
    match directive:
        case "%%":
            return directive
        case "%Y":
            return f"{moment.year:04}"
        case "%G":
            return f"{moment.isocalendar().year:04}"
        case "%F":
            return moment.date().isoformat()
        case "%s":
            return str(_seconds(moment))
    raise FilterError("needs %s, the seconds since 1970, with nothing between % and s")


def _seconds(moment: datetime) -> int:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def _to_date(value: Any, form: Any = None) -> str:
    if not isinstance(value, str):
        try:
            return spelled(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number_of(value)))
        except (OverflowError, ValueError):
            raise FilterError(BEYOND) from None
    if form is None:
        return spelled(_moment(value))
    checked = _form(form)
    if len(value) > MAX_DATE:
        raise FilterError(f"needs a date of at most {MAX_DATE} characters")
    try:
        return spelled(datetime.strptime(value, checked))  # in UTC where it says no zone
    except (ValueError, OverflowError, re.error):
        raise FilterError("needs a text in the form that is given, such as %d.%m.%Y") from None


def _add(value: Any, period: Any) -> str:
    try:
        return spelled(_moment(value) + _period(period))
    except OverflowError:
        raise FilterError(BEYOND) from None


def _period(period: Any) -> timedelta:
    if not isinstance(period, str):
        return timedelta(seconds=number_of(period))
    found = PERIOD.fullmatch(period[:MAX_DATE])
    if found is None or len(period) > MAX_DATE:
        raise FilterError("needs numbers with s, m, h, d or w, such as 30d, 1h30m or -2w, or a number of seconds")
    total = sum((int(number) * UNITS[unit] for number, unit in PART.findall(found[2])), timedelta())
    return -total if found[1] else total


def _cost(budget: Budget, _value: Any, form: Any = None) -> None:
    """All are short, or refused; what comes of a directive is at most some tens of characters."""
    written = form if isinstance(form, str) else ""
    budget.spend(20 + len(written) // 4)
    budget.reserve(ESCAPED * ITEM_BYTES * MAX_FORM)


def _cost_of_reading(budget: Budget, value: Any, form: Any = None) -> None:
    """A form is made to a pattern first."""
    _cost(budget, value, form)
    if form is not None:
        budget.spend(40 * min(MAX_FORM, len(text_of(form))))
        budget.reserve(100_000)


MOMENT_FILTERS: Mapping[str, Filter] = {
    "add": Filter(
        about="a moment so much later, or earlier with a `-`: numbers with `s`, `m`, `h`, `d`, `w`, or seconds",
        example="at | add('1d12h')",
        result="2026-01-16T22:30:00Z",
        apply=_add,
        cost=_cost,
        takes=TEXTS,
        gives=Kind.TEXT,
        arguments=(TEXTS | NUMBERS,),
    ),
    "date": Filter(
        about="a moment in another form, of a date by default",
        example="at | date('%d.%m.%Y')",
        result="15.01.2026",
        apply=_date,
        cost=_cost,
        takes=TEXTS,
        gives=Kind.TEXT,
        arguments=(TEXTS,),
        optional=1,
    ),
    "to_date": Filter(
        about="a moment, of a text in a form, or of the seconds since 1970",
        example="'15.01.2026' | to_date('%d.%m.%Y') < at",
        result=True,
        apply=_to_date,
        cost=_cost_of_reading,
        takes=TEXTS | NUMBERS,
        gives=Kind.TEXT,
        arguments=(TEXTS,),
        optional=1,
    ),
}

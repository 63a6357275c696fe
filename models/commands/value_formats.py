"""The formats that a text may be held to, each with the document that says what it is, taken by the letter."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple

from models.commands.mail_addresses import is_address
from models.words import ValueFormat

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

PLAIN = r"[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}"
SEGMENTS = rf"(?:{PLAIN}|[:@/])*"
URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(?://(?:(?:{PLAIN}|:)*@)?(?:\[(?P<ip>[^\]]*)\]|(?:{PLAIN})*)(?::[0-9]*)?(?:/{SEGMENTS})?|(?!//){SEGMENTS})"
    rf"(?:\?(?:{PLAIN}|[:@/?])*)?(?:#(?:{PLAIN}|[:@/?])*)?"
)


class Format(NamedTuple):
    """What a text has to be, how a person is told, and the stable word of the fault."""

    is_met_by: Callable[[str], bool]
    told: str
    word: str
    example: str


def is_date(text: str) -> bool:
    """A `full-date` of RFC 3339."""
    return DATE.fullmatch(text) is not None and _is_real(date.fromisoformat, text)


def is_date_time(text: str) -> bool:
    """A `date-time` of RFC 3339, with its offset; no leap second, which no clock here can tell."""
    found = DATE_TIME.fullmatch(text)
    return found is not None and _is_real(datetime.fromisoformat, f"{found[1]}T{found[2]}")


def is_email(text: str) -> bool:
    """An address that mail goes out to here, whose local part is a `Dot-string` of RFC 5321."""
    return is_address(text) and all(text.rpartition("@")[0].split("."))


def is_uri(text: str) -> bool:
    """A `URI` of RFC 3986: with a scheme, in ASCII, and all else percent-encoded."""
    found = URI.fullmatch(text)
    if found is None:
        return False
    try:
        return found["ip"] is None or ("%" not in found["ip"] and IPv6Address(found["ip"]) is not None)
    except AddressValueError:
        return False


def is_uuid(text: str) -> bool:
    """The text of RFC 9562, in either case."""
    return UUID.fullmatch(text) is not None


def _is_real(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


FORMATS: Mapping[ValueFormat, Format] = {
    ValueFormat.DATE: Format(is_date, "a date", "value_error.date", "2026-02-28"),
    ValueFormat.DATE_TIME: Format(
        is_date_time, "a date and time with its offset", "value_error.datetime", "2026-02-28T12:30:00Z"
    ),
    ValueFormat.EMAIL: Format(is_email, "an email address", "value_error.email", "ada@example.org"),
    ValueFormat.URI: Format(is_uri, "a URI", "value_error.url", "https://example.org/a"),
    ValueFormat.UUID: Format(is_uuid, "a UUID", "value_error.uuid", "0b9f4c3e-6a5d-4e8f-9a1b-2c3d4e5f6a7b"),
}

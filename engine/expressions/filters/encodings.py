"""The filters that encode a text for where it goes, and that sign it."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from engine.expressions import filter_costs as costs
from engine.expressions.budget import Budget
from engine.expressions.filter_costs import FilterError, storable_text, text_form, text_of
from engine.expressions.filters.definition import Filter
from engine.expressions.kinds import ANYTHING, TEXTS, Kind

URL_SAFE = str.maketrans("-_", "+/")
FORMS = ("hex", "base64")


def _base64(value: Any) -> str:
    return base64.b64encode(text_of(value).encode()).decode()


def _unbase64(value: Any) -> str:
    text = text_of(value).translate(URL_SAFE).rstrip("=")
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        raise FilterError("needs base64 of a text in UTF-8") from None
    return storable_text(decoded)


def _sha256(value: Any) -> str:
    return hashlib.sha256(text_of(value).encode()).hexdigest()


def _hmac(value: Any, key: Any, form: Any = "hex") -> str:
    if form not in FORMS:
        raise FilterError(f"gives {' or '.join(map(repr, FORMS))}")
    signed = hmac.digest(text_of(key).encode(), text_of(value).encode(), "sha256")
    return signed.hex() if form == "hex" else base64.b64encode(signed).decode()


def _cost_of_base64(budget: Budget, value: Any) -> None:
    """Its bytes, and four characters for three of them, first as bytes."""
    size = _bytes(value)
    budget.spend(size // 64)
    budget.text(4 + size * 4 // 3, is_ascii=True)
    budget.reserve(size + size * 4 // 3)


def _cost_of_unbase64(budget: Budget, value: Any) -> None:
    """Texts and bytes on the way, none of them longer than what is given."""
    costs.copy(budget, value)
    budget.spend(len(value) // 16)
    budget.reserve(4 * _bytes(value))


def _cost_of_digest(budget: Budget, value: Any, *others: Any) -> None:
    """What is short is made of bytes that are all looked at."""
    for text in (value, *others):
        size = _bytes(text)
        budget.spend(20 + size // 16)
        budget.reserve(size + 200)


def _bytes(value: Any) -> int:
    """At most."""
    text = text_of(value)
    return len(text) if text.isascii() else 4 * len(text)


ENCODING_FILTERS: Mapping[str, Filter] = {
    "base64": Filter(
        about="base64 of a text in UTF-8",
        example="name | base64",
        result="QWRh",
        apply=_base64,
        cost=_cost_of_base64,
        takes=TEXTS,
        gives=Kind.TEXT,
    ),
    "hmac": Filter(
        about="HMAC-SHA256 with a key, which may be a secret; in `'hex'`, or in `'base64'`",
        example="name | hmac('key', 'base64')",
        result="wGY0K3bHdU+Aaisvd5sIXEmf4+S52SD5YgyPEJEfbb4=",
        apply=_hmac,
        cost=_cost_of_digest,
        takes=TEXTS,
        gives=Kind.TEXT,
        arguments=(TEXTS, TEXTS),
        optional=1,
    ),
    "path": Filter(
        about="for a path of a URL: percent-encoded, slashes kept",
        example="file | path",
        result="reports/May%201.pdf",
        apply=lambda value: quote(text_form(value), safe="/"),
        cost=costs.quote,
        takes=ANYTHING,
        gives=Kind.TEXT,
    ),
    "sha256": Filter(
        about="SHA-256 of a text in UTF-8, in hex",
        example="name | sha256",
        result="99a563ab2f6e21e96998f9fddd2a2bab82b70ac019579502b8d7fc0032ff62bb",
        apply=_sha256,
        cost=_cost_of_digest,
        takes=TEXTS,
        gives=Kind.TEXT,
    ),
    "unbase64": Filter(
        about="the text of which it is base64, the form for URLs too",
        example="'QWRh' | unbase64 == name",
        result=True,
        apply=_unbase64,
        cost=_cost_of_unbase64,
        takes=TEXTS,
        gives=Kind.TEXT,
    ),
    "urlencode": Filter(
        about="percent-encoded, slashes too",
        example="file | urlencode",
        result="reports%2FMay%201.pdf",
        apply=lambda value: quote(text_form(value), safe=""),
        cost=costs.quote,
        takes=ANYTHING,
        gives=Kind.TEXT,
    ),
}

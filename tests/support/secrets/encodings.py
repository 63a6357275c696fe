"""The encodings in which a service may give a value back."""

import base64
import html
import json
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus


def percent_everything(value: str) -> str:
    """In a URL, the harmless letters too."""
    return "".join(f"%{byte:02x}" for byte in value.encode())


def shifted(shift: int, urlsafe: bool = False) -> Callable[[str], str]:
    """In base64 behind so many other bytes, and before some."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return lambda value: encode(b"k:="[:shift] + value.encode() + b"end").decode()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "swapped": str.swapcase,
    "json": lambda value: json.dumps(value)[1:-1],
    "json in unicode": lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    "json with slashes": lambda value: json.dumps(value)[1:-1].replace("/", "\\/"),
    "json of .NET": lambda value: json.dumps(value)[1:-1].replace("&", "\\u0026").replace("<", "\\u003C"),
    "json in json": lambda value: json.dumps(json.dumps(value)),
    "percent": lambda value: quote(value, safe=""),
    "path": quote,
    "form": quote_plus,
    "lower percent": lambda value: quote(value, safe="").replace("%2F", "%2f").replace("%C3%A9", "%c3%a9"),
    "percent in percent": lambda value: quote(quote(value, safe=""), safe=""),
    "every byte": percent_everything,
    "html": html.escape,
    "html numbers": lambda value: "".join(f"&#{ord(letter)};" for letter in value),
    "html of json": lambda value: html.escape(json.dumps(value)),
    "escaped letters": lambda value: "".join(f"\\u{ord(letter):04x}" for letter in value if ord(letter) < 0xFFFF),
    "repr": repr,
    "repr of bytes": lambda value: repr(value.encode()),
    "base64": shifted(0),
    "base64 shifted by 1": shifted(1),
    "base64 shifted by 2": shifted(2),
    "base64url": shifted(0, urlsafe=True),
    "base64url shifted by 1": shifted(1, urlsafe=True),
    "base64url shifted by 2": shifted(2, urlsafe=True),
    "base64 in lines": lambda value: base64.encodebytes(b"0" * 50 + value.encode()).decode(),
    "base64 in a query": lambda value: quote(shifted(1)(value), safe=""),
    "base64 of percent": lambda value: shifted(1)(quote(value, safe="")),
    "base64 of a path": lambda value: shifted(2)(quote(value)),
    "base64 of json": lambda value: shifted(1)(json.dumps(value)),
    "sql": lambda value: value.replace("'", "''"),
    "csv": lambda value: value.replace('"', '""'),
    "shell": shlex.quote,
    "escaped letters in percent": lambda value: quote("".join(f"\\u{ord(letter):04x}" for letter in value), safe=""),
    "html numbers in percent": lambda value: quote("".join(f"&#{ord(letter)};" for letter in value), safe=""),
    "html numbers in json": lambda value: "".join(f"\\u0026#{ord(letter)};" for letter in value),
    "percent in json": lambda value: percent_everything(value).replace("%", "\\u0025"),
    "hex": lambda value: value.encode().hex(),
    "upper hex": lambda value: value.encode().hex().upper(),
}

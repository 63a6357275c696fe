"""What a request carries: the pairs of its query, and its body in one of the encodings, made of JSON values."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Literal, assert_never
from urllib.parse import urlencode

import msgspec

Encoding = Literal["json", "form", "text", "multipart", "bytes"]
"""How a JSON value becomes the body of a request."""

JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
FILE_KEYS = frozenset({"filename", "content_type", "text", "base64"})
IN_QUOTES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
PRINTABLE = re.compile(r"[\x20-\x7e]+")


class BadContent(ValueError):
    """A value that cannot be sent in its encoding; the message says what it has to be."""


class Content(msgspec.Struct, frozen=True):
    """A body as it is sent, and its media type."""

    data: bytes
    media_type: str


def json_content(value: Any) -> Content:
    """The body of a request in JSON."""
    return Content(msgspec.json.encode(value), JSON)


def encoded(value: Any, encoding: Encoding) -> Content:
    """A value as the body of a request. Raises `BadContent`."""
    match encoding:
        case "json":
            return json_content(value)
        case "form":
            return Content(urlencode(list(pairs(_object(value)))).encode(), FORM)
        case "multipart":
            return _multipart(_object(value))
        case "text":
            return Content(_text(value).encode(), "text/plain; charset=utf-8")
        case "bytes":
            return Content(_decoded(_text(value)), "application/octet-stream")
        case _:
            assert_never(encoding)


def pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The values of a query or a form: a list repeats its key, null is left out, what is no text is JSON."""
    for key, value in values.items():
        for one in value if isinstance(value, list) else (value,):
            if one is not None:
                yield key, written(one)


def with_query(url: str, *queries: Mapping[str, Any]) -> str:
    """The URL with more in its query. What it has stays as it is written."""
    more = urlencode([pair for query in queries for pair in pairs(query)])
    if not more:
        return url
    mark = "?" if "?" not in url else "" if url.endswith(("?", "&")) else "&"
    return f"{url}{mark}{more}"


def written(value: Any) -> str:
    """A value as it stands in a query or a form."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def contradiction(content_type: str, encoding: Encoding) -> str | None:
    """Why a body in an encoding is not what a `Content-Type` says of it; None where it is."""
    media_type = content_type.partition(";")[0].strip().lower()
    charset = CHARSET.search(content_type)
    if charset is not None and encoding != "bytes" and charset[1].lower() not in UTF_8:
        return f"says {charset[1][:40]}, and the body is sent in UTF-8: send it with encoding: bytes"
    match encoding:
        case "json":
            is_right = media_type in (JSON, "text/json") or media_type.endswith("+json")
        case "form":
            is_right = media_type == FORM
        case "multipart":
            is_right = content_type.strip().lower() == MULTIPART
        case "text" | "bytes":
            is_right = media_type != MULTIPART
        case _:
            assert_never(encoding)
    return None if is_right else f"says {content_type[:100]}, and the body is sent as {encoding}: {_advice(media_type)}"


def _advice(media_type: str) -> str:
    if media_type == FORM:
        return "add encoding: form"
    if media_type == MULTIPART:
        return "add encoding: multipart, and leave the header to it"
    return "add encoding: text, or bytes, or leave the header out"


def _object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise BadContent("must be an object: its keys are the names of the fields")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise BadContent("must be a text (write '| string' or '| json' at the end of the expression)")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadContent(f"must be base64: {error}") from None


def _multipart(fields: Mapping[str, Any]) -> Content:
    """Its boundary comes from what it parts, so that each attempt sends the same, and is in none of it."""
    parts = [
        _part(name, one)
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else (value,))
        if one is not None
    ]
    boundary = sha256(b"".join(parts)).hexdigest()[:40].encode()
    data = b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts) + b"--%b--\r\n" % boundary
    return Content(data, f"{MULTIPART}; boundary={boundary.decode()}")


def _part(name: str, value: Any) -> bytes:
    head = f'Content-Disposition: form-data; name="{name.translate(IN_QUOTES)}"'
    if not isinstance(value, dict):
        return f"{head}\r\n\r\n{written(value)}".encode()
    if "filename" not in value:
        return f"{head}\r\nContent-Type: {JSON}\r\n\r\n{written(value)}".encode()
    kind, content = _file(name, value)
    head = f'{head}; filename="{_text(value["filename"]).translate(IN_QUOTES)}"\r\nContent-Type: {kind}\r\n\r\n'
    return head.encode() + content


def _file(name: str, value: Mapping[str, Any]) -> tuple[str, bytes]:
    """The media type of a file and what is in it."""
    contents = [key for key in ("text", "base64") if key in value]
    if len(contents) != 1 or not FILE_KEYS.issuperset(value):
        raise BadContent(f"field '{name}' must be {{filename, content_type, text}}, or base64 in the place of text")
    is_text = contents == ["text"]
    kind = value.get("content_type") or ("text/plain; charset=utf-8" if is_text else "application/octet-stream")
    if not isinstance(kind, str) or not PRINTABLE.fullmatch(kind):
        raise BadContent(f"the content_type of field '{name}' must be a media type such as text/csv")
    text = _text(value[contents[0]])
    return kind, text.encode() if is_text else _decoded(text)

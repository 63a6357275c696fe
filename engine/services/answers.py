"""Reads what a service answered: its body as JSON or text, and of its headers those that are kept with it."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from engine.core.storable import may_have_faults
from engine.core.truncation import MAX_RESPONSE_BYTES, cut
from engine.services.outbound import Reply
from models.commands.validation import BAD_TEXT, json_faults

JSON_TYPES = frozenset({"", "application/json", "text/json"})
OF_NAMES = frozenset({"idna", "punycode"})
"""The encodings of host names, which are decoded in the square of their length."""

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Those of UTF-32 before those of UTF-16, one of which they begin with."""

OF_THE_CONNECTION = re.compile(
    r"accept-ranges|access-control-.*|age|alt-svc|cf-.*|connection|content-(?:encoding|length|security-policy.*)"
    r"|cross-origin-.*|date|keep-alive|nel|p3p|permissions-policy|pragma|proxy-.*|referrer-policy|report(?:ing|-).*"
    r"|server|server-timing|strict-transport-security|te|trailer|transfer-encoding|upgrade|vary|via"
    r"|x-(?:cache.*|content-type-options|frame-options|powered-by|xss-protection)"
)
"""What is said to the connection, to caches and to browsers, and to no workflow."""

CREDENTIAL = re.compile(
    r"auth|cookie|credential|csrf|xsrf|nonce|passw|secret|session|signature|api-?key|access-?key|token"
)
PAGING = re.compile(r"page|paging|continuation|cursor|next")
"""A token that says where to go on is none that lets anybody in."""

MAX_HEADERS = 40
MAX_VALUE = 2_048
MAX_HEADERS_BYTES = 8_192


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer that go into the journal, by their names in lower case.

    None that may be a credential, or says nothing to a workflow; what is too long is left out, and not cut: half a URL
    is another one.
    """
    kept: dict[str, str] = {}
    room = MAX_HEADERS_BYTES
    for name, value in headers.items():
        size = len(name) + len(value)
        if len(kept) < MAX_HEADERS and len(value) <= MAX_VALUE and size <= room and _is_kept(name.lower()):
            kept[BAD_TEXT.sub("\ufffd", name.lower())] = BAD_TEXT.sub("\ufffd", value)
            room -= size
    return kept


def _is_kept(name: str) -> bool:
    if OF_THE_CONNECTION.fullmatch(name):
        return False
    return PAGING.search(name) is not None or CREDENTIAL.search(name) is None


def parsed_body(reply: Reply, limit: int = MAX_RESPONSE_BYTES) -> Any:
    """The body as JSON where it says that it is JSON or says nothing, else as text; null where it is empty.

    `limit` is how many bytes of it were asked for.
    """
    if not reply.content:
        return None
    if reply.is_cut:
        return cut(_text(reply), limit)
    if reply.media_type in JSON_TYPES or reply.media_type.endswith("+json"):
        for content in _readings(reply):
            with suppress(msgspec.DecodeError, ValueError, RecursionError):
                value = msgspec.json.decode(content)
                # What could not be stored, or would be too deep for a later walk, is kept as text.
                return _text(reply) if may_have_faults(content) and any(json_faults(value, ())) else value
    return _text(reply)


def _readings(reply: Reply) -> Iterator[bytes]:
    """The body in UTF-8, as JSON is read: as it is, as it says itself, as the answer says, and as its zeros show."""
    yield reply.content
    for encoding in (_marked(reply.content), _charset(reply.encoding), json.detect_encoding(reply.content)):
        if encoding is not None:
            with suppress(ValueError):
                yield reply.content.decode(encoding).encode()


def _text(reply: Reply) -> str:
    encoding = _marked(reply.content) or _charset(reply.encoding) or "utf-8"
    try:
        text = reply.content.decode(encoding, errors="replace")
    except ValueError:  # it cannot replace
        text = reply.content.decode("utf-8", errors="replace")
    return BAD_TEXT.sub("\ufffd", text)


def _marked(content: bytes) -> str | None:
    """The encoding that the first bytes say."""
    return next((encoding for mark, encoding in BYTE_ORDER_MARKS if content.startswith(mark)), None)


def _charset(name: str) -> str | None:
    """The encoding by a charset's name; None where there is none such, or it takes more time the longer a text is."""
    try:
        known = codecs.lookup(name)
        b"+".decode(known.name, errors="replace")
    except (LookupError, ValueError):
        return None
    return None if known.name in OF_NAMES else known.name

"""The bytes of a fetched document, and their way to text: size, media type and encoding."""

import codecs
from dataclasses import dataclass
from typing import Final

from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE, HTTP_415_UNSUPPORTED_MEDIA_TYPE

MAX_BYTES: Final = 2 * 1024 * 1024

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Python also calls escapes and domain-name schemes encodings; a server may not choose those.
_DECLARABLE = frozenset(
    codecs.lookup(name).name
    for name in (
        "ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "iso8859-2", "iso8859-15",
        "cp1250", "cp1251", "cp1252", "koi8-r", "shift_jis", "euc_jp", "gb2312", "gbk", "gb18030", "big5",
        "euc_kr",
    )
)  # fmt: skip
_TEXTUAL_APPLICATIONS = frozenset(
    f"application/{name}" for name in ("json", "xml", "xhtml+xml", "yaml", "x-yaml", "toml", "javascript")
)


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a document, the address it can be fetched from again, and what it claims to be."""

    data: bytes
    url: str
    media_type: str
    encoding: str | None


def is_textual(media_type: str) -> bool:
    """Whether a media type (lower case, without parameters) promises text."""
    return (
        media_type.startswith("text/") or media_type in _TEXTUAL_APPLICATIONS or media_type.endswith(("+xml", "+json"))
    )


def decode_text(data: bytes, declared: str | None) -> tuple[str, str]:
    """Return the text and the encoding used: a byte order mark wins, then `declared`, then UTF-8.

    Raises HTTPException 415 where the bytes are not text in that encoding.
    """
    encoding = _choose_encoding(data, declared)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _not_text(f"is not valid {encoding} text (byte {error.start})") from error
    if "\x00" in text:
        raise _not_text("holds null characters, so it is binary and not text")
    return text, encoding


def check_size(size: int) -> None:
    """Raise HTTPException 413 where a source has more bytes than the service reads."""
    if size > MAX_BYTES:
        raise HTTPException(
            f"The source is larger than {MAX_BYTES} bytes", status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE
        )


def refuse_media_type(media_type: str) -> HTTPException:
    """The 415 for a source that announces something other than text."""
    return _not_text(f"has the media type {media_type}, which is not text")


def _choose_encoding(data: bytes, declared: str | None) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    if declared is None:
        return "utf-8"
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        name = ""
    if name not in _DECLARABLE:
        raise _not_text(f"declares the unknown encoding {declared!r}")
    return name


def _not_text(reason: str) -> HTTPException:
    return HTTPException(f"The source {reason}", status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)

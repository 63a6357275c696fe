"""The document source of the demo: an HTTP service that reads a URL or a file and answers with its text."""

import asyncio
import hashlib
import re
from pathlib import Path

import httpx
import msgspec
from litestar import Litestar, post
from litestar.exceptions import HTTPException
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from app.demo.analysis.parsing import parse_document
from app.demo.confined_folder import ConfinedFolder
from app.demo.fetched_text import Source, decode_text
from app.demo.file_source import read_file_source
from app.demo.http_edge import BODY_FAULT_ANSWERS, report_health
from app.demo.web_source import open_client, origin_of, parse_web_url, read_web_source

_LARGEST_BODY_BYTES = 128 * 1024
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*+):")


class FetchRequest(msgspec.Struct):
    """Which document to read: an http(s) URL, a `file:` URL, or a path relative to the documents folder."""

    url: str


class SourceMetadata(msgspec.Struct):
    """What is known about a document; `size` is in bytes, `url` fetches the same document again."""

    url: str
    media_type: str
    encoding: str
    size: int
    lines: int
    title: str | None
    sha256: str


class FetchAnswer(msgspec.Struct):
    """A document's text and what is known about it."""

    content: str
    metadata: SourceMetadata


def create_source_agent(
    allowed_folder: Path,
    transport: httpx.AsyncBaseTransport | None = None,
    allowed_origins: frozenset[str] = frozenset(),
    deadline_seconds: float = 15.0,
) -> Litestar:
    """Build the source agent: `POST /fetch` with `{"url"}` answers `{"content", "metadata"}`; `GET /health`.

    Files come from `allowed_folder` alone, web pages from `allowed_origins` alone (such as
    "http://127.0.0.1:8080"; by default none, so that the agent cannot be made to probe a network). Nothing
    over 2 MiB is read and no web source may take longer than `deadline_seconds`. `transport` replaces the
    network.

    Errors are `{"status_code", "detail"}`: 400 malformed JSON, 403 not allowed, 404 missing, 413 too large,
    415 not text, 422 bad URL, 502 unreachable, 504 too slow. Raises NotADirectoryError for a missing folder
    and ValueError for an origin that is none.
    """
    folder = ConfinedFolder(allowed_folder)
    origins = frozenset(_normalise_origin(origin) for origin in allowed_origins)
    client = open_client(transport)

    @post("/fetch", status_code=HTTP_200_OK)
    async def fetch(data: JSONBody[FetchRequest]) -> FetchAnswer:
        if _is_web(data.url):
            source = await read_web_source(client, origins, data.url, deadline_seconds)
        else:
            source = await asyncio.to_thread(read_file_source, folder, data.url)
        return await asyncio.to_thread(_answer, source)

    return Litestar(
        [fetch, report_health],
        exception_handlers=BODY_FAULT_ANSWERS,
        on_shutdown=[client.aclose],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=_LARGEST_BODY_BYTES,
    )


def _normalise_origin(origin: str) -> str:
    try:
        url = parse_web_url(origin)
    except HTTPException as error:
        raise ValueError(error.detail) from error
    if url.raw_path != b"/" or url.fragment:
        raise ValueError(f"{origin!r} is not an origin; leave out everything after the port")
    return origin_of(url)


def _is_web(url: str) -> bool:
    """Whether the URL is for the web and not for the folder; HTTPException 422 where it is for neither."""
    if not url.strip() or "\x00" in url:
        message = "url: must not be empty or hold a null character"
        raise HTTPException(message, status_code=HTTP_422_UNPROCESSABLE_ENTITY)
    scheme = _SCHEME.match(url)
    name = scheme[1].lower() if scheme else "file"
    if name not in ("http", "https", "file"):
        message = f"url: the scheme {name!r} is not supported; use http, https, file or a relative path"
        raise HTTPException(message, status_code=HTTP_422_UNPROCESSABLE_ENTITY)
    return name != "file"


def _answer(source: Source) -> FetchAnswer:
    text, encoding = decode_text(source.data, source.encoding)
    document = parse_document(text)
    metadata = SourceMetadata(
        url=source.url,
        media_type=source.media_type,
        encoding=encoding,
        size=len(source.data),
        lines=document.lines,
        title=document.title,
        sha256=hashlib.sha256(source.data).hexdigest(),
    )
    return FetchAnswer(text, metadata)

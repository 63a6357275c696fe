"""Reads a document over HTTP, from the origins that were explicitly allowed."""

import asyncio

import httpx
from litestar.exceptions import HTTPException
from litestar.status_codes import (
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_415_UNSUPPORTED_MEDIA_TYPE,
    HTTP_422_UNPROCESSABLE_ENTITY,
    HTTP_502_BAD_GATEWAY,
    HTTP_504_GATEWAY_TIMEOUT,
)

from app.demo.fetched_text import Source, check_size, is_textual, refuse_media_type

# Compressed answers are declined, so a small body cannot unfold into a huge one.
_HEADERS = {"accept": "text/*, application/json", "accept-encoding": "identity"}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_GONE = frozenset({404, 410})


def open_client(transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    """A client that follows no redirect, reads no proxy settings and keeps no idle connection."""
    return httpx.AsyncClient(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        timeout=None,  # noqa: S113 - read_web_source sets one deadline over the whole exchange
        headers=_HEADERS,
        limits=httpx.Limits(max_connections=20, max_keepalive_connections=0),
    )


def parse_web_url(url: str) -> httpx.URL:
    """Parse an http(s) URL; raises HTTPException 422 where host or port are wrong or it carries a password."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        message = f"{url[:200]!r} is not a valid URL: {error}"
        raise HTTPException(message, status_code=HTTP_422_UNPROCESSABLE_ENTITY) from error
    # The parser accepts ports that no connection can use.
    is_port = parsed.port is None or 0 < parsed.port < 65_536
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.host or not is_port:
        message = f"{url[:200]!r} is not an http or https URL with a host and a valid port"
        raise HTTPException(message, status_code=HTTP_422_UNPROCESSABLE_ENTITY)
    if parsed.userinfo:
        raise HTTPException(
            "A URL with a user name or password is not accepted", status_code=HTTP_422_UNPROCESSABLE_ENTITY
        )
    return parsed


def origin_of(url: httpx.URL) -> str:
    """The normal form `scheme://host:port`, with the port always present."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}:{url.port or _DEFAULT_PORTS[url.scheme]}"


async def read_web_source(
    client: httpx.AsyncClient, allowed_origins: frozenset[str], url: str, deadline_seconds: float
) -> Source:
    """Read one URL within a deadline in seconds that covers connecting, waiting and reading.

    Raises HTTPException: 403 origin not allowed, 404 missing upstream, 413 too large, 415 not text,
    422 bad URL, 502 upstream unreachable or answering with a redirect or an error, 504 deadline passed.
    """
    parsed = parse_web_url(url)
    origin = origin_of(parsed)
    if origin not in allowed_origins:
        message = f"{origin} is not an allowed origin; start the source agent with it in allowed_origins"
        raise HTTPException(message, status_code=HTTP_403_FORBIDDEN)
    try:
        async with asyncio.timeout(deadline_seconds), client.stream("GET", parsed) as response:
            return await _read(response)
    except TimeoutError as error:
        message = f"{origin} did not deliver within {deadline_seconds:g} seconds"
        raise HTTPException(message, status_code=HTTP_504_GATEWAY_TIMEOUT) from error
    except httpx.HTTPError as error:
        message = f"{origin} could not be read: {str(error) or type(error).__name__}"
        raise HTTPException(message, status_code=HTTP_502_BAD_GATEWAY) from error


async def _read(response: httpx.Response) -> Source:
    _check_status(response)
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type and not is_textual(content_type):
        raise refuse_media_type(content_type)
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        message = "The source insists on a compressed answer, which is not accepted"
        raise HTTPException(message, status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        check_size(len(data))
    return Source(bytes(data), str(response.url), content_type or "text/plain", response.charset_encoding or None)


def _check_status(response: httpx.Response) -> None:
    if response.is_success:
        return
    if response.status_code in _GONE:
        raise HTTPException(f"{response.url} does not exist", status_code=HTTP_404_NOT_FOUND)
    message = f"{response.url} answered {response.status_code}"
    if response.has_redirect_location:
        message += f"; redirects are not followed, fetch {response.headers['location'][:200]!r} itself"
    raise HTTPException(message, status_code=HTTP_502_BAD_GATEWAY)

"""The only HTTP client: one pool for the process, a total deadline, a cap on decoded bytes, no redirects."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
import msgspec
from aiohttp.connector import Connection

from engine.core.failure import ActionFailed
from engine.core.truncation import MAX_RESPONSE_BYTES
from engine.services.aiohttp_transport import VerbatimSession, aiohttp_transport
from engine.services.content_coding import BadCoding, Decoder
from engine.services.contents import Content
from models.commands.validation import BAD_TEXT
from models.words import ActionErrorCode

KEEP_ALIVE_SECONDS = 4.0
"""Shorter than the 5 s after which common servers close: a call then seldom meets a connection that just went."""


MAX_REASON = 500


class Reply(msgspec.Struct, frozen=True):
    """What a service answered: `content` is no more of the decoded body than was asked for.

    `encoding` is the charset that it says, or empty; `retry_after` is that header as it came, or empty.
    """

    status: int
    media_type: str
    encoding: str
    content: bytes
    is_cut: bool
    retry_after: str = ""
    headers: Mapping[str, str] = {}


class _Response(aiohttp.ClientResponse):
    """An answer without its reason phrase: nobody reads it, and the transport fails on one that is no UTF-8."""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read the head of the answer."""
        await super().start(connection)
        self.reason = None
        return self


def default_transport(
    make_socket: Callable[[aiohttp.AddrInfoType], socket.socket] | None = None,
) -> httpx.AsyncBaseTransport:
    """The transport to registered services; `make_socket` may refuse where a connection leads.

    There is no common limit of connections, or a service that hangs could take those of all others: each service's
    gate lets `max_concurrency` calls through.
    """

    def session() -> aiohttp.ClientSession:
        return VerbatimSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, socket_factory=make_socket),
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=_Response,
        )

    return aiohttp_transport(session)


class Outbound:
    """Calls services. The transport is injected; nothing of one call is kept for the next but connections."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(None),  # httpx counts single reads; `call` bounds the whole exchange
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout_seconds: float,
        content: Content | None = None,
        max_bytes: int = MAX_RESPONSE_BYTES,
    ) -> Reply:
        """Send one request and return its answer, whatever its status, with at most `max_bytes` of its decoded body.

        Where the headers say nothing of the type of its `content`, that is the content's own.
        Raises `ActionFailed` with TIMEOUT after `timeout_seconds` in total, however slowly bytes drip in, with
        CONNECTION_ERROR where no whole answer came (`repeatable` where nothing can have been sent), and with
        INVALID_RESPONSE where the body cannot be decoded.
        """
        request = self._request(method, url, content, headers)
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._exchange(request, max_bytes)
        except TimeoutError:
            raise ActionFailed(
                ActionErrorCode.TIMEOUT,
                f"{method} {url} gave no whole answer within {timeout_seconds:g} s",
                retryable=True,
            ) from None
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            raise ActionFailed(
                ActionErrorCode.CONNECTION_ERROR,
                f"{method} {url} failed: {_reason(error)}",
                retryable=True,
                repeatable=_never_connected(error),
            ) from error
        except BadCoding as error:
            raise ActionFailed(ActionErrorCode.INVALID_RESPONSE, f"{method} {url} was answered, but {error}") from None

    def _request(self, method: str, url: str, content: Content | None, headers: Mapping[str, str]) -> httpx.Request:
        sent = httpx.Headers({} if content is None else {"content-type": content.media_type})
        sent.update(headers)
        sent["accept-encoding"] = "gzip"
        return self._client.build_request(method, url, content=None if content is None else content.data, headers=sent)

    async def _exchange(self, request: httpx.Request, max_bytes: int) -> Reply:
        response = await self._client.send(request, stream=True)
        try:
            content = await _decoded(response, max_bytes + 1)
        finally:
            await response.aclose()
        return Reply(
            status=response.status_code,
            media_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
            encoding=response.charset_encoding or "",
            content=content[:max_bytes],
            is_cut=len(content) > max_bytes,
            retry_after=response.headers.get("retry-after", ""),
            headers=response.headers,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


async def _decoded(response: httpx.Response, limit: int) -> bytes:
    """The first `limit` decoded bytes of the body; no more is read than it takes to get them."""
    decoder = Decoder(response.headers.get("content-encoding", "").strip().lower())
    content = bytearray()
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  # the response of an asynchronous client
    async for chunk in response.stream:
        content += decoder.decode(chunk, limit - len(content))
        if len(content) == limit:
            return bytes(content)
    decoder.finish()
    return bytes(content)


def _reason(error: Exception) -> str:
    """What went wrong, in text that can be stored: it may quote what the service sent."""
    if isinstance(error.__cause__, aiohttp.ServerDisconnectedError):
        return "the service closed the connection before it had answered"
    said = BAD_TEXT.sub("\ufffd", str(error))
    return said[:MAX_REASON] + "..." * (len(said) > MAX_REASON) or type(error).__name__


def _never_connected(error: Exception) -> bool:
    """Whether no connection came about. The transport maps what aiohttp raises to words that are less exact."""
    return isinstance(error, httpx.ConnectError) or isinstance(error.__cause__, aiohttp.ClientConnectorError)

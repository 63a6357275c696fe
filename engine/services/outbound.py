"""The only way to services: one pool for the process, a total deadline, a cap on decoded bytes, no redirects."""

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Set
from contextlib import asynccontextmanager

import aiohttp
import httpx
import msgspec
from aiohttp.connector import Connection

from engine.core.failure import ActionFailed
from engine.core.truncation import MAX_RESPONSE_BYTES
from engine.services.aiohttp_transport import VerbatimSession, aiohttp_transport
from engine.services.content_coding import BadCoding, Decoder
from engine.services.contents import Content
from engine.services.registry import Proxy, Route
from engine.services.routed_transports import RoutedTransports
from models.commands.validation import BAD_TEXT
from models.words import ActionErrorCode

OWN_HEADERS = {"accept": "*/*", "user-agent": "orchestrator"}
"""What a call says of itself, unless it is given other words for it."""

KEEP_ALIVE_SECONDS = 4.0
"""Shorter than the 5 s after which common servers close: a call then seldom meets a connection that just went."""


MAX_REASON = 500
PROXY_ERRORS = (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError)


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
        self.reason = ""
        return self


def default_transport(
    make_socket: Callable[[aiohttp.AddrInfoType], socket.socket] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    proxy: Proxy | None = None,
) -> httpx.AsyncBaseTransport:
    """The transport to registered services; `make_socket` may refuse where a connection leads.

    Without `tls` certificates are judged by those that the machine trusts, and we show none.

    There is no common limit of connections, or a service that hangs could take those of all others: each service's
    gate lets `max_concurrency` calls through.
    """

    def session() -> aiohttp.ClientSession:
        return VerbatimSession(
            connector=aiohttp.TCPConnector(
                limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, socket_factory=make_socket, ssl=tls or True
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=_Response,
        )

    return aiohttp_transport(session, None if proxy is None else _proxy(proxy))


class Outbound:
    """Calls services. The transport is injected; nothing of one call is kept for the next but connections.

    `routed` makes the transports of services that have a way of their own; without it the one serves those too.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        routed: Callable[[Route], Awaitable[httpx.AsyncBaseTransport]] | None = None,
    ) -> None:
        self._transport = transport
        self.routes = None if routed is None else RoutedTransports(routed)

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout_seconds: float,
        content: Content | None = None,
        max_bytes: int = MAX_RESPONSE_BYTES,
        route: Route | None = None,
    ) -> Reply:
        """Send one request and return its answer, whatever its status, with at most `max_bytes` of its decoded body.

        Where the headers say nothing of the type of its `content`, that is the content's own.
        Raises `ActionFailed` with TIMEOUT after `timeout_seconds` in total, however slowly bytes drip in, with
        CONNECTION_ERROR where no whole answer came (`repeatable` where nothing can have been sent), with TLS_REFUSED
        where one side did not believe the other, and with INVALID_RESPONSE where the body cannot be decoded.
        """
        request = _request(method, url, content, headers)
        try:
            async with asyncio.timeout(timeout_seconds), self._by(route) as transport:
                return await _exchange(transport, request, max_bytes)
        except TimeoutError:
            raise ActionFailed(
                ActionErrorCode.TIMEOUT,
                f"{method} {url} gave no whole answer within {timeout_seconds:g} s",
                retryable=True,
            ) from None
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            refusal = _tls_refusal(error)
            if refusal is not None:
                message = f"{method} {url} failed: {refusal}"
                raise ActionFailed(ActionErrorCode.TLS_REFUSED, message, retryable=True, repeatable=True) from error
            raise ActionFailed(
                ActionErrorCode.CONNECTION_ERROR,
                f"{method} {url} failed: {_reason(error)}",
                retryable=True,
                repeatable=_never_connected(error),
            ) from error
        except BadCoding as error:
            raise ActionFailed(ActionErrorCode.INVALID_RESPONSE, f"{method} {url} was answered, but {error}") from None

    @asynccontextmanager
    async def _by(self, route: Route | None) -> AsyncIterator[httpx.AsyncBaseTransport]:
        if route is None or self.routes is None:
            yield self._transport
            return
        async with self.routes.transport(route) as transport:
            yield transport

    async def keep_routes(self, routes: Set[Route]) -> None:
        """Close the connections of all other ways once their calls have ended."""
        if self.routes is not None:
            await self.routes.keep(routes)

    async def close(self) -> None:
        """Close all connections."""
        if self.routes is not None:
            await self.routes.close()
        await self._transport.aclose()


def _request(method: str, url: str, content: Content | None, headers: Mapping[str, str]) -> httpx.Request:
    sent = OWN_HEADERS if content is None else {**OWN_HEADERS, "content-type": content.media_type}
    sent = {**sent, **{name.lower(): value for name, value in headers.items()}, "accept-encoding": "gzip"}
    request = httpx.Request(method, url, content=None if content is None else content.data, headers=sent)
    if request.url.userinfo and "authorization" in sent:  # the session takes one of both alone
        request.url = request.url.copy_with(userinfo=b"")
    return request


def _proxy(proxy: Proxy) -> httpx.Proxy:
    if proxy.user is None:
        return httpx.Proxy(proxy.url)
    # From this header aiohttp makes the one of proxies, for a tunnel and for plain requests alike.
    known = f"Basic {b64encode(proxy.user.encode()).decode()}"
    return httpx.Proxy(proxy.url, headers={"authorization": known})


async def _exchange(transport: httpx.AsyncBaseTransport, request: httpx.Request, max_bytes: int) -> Reply:
    """One request and its answer, without the client around them: it would follow, remember and prove nothing here."""
    response = await transport.handle_async_request(request)
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
    if isinstance(error.__cause__, PROXY_ERRORS):
        return f"its proxy did not connect to it: {_quoted(error)}"
    if isinstance(error.__cause__, aiohttp.ServerDisconnectedError):
        return "the service closed the connection before it had answered"
    return _quoted(error)


def _quoted(error: Exception) -> str:
    said = BAD_TEXT.sub("\ufffd", str(error))
    return said[:MAX_REASON] + "..." * (len(said) > MAX_REASON) or type(error).__name__


def _never_connected(error: Exception) -> bool:
    """Whether no connection came about. The transport maps what aiohttp raises to words that are less exact."""
    return isinstance(error, httpx.ConnectError) or isinstance(
        error.__cause__, (aiohttp.ClientConnectorError, *PROXY_ERRORS)
    )


REFUSING_ALERT = re.compile("ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)")
"""What a server says that did not take our certificate, or found none. It has read nothing of the request then."""


def _tls_refusal(error: BaseException) -> str | None:
    """Why no TLS came about where one side did not believe the other, and what to do; None where it is not that."""
    for cause in _causes(error):
        if isinstance(cause, aiohttp.ClientError):  # one is an SSL error too, without what one says
            continue
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"its certificate is not trusted: {cause.verify_message}. Where its CA is one of your own, give it as "
                "tls.ca of the service"
            )
        if isinstance(cause, ssl.SSLError) and REFUSING_ALERT.search(cause.reason or ""):
            return (
                f"it did not take our certificate, or there was none ({cause.reason}): give one that it knows as "
                "tls.certificate of the service, with its tls.key"
            )
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__

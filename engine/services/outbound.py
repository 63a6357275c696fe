"""The only way to services: one pool for the process, a total deadline, a cap on decoded bytes, no redirects."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Set
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from engine.core.failure import ActionFailed
from engine.core.truncation import MAX_RESPONSE_BYTES
from engine.services.content_coding import BadCoding, Decoder
from engine.services.contents import CHARSET, Content
from engine.services.registry import Route
from engine.services.routed_transports import RoutedTransports
from engine.services.transport import HttpAnswer, NotConnected, Request, Transport, encoded_url
from models.commands.validation import BAD_TEXT
from models.words import ActionErrorCode

OWN_HEADERS = {"accept": "*/*", "user-agent": "orchestrator"}
"""What a call says of itself, unless it is given other words for it."""

MAX_REASON = 500
PROXY_ERRORS = (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError)
NEVER_CONNECTED = (NotConnected, aiohttp.ClientConnectorError, *PROXY_ERRORS)


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


class Outbound:
    """Calls services. The transport is injected; nothing of one call is kept for the next but connections.

    `routed` makes the transports of services that have a way of their own; without it the one serves those too.
    """

    def __init__(
        self,
        transport: Transport,
        routed: Callable[[Route], Awaitable[Transport]] | None = None,
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
        try:
            request = _request(method, url, content, headers)
            async with asyncio.timeout(timeout_seconds), self._by(route) as transport:
                return await _exchange(transport, request, max_bytes)
        except TimeoutError:
            raise ActionFailed(
                ActionErrorCode.TIMEOUT,
                f"{method} {url} gave no whole answer within {timeout_seconds:g} s",
                retryable=True,
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            refusal = _tls_refusal(error)
            if refusal is not None:
                message = f"{method} {url} failed: {refusal}"
                raise ActionFailed(ActionErrorCode.TLS_REFUSED, message, retryable=True, repeatable=True) from error
            raise ActionFailed(
                ActionErrorCode.CONNECTION_ERROR,
                f"{method} {url} failed: {_reason(error)}",
                retryable=True,
                repeatable=isinstance(error, NEVER_CONNECTED),
            ) from error
        except BadCoding as error:
            raise ActionFailed(ActionErrorCode.INVALID_RESPONSE, f"{method} {url} was answered, but {error}") from None

    @asynccontextmanager
    async def _by(self, route: Route | None) -> AsyncIterator[Transport]:
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
        await self._transport.close()


def _request(method: str, url: str, content: Content | None, headers: Mapping[str, str]) -> Request:
    sent = OWN_HEADERS if content is None else {**OWN_HEADERS, "content-type": content.media_type}
    sent = {**sent, **{name.lower(): value for name, value in headers.items()}, "accept-encoding": "gzip"}
    place = encoded_url(url)
    if place.raw_user is not None and "authorization" in sent:  # the session takes one of both alone
        place = place.with_user(None)
    return Request(method, place, sent, None if content is None else content.data)


async def _exchange(transport: Transport, request: Request, max_bytes: int) -> Reply:
    """One request and its answer."""
    answer = await transport.send(request)
    try:
        content = await _decoded(answer, max_bytes + 1)
    finally:
        await answer.close()
    headers = answer.headers
    media_type = headers.get("content-type", "")
    charset = CHARSET.search(media_type)
    return Reply(
        status=answer.status,
        media_type=media_type.partition(";")[0].strip().lower(),
        encoding=charset[1] if charset else "",
        content=content[:max_bytes],
        is_cut=len(content) > max_bytes,
        retry_after=headers.get("retry-after", ""),
        headers=headers,
    )


async def _decoded(answer: HttpAnswer, limit: int) -> bytes:
    """The first `limit` decoded bytes of the body; no more is read than it takes to get them."""
    decoder = Decoder(answer.headers.get("content-encoding", "").strip().lower())
    content = bytearray()
    async for chunk in answer.chunks():
        content += decoder.decode(chunk, limit - len(content))
        if len(content) == limit:
            return bytes(content)
    decoder.finish()
    return bytes(content)


def _reason(error: Exception) -> str:
    """What went wrong, in text that can be stored: it may quote what the service sent."""
    if isinstance(error, PROXY_ERRORS):
        return f"its proxy did not connect to it: {_quoted(error)}"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the service closed the connection before it had answered"
    return _quoted(error)


def _quoted(error: Exception) -> str:
    said = BAD_TEXT.sub("\ufffd", str(error))
    return said[:MAX_REASON] + "..." * (len(said) > MAX_REASON) or type(error).__name__


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

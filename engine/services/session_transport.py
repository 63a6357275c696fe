"""Sends requests by sessions of aiohttp: no redirects, no cookies, nothing of one kept for the next but connections."""

import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver

from engine.services.registry import Proxy
from engine.services.transport import HttpAnswer, NotConnected, Request

KEEP_ALIVE_SECONDS = 4.0
"""Shorter than the 5 s after which common servers close: a call then seldom meets a connection that just went."""

CHUNK_BYTES = 16_384
ANY_NUMBER = 0


class _SessionAnswer:
    """An answer of aiohttp."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers = _headers(response.raw_headers)

    def chunks(self) -> AsyncIterator[bytes]:
        """See `HttpAnswer.chunks`."""
        return self._response.content.iter_chunked(CHUNK_BYTES)

    async def close(self) -> None:
        """See `HttpAnswer.close`."""
        self._response.release()
        await self._response.wait_for_close()


class SessionTransport:
    """One pool of connections. `make_socket` may refuse where one leads, and `resolver` finds the addresses of names.

    Without `tls` certificates are judged by those that the machine trusts, and we show none. Services have no common
    limit of `connections`, or one that hangs could take those of all others: the gate of each lets `max_concurrency`
    calls through.
    """

    def __init__(
        self,
        make_socket: Callable[[aiohttp.AddrInfoType], socket.socket] | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
        connections: int = ANY_NUMBER,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._make_connector = partial(
            aiohttp.TCPConnector,
            limit=connections,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            socket_factory=make_socket,
            resolver=resolver,
            ssl=tls or True,
        )
        self._proxy = None if proxy is None else proxy.url
        self._proxy_headers = None if proxy is None else _known_to(proxy)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request) -> HttpAnswer:
        """See `Transport.send`."""
        session = self._session
        if session is None:
            session = self._session = self._opened()
        try:
            response = await session.request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.content or None,
                allow_redirects=False,
                server_hostname=request.server_name,
                proxy=self._proxy,
                proxy_headers=self._proxy_headers,
            )
        except UnicodeError as error:
            raise NotConnected(f"its host is no name: {error}") from None
        return _SessionAnswer(response)

    async def close(self) -> None:
        """See `Transport.close`."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=self._make_connector(),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(),  # whoever calls has a deadline for all of it
            auto_decompress=False,
        )


def _known_to(proxy: Proxy) -> Mapping[str, str]:
    """How we are known to a proxy: from this header aiohttp makes its own, for a tunnel and plain requests alike."""
    return {} if proxy.user is None else {"authorization": f"Basic {b64encode(proxy.user.encode()).decode()}"}


def _headers(raw: tuple[tuple[bytes, bytes], ...]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = _text(raw_name).lower(), _text(raw_value)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")

"""What carries one request to a service and brings its answer back, whose body streams."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

import msgspec
from yarl import URL

_SOUND = "(?:[\\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
AS_IT_IS = re.compile(rf"https?://[a-z0-9.-]+(?::\d+)?(?:/{_SOUND}(?:\?(?:{_SOUND}|[/?])*)?)?", re.ASCII)
"""A URL in which there is nothing to encode."""


class Request(msgspec.Struct, frozen=True):
    """One request as it is sent: `url` is encoded, and the names of `headers` are in lower case.

    `server_name` is whom TLS asks for and believes, where that is not the host of the URL.
    """

    method: str
    url: URL
    headers: Mapping[str, str]
    content: bytes | None = None
    server_name: str | None = None


class HttpAnswer(Protocol):
    """What came back, as far as its head; whoever got it closes it."""

    @property
    def status(self) -> int:
        """The status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers by their names in lower case; what came several times stands there once, with commas."""
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, still in its content coding."""
        ...

    async def close(self) -> None:
        """Give the connection back where the body was read to its end, else close it."""
        ...


class NotConnected(OSError):
    """No connection came about, so nothing can have been sent."""


def encoded_url(url: str) -> URL:
    """A URL as it is sent: what is encoded stays so, as `%3B` and `;` may mean another path.

    Raises `NotConnected` where it is none.
    """
    if not AS_IT_IS.fullmatch(url) or "/." in url:
        import httpx  # which nearly nobody needs

        try:
            url = str(httpx.URL(url))
        except httpx.InvalidURL as error:
            raise NotConnected(f"its URL cannot be read: {error}") from None
    return URL(url, encoded=True)


class Transport(Protocol):
    """A way to services, with the connections that it keeps open."""

    async def send(self, request: Request) -> HttpAnswer:
        """Send one request. Raises `OSError`, `aiohttp.ClientError` among them, where no answer came."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...

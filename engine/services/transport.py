"""What carries one request to a service and brings its answer back, whose body streams."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

import msgspec
from yarl import URL


class Request(msgspec.Struct, frozen=True):
    """One request as it is sent: `url` is encoded, and the names of `headers` are in lower case.

    `server_name` is whom TLS asks for and believes, where that is not the host of the URL.
    """

    method: str
    url: URL
    headers: Mapping[str, str]
    content: bytes | None = None
    server_name: str | None = None


class Answer(Protocol):
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


class Transport(Protocol):
    """A way to services, with the connections that it keeps open."""

    async def send(self, request: Request) -> Answer:
        """Send one request. Raises `OSError`, `aiohttp.ClientError` among them, where no answer came."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...

"""Mocked services for the test environment: what they answer goes the way of a real answer (decisions E13, X10)."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from engine.services.transport import HttpAnswer, NotConnected, Request

MockError = Literal["connection_error", "timeout"]


class Mock(msgspec.Struct, frozen=True, kw_only=True):
    """What a service answers at an endpoint. `method` None is any; `times` None is for ever.

    `response` becomes the JSON body; `delay_ms` passes first; `error` takes the place of an answer.
    """

    service: str
    endpoint: str
    response: Any = None
    method: str | None = None
    status_code: int = 200
    delay_ms: int = 0
    times: int | None = None
    error: MockError | None = None

    @property
    def place(self) -> tuple[str, str, str | None]:
        """What it answers for: a later mock for the same place replaces it."""
        return self.service, self.endpoint, self.method


class MockServices:
    """The mocks of every tenant, kept in memory for as long as the process lives."""

    def __init__(self) -> None:
        self._mocks: dict[str, dict[tuple[str, str, str | None], Mock]] = {}

    def configure(self, tenant: str, mock: Mock) -> None:
        """Set a mock; the last one that is written wins."""
        self._mocks.setdefault(tenant, {})[mock.place] = mock

    def clear(self, tenant: str) -> Sequence[Mock]:
        """Remove a tenant's mocks and return them."""
        return list(self._mocks.pop(tenant, {}).values())

    def has(self, tenant: str, service: str) -> bool:
        """Whether anything of a service is mocked."""
        return any(mocked == service for mocked, _, _ in self._mocks.get(tenant, {}))

    def take(self, tenant: str, service: str, endpoint: str, method: str) -> Mock | None:
        """The mock that answers this call, used up by one; one for the very method goes before one for any."""
        mock = self.look(tenant, service, endpoint, method)
        if mock is not None and mock.times is not None:
            self._use_up(self._mocks[tenant], mock, mock.times)
        return mock

    def look(self, tenant: str, service: str, endpoint: str, method: str) -> Mock | None:
        """The mock that would answer this call, left as it is."""
        mocks = self._mocks.get(tenant, {})
        path = endpoint.partition("?")[0]
        return mocks.get((service, path, method)) or mocks.get((service, path, None))

    def _use_up(self, mocks: dict[tuple[str, str, str | None], Mock], mock: Mock, times: int) -> None:
        if times > 1:
            mocks[mock.place] = msgspec.structs.replace(mock, times=times - 1)
        else:
            del mocks[mock.place]


class MockTransport:
    """Answers one call as a mock says, below the client: time-outs, caps and parsing are the real ones."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock

    async def send(self, _request: Request) -> HttpAnswer:
        """Answer, fail, or never answer."""
        mock = self._mock
        await asyncio.sleep(mock.delay_ms / 1000)
        if mock.error == "connection_error":
            raise NotConnected(f"the mock of {mock.service} refuses the connection")
        if mock.error == "timeout":
            await asyncio.Event().wait()
        return MockAnswer(mock.status_code, msgspec.json.encode(mock.response))

    async def close(self) -> None:
        """Nothing is open."""


class MockAnswer(msgspec.Struct, frozen=True):
    """An answer in JSON that is there as a whole."""

    status: int
    content: bytes

    @property
    def headers(self) -> Mapping[str, str]:
        """See `HttpAnswer.headers`."""
        return {"content-type": "application/json"}

    async def chunks(self) -> AsyncIterator[bytes]:
        """See `HttpAnswer.chunks`."""
        yield self.content

    async def close(self) -> None:
        """Nothing is open."""

"""Services that a test plays by a transport of httpx, without a socket."""

from collections.abc import AsyncIterator, Callable, Mapping

import httpx

from engine.services.transport import HttpAnswer, NotConnected, Request


class _HttpxAnswer:
    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        return dict(self._response.headers.items())

    async def chunks(self) -> AsyncIterator[bytes]:
        assert isinstance(self._response.stream, httpx.AsyncByteStream)
        async for chunk in self._response.stream:
            yield chunk

    async def close(self) -> None:
        await self._response.aclose()


class HttpxTransport:
    """Hands over each request, and says of what httpx raises what a real transport says."""

    def __init__(self, played: httpx.AsyncBaseTransport) -> None:
        self._played = played

    async def send(self, request: Request) -> HttpAnswer:
        sent = httpx.Request(request.method, str(request.url), headers=dict(request.headers), content=request.content)
        try:
            return _HttpxAnswer(await self._played.handle_async_request(sent))
        except httpx.ConnectError as error:
            raise NotConnected(str(error)) from None
        except httpx.HTTPError as error:
            raise OSError(str(error)) from None

    async def close(self) -> None:
        await self._played.aclose()


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> HttpxTransport:
    """A service that answers each request so."""
    return HttpxTransport(httpx.MockTransport(answer))

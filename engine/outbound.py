"""The only HTTP client: one pool for the process, a total deadline, a cap on decoded bytes, no redirects."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

from engine.failure import ActionFailed
from engine.storable import MAX_RESPONSE_BYTES
from models.words import ActionErrorCode

MAX_CONNECTIONS = 500


class Reply(msgspec.Struct, frozen=True):
    """What a service answered: `content` is at most `MAX_RESPONSE_BYTES` of the decoded body."""

    status: int
    media_type: str
    encoding: str
    content: bytes
    is_cut: bool


def default_transport() -> httpx.AsyncBaseTransport:
    """httpx's interface on aiohttp's connections, several times faster than httpx's own under load (ADR 6)."""

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    return AiohttpTransport(client=session)


class Outbound:
    """Calls services. The transport is injected; nothing of one call is kept for the next but connections."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(None),  # httpx counts single reads; `call` bounds the whole exchange
            follow_redirects=False,
            trust_env=False,
        )

    async def call(
        self, method: str, url: str, *, parameters: Any, headers: Mapping[str, str], timeout_seconds: float
    ) -> Reply:
        """Send one request and return its answer, whatever its status.

        `parameters` go into the query of a GET or DELETE and into a JSON body otherwise (decision E13).
        Raises `ActionFailed` with TIMEOUT after `timeout_seconds` in total, however slowly bytes drip in, and
        with CONNECTION_ERROR where no whole answer came.
        """
        request = self._request(method, url, parameters, headers)
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._exchange(request)
        except TimeoutError:
            raise ActionFailed(
                ActionErrorCode.TIMEOUT,
                f"{method} {url} gave no whole answer within {timeout_seconds:g} s",
                retryable=True,
            ) from None
        except (httpx.HTTPError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise ActionFailed(
                ActionErrorCode.CONNECTION_ERROR, f"{method} {url} failed: {reason}", retryable=True
            ) from error

    def _request(self, method: str, url: str, parameters: Any, headers: Mapping[str, str]) -> httpx.Request:
        if method in ("GET", "DELETE"):
            query = {key: _query_value(value) for key, value in (parameters or {}).items()}
            return self._client.build_request(method, url, params=query, headers=headers)
        body = msgspec.json.encode({} if parameters is None else parameters)
        return self._client.build_request(
            method, url, content=body, headers={"content-type": "application/json", **headers}
        )

    async def _exchange(self, request: httpx.Request) -> Reply:
        response = await self._client.send(request, stream=True)
        try:
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > MAX_RESPONSE_BYTES:
                    break
        finally:
            await response.aclose()
        return Reply(
            status=response.status_code,
            media_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
            encoding=response.charset_encoding or "utf-8",
            content=bytes(content[:MAX_RESPONSE_BYTES]),
            is_cut=len(content) > MAX_RESPONSE_BYTES,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _query_value(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

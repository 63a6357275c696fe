"""Sends one signed callback and says what came of it; the status of the answer alone decides."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import aiohttp
import msgspec

from engine.callbacks.signature import signed_headers
from engine.core.clock import Clock
from engine.services.retry_after import retry_after_seconds
from engine.services.transport import HttpAnswer, Request, Transport, encoded_url
from models.commands.validation import BAD_TEXT

TIMEOUT_SECONDS = 15.0
MAX_ANSWER_BYTES = 65_536
MAX_ERROR = 500
TAKEN, GONE = 200, 410
NETWORK_ERRORS = (aiohttp.ClientError, OSError)


class Answer(msgspec.Struct, frozen=True):
    """What came of one attempt: a status, or an error for a person to read; both where the status is a refusal."""

    at: datetime
    ended_at: datetime
    http_status: int | None = None
    error: str | None = None
    retry_after: float | None = None
    is_refused_for_good: bool = False
    """Whether no other attempt can do better, where no status says so."""

    @property
    def judged_as(self) -> int | None:
        """The status by which the schedule goes: mail has none of its own."""
        if self.http_status is not None:
            return self.http_status
        return TAKEN if self.error is None else GONE if self.is_refused_for_good else None

    @property
    def duration_seconds(self) -> float:
        """How long the attempt took."""
        return (self.ended_at - self.at).total_seconds()


class CallbackClient:
    """Posts callbacks through an injected transport: no redirects, no cookies, nothing kept but connections."""

    def __init__(self, transport: Transport, keys: Sequence[bytes], clock: Clock) -> None:
        self._transport = transport
        self._keys = keys
        self._clock = clock

    async def post(self, delivery_id: str, url: str, body: bytes) -> Answer:
        """Send `body`, which is JSON, and return the answer; no failure of the target is raised."""
        started = self._clock.now()
        status: int | None = None
        retry_after: str | None = None
        error: str | None
        try:
            status, retry_after = await self._exchange(delivery_id, url, body, started)
            error = refusal(status)
        except TimeoutError:
            error = f"no answer within {TIMEOUT_SECONDS:g} s"
        except NETWORK_ERRORS as failure:
            error = str(failure) or type(failure).__name__
        ended = self._clock.now()
        return Answer(
            at=started,
            ended_at=ended,
            http_status=status,
            error=None if error is None else storable_error(error),
            retry_after=None if retry_after is None else retry_after_seconds(retry_after, ended),
        )

    async def _exchange(self, delivery_id: str, url: str, body: bytes, now: datetime) -> tuple[int, str | None]:
        headers = {
            "content-type": "application/json",
            "user-agent": "orchestrator",
            **signed_headers(self._keys, delivery_id, int(now.timestamp()), body),
        }
        deadline = asyncio.get_running_loop().time() + TIMEOUT_SECONDS
        async with asyncio.timeout_at(deadline):
            answer = await self._transport.send(Request("POST", encoded_url(url), headers, body))
        with suppress(TimeoutError, *NETWORK_ERRORS):
            async with asyncio.timeout_at(deadline):
                await _drain(answer)
        return answer.status, answer.headers.get("retry-after")

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()


def storable_error(error: str) -> str:
    """An error in text that can be stored: it may quote what the target sent."""
    return BAD_TEXT.sub("\ufffd", error)[:MAX_ERROR]


async def _drain(answer: HttpAnswer) -> None:
    """Read a short body, so that its connection can be used again; a long one costs its connection."""
    size = 0
    try:
        async for chunk in answer.chunks():
            size += len(chunk)
            if size > MAX_ANSWER_BYTES:
                return
    finally:
        await answer.close()


def refusal(status: int) -> str | None:
    """Why a status is no success; None where it is one."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"the target answered {status}: redirects are not followed"
    return f"the target answered {status}"

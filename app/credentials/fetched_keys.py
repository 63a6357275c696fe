"""The keys that an identity provider publishes at a URL: fetched in the background, and kept for a while."""

import asyncio
import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.credentials.token_keys import SECRET_KID, TokenKey, key_entries, public_key
from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.services.outbound import Outbound
from models.log_context import facts, task_for_all
from resolvers.waking import Wait, woken_or_late

log = logging.getLogger("orchestrator.credentials")

DEADLINE_SECONDS = 5.0
MAX_BYTES = 262_144
REFRESH_SECONDS = 600.0
"""So long after it was withdrawn a key may still be taken."""

RETRY_SECONDS = 30.0
"""Nobody makes us ask more often, whatever `kid` a token names."""

KEPT = timedelta(days=1)
"""So long the keys that are known stay good where the URL does not answer."""


class FetchedKeys:
    """The newest set at `url`. What has gone from it is no longer there; what cannot be used is left out."""

    def __init__(self, outbound: Outbound, url: str, clock: Clock, wait: Wait = woken_or_late) -> None:
        self._outbound = outbound
        self._url = url
        self._host = urlsplit(url).hostname
        self._clock = clock
        self._wait = wait
        self._keys: tuple[TokenKey, ...] = ()
        self._fetched_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._asking: asyncio.Task[None] | None = None
        self._refreshing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Fetch the keys soon, and then again and again."""
        self._refreshing = task_for_all(self._refresh())

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = [task for task in (self._refreshing, self._asking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def known(self) -> tuple[TokenKey, ...] | None:
        """The keys; None where they are not known, because the URL has never answered or not for a day."""
        if self._fetched_at is None or self._clock.now() - self._fetched_at > KEPT:
            return None
        return self._keys

    async def renew(self) -> None:
        """Return when the keys were asked for anew; at once where that was done less than 30 s ago."""
        now = self._clock.now()
        if self._asking is None:
            if self._asked_at is not None and now - self._asked_at < timedelta(seconds=RETRY_SECONDS):
                return
            self._asked_at = now
            self._asking = task_for_all(self._ask())
        await asyncio.shield(self._asking)

    async def _refresh(self) -> None:
        never = asyncio.Event()
        while True:
            await self.renew()
            is_fresh = self._fetched_at is not None and self._fetched_at == self._asked_at
            await self._wait(never, REFRESH_SECONDS if is_fresh else RETRY_SECONDS)

    async def _ask(self) -> None:
        asked_at = self._asked_at
        try:
            self._keys = await self._fetch()
            self._fetched_at = asked_at
        except (ActionFailed, ValueError) as error:
            log.warning("The keys of bearer tokens cannot be fetched: %s", error, extra=facts(host=self._host))
        except Exception:
            log.exception("The keys of bearer tokens cannot be fetched", extra=facts(host=self._host))
        finally:
            self._asking = None

    async def _fetch(self) -> tuple[TokenKey, ...]:
        reply = await self._outbound.call(
            "GET",
            self._url,
            headers={"accept": "application/json"},
            timeout_seconds=DEADLINE_SECONDS,
            max_bytes=MAX_BYTES,
        )
        if reply.status != 200:
            raise ValueError(f"the answer has the status {reply.status}")
        if reply.is_cut:
            raise ValueError(f"the answer has more than {MAX_BYTES} bytes")
        keys: dict[str | None, TokenKey] = {}
        for number, entry in enumerate(key_entries(reply.content)):
            try:
                key = public_key(entry)
            except ValueError as error:  # sets hold keys for other purposes too
                log.info("A fetched key is not used: %s", error, extra=facts(host=self._host, number=number))
                continue
            if key.kid != SECRET_KID:
                keys.setdefault(key.kid, key)
        return tuple(keys.values())

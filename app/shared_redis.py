"""Redis, which all nodes share: asked briefly, and done without while it is lost."""

import asyncio
import logging
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.shared_quota import SharedQuota
from engine.core.clock import Clock
from models.database.presence import Presence
from models.log_context import facts, task_for_all
from resolvers.access.quota import Quota

log = logging.getLogger("orchestrator.redis")

MAX_CONNECTIONS = 16
PATIENCE_SECONDS = 0.25
"""For so long Redis is waited for: no caller should notice that it is lost."""


LOST = "Redis is lost, so each node limits requests for itself"
FOUND = "Redis is back: the limit of requests holds over all nodes again"


class SharedRedis:
    """A client that connects when it is first needed, and again after a loss."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._host = urlsplit(url).hostname or "a socket"
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=MAX_CONNECTIONS,
            timeout=PATIENCE_SECONDS,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 1),  # the server may have closed a connection that was idle
        )
        self._client = Redis.from_pool(pool)
        self._telling: asyncio.Task[None] | None = None
        self._presence = Presence(log, LOST, FOUND, level=logging.WARNING, timer=lambda: clock.now().timestamp())

    async def answers(self) -> bool:
        """Whether Redis answers."""
        try:
            answers = bool(await self._client.ping())
        except (RedisError, OSError) as error:
            self._presence.failed(str(error))
            return False
        if self._presence.is_away:
            self._presence.answered()
        return answers

    def start(self) -> None:
        """Say in the log whether it is there as the service begins, which does not wait for it."""
        self._telling = task_for_all(self._tell())

    async def _tell(self) -> None:
        """Where it is not there, that is told as a loss."""
        if await self.answers():
            log.info("Redis answers", extra=facts(host=self._host))

    def quota(self, limit: int, clock: Clock, alone: Quota) -> SharedQuota:
        """A quota of all nodes; `alone` is what this one goes by while Redis is lost."""
        return SharedQuota(self._client, limit, clock, alone, self._presence)

    async def close(self) -> None:
        """Close the connections."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
        await self._client.aclose()

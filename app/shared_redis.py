"""Redis, which all nodes share: asked briefly, and done without while it is lost."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.shared_quota import SharedQuota
from engine.core.clock import Clock
from resolvers.access.quota import Quota

MAX_CONNECTIONS = 16
PATIENCE_SECONDS = 0.25
"""For so long Redis is waited for: no caller should notice that it is lost."""


class SharedRedis:
    """A client that connects when it is first needed, and again after a loss."""

    def __init__(self, url: str) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=MAX_CONNECTIONS,
            timeout=PATIENCE_SECONDS,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 1),  # the server may have closed a connection that was idle
        )
        self._client = Redis.from_pool(pool)

    async def answers(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(await self._client.ping())
        except (RedisError, OSError):
            return False

    def quota(self, limit: int, clock: Clock, alone: Quota) -> SharedQuota:
        """A quota of all nodes; `alone` is what this one goes by while Redis is lost."""
        return SharedQuota(self._client, limit, clock, alone)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

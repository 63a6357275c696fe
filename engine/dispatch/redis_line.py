"""Wake-ups over Redis, where the nodes share one: publish and subscribe."""

from collections.abc import Callable

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from engine.dispatch.relay import LineLost

CHANNEL = "orchestrator"
PROBE_SECONDS = 5.0
"""How often a subscription that hears nothing is asked whether it is still there."""

ANSWER_SECONDS = 1.0


class RedisLine:
    """One connection that listens, and one that says."""

    def __init__(self, url: str) -> None:
        self._client = Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1),  # the server may have closed a connection that was idle
        )

    async def listen(self, hear: Callable[[str], None], connected: Callable[[], None]) -> None:
        """See `Line.listen`."""
        try:
            async with self._client.pubsub(ignore_subscribe_messages=True) as subscription:
                await subscription.subscribe(CHANNEL)
                connected()
                while True:
                    message = await subscription.get_message(timeout=PROBE_SECONDS)
                    if message is None:
                        # A subscription may connect anew by itself, but what was said in between is lost.
                        await subscription.ping()
                    elif message["type"] == "message":
                        hear(message["data"].decode(errors="replace"))
        except (RedisError, OSError) as error:
            raise LineLost(str(error) or type(error).__name__) from error

    async def say(self, message: str) -> None:
        """See `Line.say`."""
        try:
            await self._client.publish(CHANNEL, message)
        except (RedisError, OSError) as error:
            raise LineLost(str(error)) from error

    async def close(self) -> None:
        """See `Line.close`."""
        await self._client.aclose()

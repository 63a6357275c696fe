"""Counts what callers ask for in Redis, so that their limit holds over all nodes; while it is lost, on this node."""

import logging
from datetime import timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError

from engine.clock import Clock
from resolvers.quota import WINDOW_SECONDS, Allowance, Quota

log = logging.getLogger("orchestrator.quota")

RETRY_SECONDS = 1.0
"""How often a Redis that was lost is asked again, by one request."""

KEY = "orchestrator:quota:"

# The units by the second in which they were taken. One script is one step for all nodes, by the clock of Redis.
TAKE = """
local limit, window, units = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(redis.call('TIME')[1])
local entries = redis.call('HGETALL', KEYS[1])
local used, free = {}, limit
for i = 1, #entries, 2 do
  local second, taken = tonumber(entries[i]), tonumber(entries[i + 1])
  if second <= now - window then
    redis.call('HDEL', KEYS[1], entries[i])
  else
    free = free - taken
    table.insert(used, {second, taken})
  end
end
local lacking = units - free
if lacking <= 0 then
  redis.call('HINCRBY', KEYS[1], now, units)
  redis.call('EXPIRE', KEYS[1], window)
  free = free - units
  table.insert(used, {now, units})
end
table.sort(used, function(a, b) return a[1] < b[1] end)
local function back(needed)
  for _, entry in ipairs(used) do
    needed = needed - entry[2]
    if needed <= 0 then return entry[1] + window - now end
  end
  return window
end
return {math.max(0, free), back(1), lacking > 0 and back(lacking) or -1}
"""


class SharedQuota:
    """A quota that all nodes share."""

    def __init__(self, redis: Redis, limit: int, clock: Clock, alone: Quota) -> None:
        self._take = redis.register_script(TAKE)
        self.limit = limit
        self._clock = clock
        self._alone = alone
        self._is_lost = False
        self._again_at = clock.now()

    async def take(self, caller: str, units: int) -> Allowance:
        """See `Quota.take`."""
        if self._is_lost:
            now = self._clock.now()
            if now < self._again_at:
                return await self._alone.take(caller, units)
            self._again_at = now + timedelta(seconds=RETRY_SECONDS)
        try:
            allowance = await self._shared(caller, units)
        except (RedisError, OSError) as error:
            self._lost(error)
            return await self._alone.take(caller, units)
        if self._is_lost:
            self._is_lost = False
            log.warning("Redis is back: the limit of requests holds over all nodes again")
        return allowance

    async def _shared(self, caller: str, units: int) -> Allowance:
        remaining, reset, retry_after = await self._take([KEY + caller], [self.limit, WINDOW_SECONDS, units])
        return Allowance(self.limit, remaining, reset, None if retry_after < 0 else retry_after)

    def _lost(self, error: Exception) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._again_at = self._clock.now() + timedelta(seconds=RETRY_SECONDS)
            log.warning("Redis is lost, so each node limits requests for itself: %s", error)

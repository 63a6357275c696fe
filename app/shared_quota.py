"""Counts what callers ask for in Redis, so that their limit holds over all nodes; while it is lost, on this node."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from redis.asyncio import Redis
from redis.exceptions import RedisError

from engine.core.clock import Clock
from models.database.presence import Presence
from resolvers.access.quota import WINDOW_SECONDS, Allowance, Quota

RETRY_SECONDS = 1.0
"""How often a Redis that was lost is asked again, by one request."""

KEY = "orchestrator:quota:"

# The units by the second in which they were taken. One script is one step for all nodes, by the clock of Redis.
# `taken_at` above 0 gives units back to that second; `owed` takes them whatever is left.
TAKE = """
local limit, window, units = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local taken_at, owed = tonumber(ARGV[4]), ARGV[5] == '1'
local now = tonumber(redis.call('TIME')[1])
if taken_at > 0 then
  local taken = tonumber(redis.call('HGET', KEYS[1], taken_at))
  if taken then redis.call('HSET', KEYS[1], taken_at, math.max(0, taken - units)) end
  units = 0
end
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
local lacking = owed and 0 or units - free
if units == 0 then lacking = 0 end
if lacking <= 0 and units > 0 then
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
  return 0
end
return {math.max(0, free), back(1), lacking > 0 and back(lacking) or -1, now}
"""


class SharedQuota:
    """A quota that all nodes share."""

    def __init__(self, redis: Redis, limit: int, clock: Clock, alone: Quota, presence: Presence) -> None:
        self._take = redis.register_script(TAKE)
        self.limit = limit
        self._clock = clock
        self._alone = alone
        self._presence = presence
        self._is_lost = False
        self._again_at = clock.now()

    async def take(self, caller: str, units: int) -> Allowance:
        """See `Quota.take`."""
        return await self._asked(caller, units, alone=partial(self._alone.take, caller, units))

    async def give_back(self, caller: str, units: int, taken_at: int) -> Allowance:
        """See `Quota.give_back`."""
        alone = partial(self._alone.give_back, caller, units, taken_at)
        return await self._asked(caller, units, taken_at=taken_at, alone=alone)

    async def owe(self, caller: str, units: int) -> Allowance:
        """See `Quota.owe`."""
        return await self._asked(caller, units, is_owed=True, alone=partial(self._alone.owe, caller, units))

    async def _asked(
        self,
        caller: str,
        units: int,
        *,
        taken_at: int = 0,
        is_owed: bool = False,
        alone: Callable[[], Awaitable[Allowance]],
    ) -> Allowance:
        """What Redis says, or, while it is lost, this node `alone`."""
        if self._is_lost:
            now = self._clock.now()
            if now < self._again_at:
                return await alone()
            self._again_at = now + timedelta(seconds=RETRY_SECONDS)
        try:
            allowance = await self._shared(caller, units, taken_at, is_owed=is_owed)
        except (RedisError, OSError) as error:
            self._lost(error)
            return await alone()
        self._is_lost = False
        if self._presence.is_away:
            self._presence.answered()
        return allowance

    async def _shared(self, caller: str, units: int, taken_at: int, *, is_owed: bool) -> Allowance:
        arguments = [self.limit, WINDOW_SECONDS, units, taken_at, int(is_owed)]
        remaining, reset, retry_after, now = await self._take([KEY + caller], arguments)
        return Allowance(self.limit, remaining, reset, None if retry_after < 0 else retry_after, now)

    def _lost(self, error: Exception) -> None:
        self._presence.failed(str(error))
        if not self._is_lost:
            self._is_lost = True
            self._again_at = self._clock.now() + timedelta(seconds=RETRY_SECONDS)

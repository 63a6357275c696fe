"""How much a caller may ask for in a minute (decision X5), counted in the memory of this node."""

from collections import OrderedDict, deque
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Protocol

import msgspec

from engine.core.clock import Clock

WINDOW_SECONDS = 60

MAX_CALLERS = 100_000
"""So many are told apart; beyond that, whoever was quiet for longest is forgotten."""

SITE_PREFIX = 64
"""The addresses of an IPv6 network of this size are one stranger: whoever has one of them has all."""


class QuotaBudget(StrEnum):
    """What a caller has a quota of its own for, so that none of it stands in the way of the others."""

    OPERATIONS = ""
    PAGES = "pages:"
    REFUSALS = "refusals:"
    """Calls that were refused: free while there are few, for to refuse one costs work too."""


class Allowance(msgspec.Struct, frozen=True):
    """What a caller may still ask for: of `limit` units in any minute, `remaining` now.

    The oldest of those in use come back in `reset_seconds`. `retry_after_seconds` is None where what was asked for
    was granted, else says when it can be. `taken_at` is the second, of the quota's own clock, to which it was counted.
    """

    limit: int
    remaining: int
    reset_seconds: int
    retry_after_seconds: int | None = None
    taken_at: int = 0


class Quota(Protocol):
    """Counts what callers ask for."""

    limit: int
    """How much of it each of them may have in a minute."""

    async def take(self, caller: str, units: int) -> Allowance:
        """Count `units`, all or none of them; more than the limit can never be granted."""
        ...

    async def give_back(self, caller: str, units: int, taken_at: int) -> Allowance:
        """Count `units` less in the second `taken_at`, in which they were taken."""
        ...

    async def owe(self, caller: str, units: int) -> Allowance:
        """Count `units` that were used already, beyond the limit too: then more is granted once they came back."""
        ...


class NodeQuota:
    """A quota in memory. What was asked for comes back 60 seconds later, by whole seconds: no minute has more."""

    def __init__(self, limit: int, clock: Clock, max_callers: int = MAX_CALLERS) -> None:
        self.limit = limit
        self._clock = clock
        self._max_callers = max_callers
        self._used: OrderedDict[str, deque[tuple[int, int]]] = OrderedDict()
        """Of each caller the seconds in which something was taken, and how much; who took last is last."""

    async def take(self, caller: str, units: int) -> Allowance:
        """See `Quota.take`."""
        now = int(self._clock.now().timestamp())
        used = self._of(caller, now)
        free = self.limit - sum(taken for _, taken in used)
        if units > free:
            return Allowance(self.limit, max(0, free), _back(used, 1, now), _back(used, units - free, now), now)
        return self._add(used, units, now)

    async def give_back(self, caller: str, units: int, taken_at: int) -> Allowance:
        """See `Quota.give_back`."""
        now = int(self._clock.now().timestamp())
        used = self._of(caller, now)
        for place, (second, taken) in enumerate(used):
            if second == taken_at:
                used[place] = (second, max(0, taken - units))
        return self._state(used, now)

    async def owe(self, caller: str, units: int) -> Allowance:
        """See `Quota.owe`."""
        now = int(self._clock.now().timestamp())
        return self._add(self._of(caller, now), units, now)

    def _of(self, caller: str, now: int) -> deque[tuple[int, int]]:
        """What a caller has taken in the last minute; from now on it is the one who was here last."""
        self._forget(now)
        used = self._used.pop(caller, None) or deque()
        while used and used[0][0] <= now - WINDOW_SECONDS:
            used.popleft()
        self._used[caller] = used
        return used

    def _add(self, used: deque[tuple[int, int]], units: int, now: int) -> Allowance:
        before = used.pop()[1] if used and used[-1][0] == now else 0
        used.append((now, before + units))
        return self._state(used, now)

    def _state(self, used: deque[tuple[int, int]], now: int) -> Allowance:
        free = self.limit - sum(taken for _, taken in used)
        return Allowance(self.limit, max(0, free), _back(used, 1, now), taken_at=now)

    def _forget(self, now: int) -> None:
        """Forget who has taken nothing for a minute, and who are too many."""
        while self._used:
            caller, used = next(iter(self._used.items()))
            if len(self._used) < self._max_callers and used and used[-1][0] > now - WINDOW_SECONDS:
                return
            del self._used[caller]


def stranger(address: str | None) -> str:
    """Who somebody without a credential is taken for: the address, of IPv6 the network."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return f"address:{address}"
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return f"address:{mapped or ip_network((found, SITE_PREFIX), strict=False)}"
    return f"address:{found}"


def _back(used: deque[tuple[int, int]], units: int, now: int) -> int:
    """In how many seconds so many units have come back."""
    for second, taken in used:
        units -= taken
        if units <= 0:
            return second + WINDOW_SECONDS - now
    return 0

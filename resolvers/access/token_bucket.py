"""Lets through so many things a second over time, and a burst of them at once; of one source, or of each of many."""

from collections import OrderedDict


class TokenBucket:
    """Holds at most `burst` tokens, to which `per_second` are added all the time. It begins full."""

    def __init__(self, per_second: float, burst: float, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = burst
        self._at = now

    def take(self, count: int, now: float) -> bool:
        """Take so many tokens at the moment `now` in seconds; False, and none taken, where there are not as many."""
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._per_second)
        self._at = now
        if count > self._tokens:
            return False
        self._tokens -= count
        return True


class TokenBuckets:
    """A bucket for each source; beyond `most`, whoever was quiet for longest is forgotten."""

    def __init__(self, per_second: float, burst: float, most: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._most = most
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, source: str, now: float) -> bool:
        """Take one token of a source. See `TokenBucket.take`."""
        bucket = self._buckets.pop(source, None) or TokenBucket(self._per_second, self._burst, now)
        self._buckets[source] = bucket
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return bucket.take(1, now)

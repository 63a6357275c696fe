"""So many a second, and a burst; each source for itself."""

from resolvers.access.token_bucket import TokenBucket, TokenBuckets


def test_a_burst_passes_and_then_as_many_as_have_come_back() -> None:
    bucket = TokenBucket(per_second=2, burst=3, now=10.0)
    assert bucket.take(3, 10.0)
    assert not bucket.take(1, 10.0)
    assert not bucket.take(1, 10.4)
    assert bucket.take(1, 10.5)
    assert not bucket.take(4, 1_000.0)  # never more than the burst
    assert bucket.take(3, 1_000.0)


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    bucket = TokenBucket(per_second=1, burst=2, now=10.0)
    assert bucket.take(1, 5.0)
    assert bucket.take(1, 5.0)
    assert not bucket.take(1, 5.0)


def test_sources_are_told_apart_and_the_quietest_is_forgotten() -> None:
    buckets = TokenBuckets(per_second=1, burst=1, most=2)
    assert buckets.take("a", 0.0)
    assert not buckets.take("a", 0.0)
    assert buckets.take("b", 0.0)
    assert buckets.take("c", 0.0)
    assert buckets.take("a", 0.0)  # forgotten, so it begins anew

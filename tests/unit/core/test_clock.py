"""The engine's clock goes on from what was written down, whatever the machine's says."""

from datetime import UTC, datetime, timedelta

from engine.core.clock import SystemClock


def test_it_starts_no_earlier_than_the_newest_moment_that_was_written() -> None:
    later = datetime.now(UTC) + timedelta(hours=2)
    assert SystemClock(not_before=later).now() >= later


def test_a_later_moment_that_is_read_puts_it_forward_and_an_earlier_one_does_not_put_it_back() -> None:
    clock = SystemClock()
    later = clock.now() + timedelta(hours=2)
    clock.put_forward(later)
    assert later <= clock.now() < later + timedelta(minutes=1)
    clock.put_forward(later - timedelta(hours=1))
    assert clock.now() >= later

"""Keeps the signals to stop that come before there is anybody who takes them."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOPS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """From `hold` on no signal to stop ends the process, and none is lost: `came` has them all."""

    def __init__(self) -> None:
        self.came: list[int] = []

    def hold(self) -> None:
        """Keep each one that comes, until somebody else takes them."""
        for number in STOPS:
            signal.signal(number, lambda number, _: self.came.append(number))


@contextmanager
def later() -> Iterator[None]:
    """Have signals to stop come when what is in hand is done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

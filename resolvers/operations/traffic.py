"""Counts what the edges are asked: open connections, the last minute, and totals by method, route and status."""

import time
from bisect import bisect_left
from collections.abc import Callable

from models.entities.operations import TrafficFigures

WINDOW_SECONDS = 60
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""The upper bounds of the duration histogram in seconds; a synchronous execution may take up to 60 s."""


class LastMinute:
    """A ring of one-second buckets: how many answers there were in each second and how long they took."""

    def __init__(self, started: float) -> None:
        self._started = started
        self._seconds = [-1] * WINDOW_SECONDS
        self._counts = [0] * WINDOW_SECONDS
        self._durations = [0.0] * WINDOW_SECONDS

    def add(self, now: float, duration: float) -> None:
        """Count an answer that was given at `now` after `duration`, both in seconds."""
        second = int(now)
        slot = second % WINDOW_SECONDS
        if self._seconds[slot] != second:
            self._seconds[slot] = second
            self._counts[slot] = 0
            self._durations[slot] = 0.0
        self._counts[slot] += 1
        self._durations[slot] += duration

    def rates(self, now: float) -> tuple[float, float]:
        """Answers per second and their mean duration in seconds; 0.0 where there were none.

        The buckets reach back to the start of the second 59 s ago, or to the start of the service.
        """
        oldest = int(now) - WINDOW_SECONDS + 1
        slots = [slot for slot, second in enumerate(self._seconds) if second >= oldest]
        count = sum(self._counts[slot] for slot in slots)
        duration = sum(self._durations[slot] for slot in slots)
        span = max(1.0, now - max(oldest, self._started))
        return count / span, duration / count if count else 0.0


class Durations:
    """A histogram: `counts` has one number for each of `BUCKETS`, and a last one for what is beyond them."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total_seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration; a bound belongs to the bucket below it."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total_seconds += seconds


class Traffic:
    """What this process was asked. Plain numbers, written by the event loop alone: one answer costs a microsecond."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self.timer = timer
        self.connections = 0
        self.answers: dict[tuple[str, int], int] = {}
        self.durations: dict[tuple[str, str], Durations] = {}
        self._last_minute = LastMinute(timer())

    def answered(self, method: str, route: str, status: int, began: float) -> None:
        """Count an answer that begins now to a request that came at `began`. `route` is a template, never a path."""
        now = self.timer()
        duration = now - began
        self._last_minute.add(now, duration)
        answer = (method, status)
        self.answers[answer] = self.answers.get(answer, 0) + 1
        durations = self.durations.get((method, route))
        if durations is None:
            durations = self.durations[method, route] = Durations()
        durations.add(duration)

    def figures(self) -> TrafficFigures:
        """The figures of the last minute."""
        per_second, mean = self._last_minute.rates(self.timer())
        return TrafficFigures(self.connections, round(per_second, 2), round(mean * 1000, 2))

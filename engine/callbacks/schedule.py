"""Says what follows from one attempt to deliver a callback: a pure function of its answer and the time."""

from datetime import datetime, timedelta

import msgspec

from models.words import DeliveryStatus

DELAYS_SECONDS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""From each attempt to the next, the first counted from the end of the execution."""

JITTER = 0.1
"""The part of a delay that chance may add, so that what failed together does not come back together."""

MAX_RETRY_AFTER_SECONDS = 86_400.0
GONE = 410
ASKS_TO_WAIT = frozenset({429, 503})


class Verdict(msgspec.Struct, frozen=True):
    """Where a delivery stands after an attempt; `next_attempt_at` is None where there will be none.

    `step` counts the failures since the delivery was begun, or was asked for again.
    """

    status: DeliveryStatus
    step: int
    next_attempt_at: datetime | None = None


def verdict(http_status: int | None, retry_after: float | None, step: int, now: datetime, chance: float) -> Verdict:
    """What follows from an attempt that was answered with `http_status`, or not at all, after `step` failures.

    `retry_after` is what the answer asked for in seconds; `chance` in [0, 1) spreads the delays.
    """
    if http_status is not None and 200 <= http_status < 300:
        return Verdict(DeliveryStatus.DELIVERED, step)
    if http_status == GONE:
        return Verdict(DeliveryStatus.DISABLED, step + 1)
    if step + 1 >= len(DELAYS_SECONDS):
        return Verdict(DeliveryStatus.EXHAUSTED, step + 1)
    delay = DELAYS_SECONDS[step + 1] * (1 + JITTER * chance)
    if retry_after is not None and http_status in ASKS_TO_WAIT:
        delay = max(delay, min(retry_after, MAX_RETRY_AFTER_SECONDS))
    return Verdict(DeliveryStatus.PENDING, step + 1, now + timedelta(seconds=delay))

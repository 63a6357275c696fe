"""Crashes that strike at random are nobody's fault: nothing is given up for them, and nothing is set aside."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from models.words import ActionErrorCode


def life_faults(row: Row[Any]) -> Iterator[str]:
    """What was taken for a killer, or for unreadable, though it is neither."""
    if (row.error or {}).get("code") == ActionErrorCode.WORKER_LOST:
        yield "was given up, though its work kills nobody"
    if row.fault is not None:
        yield f"is set aside: {row.fault}"

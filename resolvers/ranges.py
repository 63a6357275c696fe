"""The conditions by which a moment lies in a range."""

from typing import Any

from sqlalchemy import Column

from models.commands.filters import TimeRange


def within(column: Column[Any], asked: TimeRange | None) -> list[Any]:
    """From `since` on, and before `until`; no condition where no range is asked for."""
    if asked is None:
        return []
    conditions: list[Any] = []
    if asked.since is not None:
        conditions.append(column >= asked.since)
    if asked.until is not None:
        conditions.append(column < asked.until)
    return conditions

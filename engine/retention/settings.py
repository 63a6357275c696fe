"""How long the operator has everything kept."""

from datetime import timedelta

import msgspec

Period = timedelta | None
"""From the end on; None: for ever."""


class RetentionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`executions` is for those that completed or were cancelled; a workflow may say another of its own.

    `max_executions` bounds how many ended ones are kept, whatever their time; None: any number.
    """

    executions: Period = timedelta(days=30)
    failed: Period = timedelta(days=90)
    max_executions: int | None = None
    activities: Period = timedelta(days=90)
    keys: timedelta = timedelta(days=30)
    audit: Period = None

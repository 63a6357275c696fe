"""What deletion would take at a moment, and what it has taken."""

from datetime import datetime

import msgspec

from models.words import ExecutionStatus


class OverdueExecutions(msgspec.Struct, frozen=True):
    """Executions of one status whose time is over; `held` of them stay until nothing is pending, and nothing live, of
    them and of what came of them.
    """

    status: ExecutionStatus
    count: int
    held: int
    oldest: datetime | None


class OverdueRows(msgspec.Struct, frozen=True):
    """Rows of one table that would go; those that hang on executions, of what is held too."""

    table: str
    count: int


class RetentionPreview(msgspec.Struct, frozen=True):
    """What would go at `at`; `beyond_cap` are the executions over the number that is kept at most, of all tenants."""

    at: datetime
    executions: list[OverdueExecutions]
    rows: list[OverdueRows]
    beyond_cap: int

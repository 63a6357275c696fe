"""The entities of bulk operations: what was asked for, how far it has come, and what came of each execution."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from models.entities.executions import ExecutionSummary
from models.error_codes import ErrorCode
from models.words import BulkItemStatus, BulkKind, BulkStatus


class BulkOperation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation on many executions.

    `ended_by` is who aborted it, and `refusal` why the service did, where nobody asked for that.
    """

    id: str
    kind: BulkKind
    status: BulkStatus
    reason: str | None
    created_by: str
    total: int
    succeeded: int
    skipped: int
    failed: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    ended_by: str | None
    refusal: str | None

    @property
    def done(self) -> int:
        """How many executions it has a result for."""
        return self.succeeded + self.skipped + self.failed

    @property
    def left(self) -> int:
        """How many it has none for: they are still to come or, where it was aborted, were left alone."""
        return self.total - self.done

    @property
    def percentage(self) -> float:
        """0.0 to 100.0."""
        return round(100 * self.done / self.total, 2) if self.total else 100.0


class BulkResult(msgspec.Struct, frozen=True):
    """What came of one execution; `code` and `message` say why it is no plain success, if it is none.

    `new_execution_id` is the execution that does it over.
    """

    status: BulkItemStatus
    code: ErrorCode | None = None
    message: str | None = None
    new_execution_id: str | None = None


class BulkItem(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of an operation, numbered from 1 in the order in which they are worked on."""

    number: int
    execution_id: str
    status: BulkItemStatus
    code: ErrorCode | None
    message: str | None
    new_execution_id: str | None
    at: datetime | None


class BulkSlice(msgspec.Struct, frozen=True):
    """Some items of an operation in their order, how many a filter finds of it, and whether there are others around."""

    items: Sequence[BulkItem]
    count: int
    has_next: bool
    has_previous: bool


class BulkAnswer(msgspec.Struct, frozen=True):
    """The answer to a request: the operation or, of a dry run, None; how many executions, and the first of them."""

    operation: BulkOperation | None
    count: int
    first: Sequence[ExecutionSummary] = ()

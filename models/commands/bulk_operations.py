"""What a caller may ask of many executions at once, within which bounds, and what can be wrong with it."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.commands.filters import ExecutionFilter
from models.commands.labels import LabelChanges
from models.commands.reruns import RerunDefinitionWord, RerunFromWord
from models.commands.validation import Command, Id
from models.error_codes import ErrorCode
from models.errors import Conflict, NotFound
from models.rerun_words import RerunFrom
from models.words import BulkItemStatus, BulkKind, BulkStatus

MAX_IDS = 10_000
MAX_EXECUTIONS = 100_000
"""So many executions one operation may be about: what is made at once is written in one transaction."""

MAX_UNFINISHED = 20
"""So many operations of a tenant may be under way."""


class BulkLabels(LabelChanges):
    """What a bulk operation changes of the labels of each execution."""


class BulkRerun(Command):
    """How a bulk operation does executions over: what `rerunExecution` takes, as far as it is the same for all."""

    from_: RerunFromWord = Field(
        default=RerunFrom.FAILED,
        alias="from",
        description="From where: what failed or was not reached (the default), or the start.",
    )
    definition: RerunDefinitionWord | None = Field(
        default=None,
        description="By the version that each execution ran on (ORIGINAL, the default), or the present one (LATEST).",
    )

    @model_validator(mode="after")
    def _is_the_same_for_all(self) -> Self:
        if self.from_ is RerunFrom.ACTIONS:
            raise ValueError("of many executions `from` is failed or start: actions are named for one")
        return self


class CreateBulkOperation(Command):
    """`createBulkOperation`: one thing to do to each of many executions, which are named or found by a filter."""

    kind: BulkKind = Field(strict=False, description="What is done to each of them, as the mutation for one does it.")
    ids: list[Annotated[str, StringConstraints(min_length=1, max_length=200), Id()]] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_IDS,
        description="These executions, at most 10000; of one that is not there this is told as its result. Give this "
        "or `filter`.",
    )
    filter: ExecutionFilter | None = Field(
        default=None,
        description="Those that `executions` finds by it at this moment, and to which it can be done; at most 100000. "
        "What begins later is not touched.",
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1_000)] | None = Field(
        default=None, description="Why: for the record, at most 1000 characters."
    )
    labels: BulkLabels | None = Field(
        default=None, description="With LABEL: what is changed of their labels, as `labelExecution` does it."
    )
    rerun: BulkRerun | None = Field(
        default=None, description="With RERUN: how they are done over. Default: from what failed, by their own version."
    )
    dry_run: bool = Field(
        default=False, description="Only tell how many there are, and the first of them. Default: false."
    )
    expected_count: int | None = Field(
        default=None,
        ge=0,
        description="How many there should be, as a dry run tells it: where there are others, nothing is done.",
    )

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give ids or filter, and not both")
        if (self.kind is BulkKind.LABEL) != (self.labels is not None):
            raise ValueError("give labels with the kind label, and with no other")
        if self.rerun is not None and self.kind is not BulkKind.RERUN:
            raise ValueError("give rerun with the kind rerun, and with no other")
        if self.filter == ExecutionFilter() and self.expected_count is None and not self.dry_run:
            raise ValueError(
                "this filter is empty, and finds every execution of the tenant: say which, or how many you expect, "
                "as a dry run tells it"
            )
        return self


class BulkItemFilter(Command):
    """Which items of a bulk operation."""

    status: list[Annotated[BulkItemStatus, Field(strict=False)]] = Field(
        default_factory=list, max_length=len(BulkItemStatus), description="In one of these statuses."
    )


class BulkOperationFilter(Command):
    """Which bulk operations: any of several values of one field, and all of the fields."""

    kind: list[Annotated[BulkKind, Field(strict=False)]] = Field(
        default_factory=list, max_length=len(BulkKind), description="Of one of these kinds."
    )
    status: list[Annotated[BulkStatus, Field(strict=False)]] = Field(
        default_factory=list, max_length=len(BulkStatus), description="In one of these statuses."
    )


class BulkOperationNotFound(NotFound):
    """No such bulk operation in the caller's tenant."""

    code = ErrorCode.BULK_OPERATION_NOT_FOUND

    def __init__(self, operation_id: str) -> None:
        super().__init__(f"Bulk operation not found: {operation_id}")


class BulkOperationFinished(Conflict):
    """The bulk operation has ended already."""

    code = ErrorCode.BULK_OPERATION_FINISHED

    def __init__(self, status: str) -> None:
        super().__init__(f"The bulk operation is {status} already")


class CountMismatch(Conflict):
    """There are more or fewer executions than the caller expects."""

    code = ErrorCode.COUNT_MISMATCH

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"This is about {found:,} executions now, not {expected:,}, and nothing was done")
        self.hint = f"look at them by a dry run, then ask again with the expected count {found}"


class TooManyExecutions(Conflict):
    """A filter finds more executions than one operation may be about."""

    code = ErrorCode.TOO_MANY_EXECUTIONS

    def __init__(self) -> None:
        super().__init__(
            f"The filter finds more than {MAX_EXECUTIONS:,} executions: narrow it, and make several operations"
        )


class TooManyBulkOperations(Conflict):
    """The tenant has as many operations under way as may be."""

    code = ErrorCode.TOO_MANY_BULK_OPERATIONS

    def __init__(self) -> None:
        super().__init__(
            f"{MAX_UNFINISHED} bulk operations of the tenant are under way, which is the most: wait for one or abort it"
        )

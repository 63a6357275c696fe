"""The failures about what was deleted, or cannot be deleted yet."""

from models.error_codes import ErrorCode
from models.errors import Conflict, OrchestratorError


class Gone(OrchestratorError):
    """It was here, and its time is over, for good."""

    http_status = 410


class ExecutionDeleted(Gone):
    """The idempotency key started an execution that was deleted since: it runs no second time (decision E16)."""

    code = ErrorCode.EXECUTION_DELETED

    def __init__(self, execution_id: str) -> None:
        super().__init__(f"This key started {execution_id}, which was deleted after its end: choose a new key")
        self.execution_id = execution_id


class CursorExpired(Gone):
    """What follows a cursor is not kept any more. `resume_after` is the first cursor after which nothing is missing;
    None where nothing is left.
    """

    code = ErrorCode.CURSOR_EXPIRED

    def __init__(self, what: str, resume_after: str | None) -> None:
        onward = "read the list anew" if resume_after is None else "read the list anew, or go on after `resume_after`"
        super().__init__(f"{what} after this cursor were deleted, as their time was over: {onward}")
        self.resume_after = resume_after


class NotDeletable(Conflict):
    """An execution cannot be deleted yet."""

    code = ErrorCode.NOT_DELETABLE

    def __init__(self, execution_id: str, why: str) -> None:
        super().__init__(f"Execution {execution_id} {why}: delete it when that is over")

"""How an action says that it failed: one exception with a stable code, and its form in the journal."""

from collections.abc import Mapping
from typing import Any

from models.commands.validation import BAD_TEXT
from models.words import ActionErrorCode


class ActionFailed(Exception):
    """An attempt of an action failed for a reason that its user should see.

    `response` is what the service answered, where it answered, with `http_status` and `http_headers`. `retryable` says
    whether trying again may help, `repeatable` whether calling again can do no harm, and `retry_after` for how many
    seconds the service asked to be left alone. `own_code` is the workflow's own word for it, where that raised it.
    """

    def __init__(
        self,
        code: ActionErrorCode,
        message: str,
        *,
        retryable: bool = False,
        repeatable: bool = False,
        http_status: int | None = None,
        response: Any = None,
        http_headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        own_code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = BAD_TEXT.sub("\ufffd", message)  # it may quote anything, and every database has to hold it
        self.retryable = retryable
        self.repeatable = repeatable
        self.http_status = http_status
        self.response = response
        self.http_headers = http_headers
        self.retry_after = retry_after
        self.own_code = own_code

    @property
    def http(self) -> dict[str, Any] | None:
        """The status and the headers of what a service answered, as templates see them; None: none did."""
        return None if self.http_status is None else http_answer(self.http_status, self.http_headers or {})


def http_answer(status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    """What templates see as `http` of an answer."""
    return {"status": status, "headers": dict(headers)}


def run_error(code: ActionErrorCode, message: str) -> dict[str, Any]:
    """The documented error of a whole execution, which no single action explains."""
    return {"code": code.value, "message": message, "action_id": None, "retryable": False}


def error_object(failure: ActionFailed, action_id: str, attempt: int) -> dict[str, Any]:
    """The documented error of an action: `{code, message, action_id, attempt, retryable, http_status}`.

    And `own_code`, where the workflow gave one.
    """
    own = {} if failure.own_code is None else {"own_code": failure.own_code}
    return {
        "code": failure.code.value,
        "message": failure.message,
        "action_id": action_id,
        "attempt": attempt,
        "retryable": failure.retryable,
        "http_status": failure.http_status,
        **own,
    }


NOBODY_WAITS = run_error(ActionErrorCode.PARENT_ENDED, "The execution that started it waits for it no more")
"""Why an execution is cancelled that another one has started."""

"""Why an action or an execution failed, as a GraphQL type."""

from typing import Any

import strawberry

from models import words
from schema.enums import ActionErrorCode


@strawberry.type(description="Why an action, and with it perhaps its execution, failed.")
class ExecutionError:
    """The documented error object."""

    code: ActionErrorCode = strawberry.field(description="The stable word for the reason.")
    message: str = strawberry.field(description="What happened, for a person to read.")
    action_id: str | None = strawberry.field(description="The action that failed; null where the whole run did.")
    attempt: int | None = strawberry.field(description="Which attempt failed, counted from 1.")
    retryable: bool = strawberry.field(description="Whether trying again may help.")
    http_status: int | None = strawberry.field(description="What the service answered, where it answered.")
    compensation_failed: list[str] | None = strawberry.field(
        description="The actions that are not undone, though they were to be, where an execution failed."
    )


def execution_error(error: Any) -> ExecutionError | None:
    """The GraphQL type of the documented error object."""
    if error is None:
        return None
    return ExecutionError(
        code=words.ActionErrorCode(error["code"]),
        message=error["message"],
        action_id=error.get("action_id"),
        attempt=error.get("attempt"),
        retryable=error.get("retryable", False),
        http_status=error.get("http_status"),
        compensation_failed=error.get("compensation_failed"),
    )

"""Why an action failed, and why an execution is set aside, as GraphQL types."""

from datetime import datetime
from typing import Any

import strawberry

from models import words
from models.entities import executions
from schema.mirrors import Mirror
from schema.types.enums import ActionErrorCode, FaultCode

ERROR_CODES = frozenset(words.ActionErrorCode)


@strawberry.type(description="Why an action, and with it perhaps its execution, failed.")
class ExecutionError:
    """The documented error object."""

    code: ActionErrorCode = strawberry.field(description="The stable word for the reason.")
    message: str = strawberry.field(description="What happened, for a person to read.")
    action_id: str | None = strawberry.field(description="The action that failed; null where the whole run did.")
    attempt: int | None = strawberry.field(description="Which attempt failed, counted from 1.")
    retryable: bool = strawberry.field(description="Whether trying again may help.")
    http_status: int | None = strawberry.field(description="What the service answered, where it answered.")
    own_code: str | None = strawberry.field(
        description="The workflow's own word for it, where an action `fail` gave one: its `code` is RAISED."
    )
    compensation_failed: list[str] | None = strawberry.field(
        description="The actions that are not undone, though they were to be, where an execution failed."
    )


@strawberry.type(description="Why an execution is set aside: it harms no other, and is tried again.")
class ExecutionFault:
    """See `executions.ExecutionFault`, whose attributes these are."""

    code: FaultCode = strawberry.field(description="The stable word for the reason.")
    message: str = strawberry.field(description="What is wrong and what to do, for a person to read.")
    since: datetime | None = strawberry.field(description="Since when; null where it has ended.")
    tries: int = strawberry.field(description="How often it was tried to take it up since.")
    next_try_at: datetime | None = strawberry.field(description="When it is tried again; null where it has ended.")


FAULT = Mirror(ExecutionFault, executions.ExecutionFault)


def fault_type(fault: executions.ExecutionFault | None) -> ExecutionFault | None:
    """The GraphQL type of a fault, if there is one."""
    return None if fault is None else FAULT.of(fault)


def known_code(code: Any) -> words.ActionErrorCode:
    """The word for the reason, as far as this version knows it."""
    return words.ActionErrorCode(code) if code in ERROR_CODES else words.ActionErrorCode.UNKNOWN


def error_type(error: Any) -> ExecutionError | None:
    """The GraphQL type of an error, if there is one; a newer version may have written it."""
    if error is None:
        return None
    return ExecutionError(
        code=known_code(error.get("code")),
        message=error.get("message", ""),
        action_id=error.get("action_id"),
        attempt=error.get("attempt"),
        retryable=error.get("retryable", False),
        http_status=error.get("http_status"),
        own_code=error.get("own_code"),
        compensation_failed=error.get("compensation_failed"),
    )

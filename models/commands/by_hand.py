"""What people do by hand to an execution that has not ended: pause it, have it go on, set an action right, end it."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from models.commands.control_flow import MAX_ITEMS
from models.commands.messages import ExecutionId
from models.commands.validation import Command
from models.error_codes import ErrorCode
from models.errors import Conflict
from models.words import Resolution

MAX_REASON = 500

Reason = Annotated[str, StringConstraints(min_length=1, max_length=MAX_REASON)]
WHY = f"Why, for the journal and the audit log: at most {MAX_REASON} characters."


class GivenReason(Command):
    """Why somebody does something, where that is said: the body of a request whose path says to what."""

    reason: Reason | None = Field(default=None, description=WHY)


class PauseExecution(GivenReason):
    """`pauseExecution`: nothing begins any more until it is resumed."""

    id: ExecutionId = Field(description="The execution; one that has not ended.")


class ResumeExecution(GivenReason):
    """`resumeExecution`: it goes on where it was paused."""

    id: ExecutionId = Field(description="The execution; one that has not ended.")


class ResolveAction(Command):
    """`resolveAction`: an action that failed, waits or backs off gets a result, is skipped, or is tried again now."""

    execution_id: ExecutionId = Field(description="The execution; one that has begun and has not ended.")
    action_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="The action that failed, waits or backs off."
    )
    item: Annotated[int, Field(ge=0, lt=MAX_ITEMS)] | None = Field(
        default=None, description="The item, where it runs for each of a list and has not ended as a whole."
    )
    outcome: Annotated[Resolution, Field(strict=False)] = Field(
        description="`succeed` with an `output`, `skip`, or `retry_now`."
    )
    output: Any = Field(
        default=None,
        description="Any JSON: the response of an action that succeeds by hand, as those that depend on it see it. The "
        "action's own `output` is not applied to it.",
    )
    reason: Reason = Field(description=WHY)


class TerminateExecution(Command):
    """`terminateExecution`: it is cancelled at once, and nothing is cleaned up."""

    id: ExecutionId = Field(description="The execution; one that has not ended, and that may be stopping.")
    reason: Reason = Field(description=WHY)


class ActionNotResolvable(Conflict):
    """An action is not where somebody could give it a result by hand; `why` goes on after its name."""

    code = ErrorCode.ACTION_NOT_RESOLVABLE

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"Action '{name}' {why}")

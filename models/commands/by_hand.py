"""What people do by hand to an execution that has not ended: pause it, have it go on, end it at once."""

from typing import Annotated

from pydantic import Field, StringConstraints

from models.commands.messages import ExecutionId
from models.commands.validation import Command

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


class TerminateExecution(Command):
    """`terminateExecution`: it is cancelled at once, and nothing is cleaned up."""

    id: ExecutionId = Field(description="The execution; one that has not ended, and that may be stopping.")
    reason: Reason = Field(description=WHY)

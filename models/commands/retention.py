"""How long the executions of a workflow are kept after their end, where that is not what the operator has set."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from models.commands.validation import Command
from models.periods import PATTERN, read_period


def _is_period(word: Any) -> Any:
    if isinstance(word, str):
        read_period(word)
    return word


PeriodWord = Annotated[str, StringConstraints(pattern=PATTERN), BeforeValidator(_is_period)]
"""What is wrong is said in words first: the pattern is for schemas."""


class WorkflowRetention(Command):
    """`retention` of a workflow. A period is a number and `s`, `m`, `h`, `d` or `w`, or `forever`."""

    completed: PeriodWord | None = Field(
        default=None,
        description="Of those that completed or were cancelled: a number and `s`, `m`, `h`, `d` or `w`, such as `7d`, "
        "or `forever`. Left out: what the operator has set.",
    )
    failed: PeriodWord | None = Field(default=None, description="Of those that failed, likewise.")

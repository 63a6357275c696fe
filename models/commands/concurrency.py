"""How many executions of a workflow may run at once, in all or for each key, and what becomes of one more."""

from typing import Annotated

from pydantic import Field, StringConstraints

from models.commands.validation import Command
from models.words import OnLimit

MAX_LIMIT = 10_000
MAX_GROUP_KEY = 255
"""Characters of a key that a template comes to."""


class ConcurrencyLimit(Command):
    """`concurrency` of a workflow. Executions with the same `key`, a template over the parameters, are a group.

    Without a key all executions of the workflow are one group.
    """

    key: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = Field(
        default=None,
        description="A template over the parameters, such as `{{customer_id}}`: the limit is for each of its values. "
        "Left out: all executions of the workflow share it.",
    )
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = Field(description="1 to 10000.")
    on_limit: Annotated[OnLimit, Field(strict=False)] = Field(
        default=OnLimit.QUEUE, description="What becomes of an execution that is one too many. Default: QUEUE."
    )

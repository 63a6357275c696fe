"""The forms of control flow that an action may take: once for each item of a list, and again until it is done."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from models.commands.validation import IDENTIFIER, Command

MAX_ITEMS = 10_000
MAX_ITERATIONS = 10_000
MAX_REPEAT_DELAY_SECONDS = 86_400

LocalName = Annotated[str, StringConstraints(pattern=IDENTIFIER)]


class ForEach(Command):
    """`for_each` of an action: it runs once for each item of `in`, a list or one whole expression that gives one.

    Its templates see the item under the name `as`, and the item's index, from 0, under the name `index_as`. The
    response is the list of all responses in the order of the items, null where an item failed; the action fails once
    more than `tolerated_failure_percentage` of its items have failed.
    """

    in_: Annotated[list[Any] | str, Field(alias="in")]
    as_: Annotated[LocalName, Field(alias="as")] = "item"
    index_as: LocalName = "index"
    max_concurrency: Annotated[int, Field(ge=1, le=1_000)] = 10
    tolerated_failure_percentage: Annotated[float, Field(ge=0, le=100)] = 0


class Repeat(Command):
    """`repeat` of an action: it runs again, `delay_seconds` after it succeeded, until `until` is true.

    Its templates see the number of the `iteration`, from 1, and the `previous` response, null at first. It fails where
    `until`, one whole expression that may look at the `response`, is not true after `max_iterations`.
    """

    until: str
    max_iterations: Annotated[int, Field(ge=1, le=MAX_ITERATIONS)] = 100
    delay_seconds: Annotated[float, Field(ge=0, le=MAX_REPEAT_DELAY_SECONDS)] = 1.0

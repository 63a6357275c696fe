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

    Its templates see the item under the name `as`, and the item's index, from 0, under the name `index_as`. Items for
    which `when` is false are skipped. The response is the list of all responses in the order of the items, null where
    an item failed or was skipped; the action fails once more than `tolerated_failure_percentage` of its items have
    failed.
    """

    in_: list[Any] | str = Field(
        alias="in", description="A list, or one whole expression such as `{{list.response.entries}}` that gives one."
    )
    as_: LocalName = Field(
        default="item", alias="as", description="The name under which its templates see the item. Default: `item`."
    )
    index_as: LocalName = Field(default="index", description="The same of the item's index, from 0. Default: `index`.")
    when: bool | str | None = Field(
        default=None,
        description="A boolean, or one whole expression that sees the item, such as `{{item.total > 0}}`: an item for "
        "which it is false is skipped. Default: it runs for all.",
    )
    max_concurrency: int = Field(
        default=10, ge=1, le=1_000, description="So many items at once, 1 to 1000. Default: 10."
    )
    tolerated_failure_percentage: float = Field(
        default=0, ge=0, le=100, description="It fails once more of its items have failed. Default: 0."
    )


class Repeat(Command):
    """`repeat` of an action: it runs again, `delay_seconds` after it succeeded, until `until` is true.

    Its templates see the number of the `iteration`, from 1, and the `previous` response, null at first. It fails where
    `until`, one whole expression that may look at the `response`, is not true after `max_iterations`. With `collect`
    its response is the list of what that came to in each iteration, and its templates see those so far as `collected`.
    """

    until: str = Field(
        description="One whole expression that may look at the response: `{{response.state == 'done'}}`."
    )
    max_iterations: int = Field(
        default=100,
        ge=1,
        le=MAX_ITERATIONS,
        description="It fails where `until` is not true by then, 1 to 10000. Default: 100.",
    )
    delay_seconds: float = Field(
        default=1.0,
        ge=0,
        le=MAX_REPEAT_DELAY_SECONDS,
        description="Between two iterations, 0 to 86400. Default: 1.",
    )
    collect: Any = Field(
        default=None,
        description="What is kept of each iteration, such as `{{response.entries}}`: the response of the action is "
        "then the list of these. Default: the response of the last one.",
    )

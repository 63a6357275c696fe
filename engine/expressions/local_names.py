"""The templates of an action, and the names that each of them sees beside those that all templates see."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from models.commands.validation import Location
from models.commands.workflows import ActionDefinition

ITERATION, PREVIOUS, COLLECTED = "iteration", "previous", "collected"
RESPONSE, HTTP, ERROR = "response", "http", "error"
YIELDING = frozenset({HTTP, ERROR})
"""Names that an action or a parameter of the workflow goes over: there were such before there were these."""

CONDITIONS: Sequence[Location] = (
    ("when",),
    ("for_each", "when"),
    ("success_when",),
    ("retry", "when"),
    ("repeat", "until"),
)
"""Where templates stand that give true or false."""


class LocalTemplate(msgspec.Struct, frozen=True):
    """One template of an action: where it stands in the definition, as it was sent, and the names of its own."""

    loc: Location
    source: Any
    names: frozenset[str] = frozenset()


def templates_of(action: ActionDefinition) -> Iterator[LocalTemplate]:
    """Yield the templates of an action, in the order in which they are filled in."""
    yield LocalTemplate(("when",), action.when)
    names: frozenset[str] = frozenset()
    if action.for_each is not None:
        yield LocalTemplate(("for_each", "in"), action.for_each.in_)
        names |= {action.for_each.as_, action.for_each.index_as}
        yield LocalTemplate(("for_each", "when"), action.for_each.when, names)
    if action.repeat is not None:
        names |= {ITERATION, PREVIOUS} if action.repeat.collect is None else {ITERATION, PREVIOUS, COLLECTED}
    yield LocalTemplate(("config",), action.config, names)
    answer = names | {RESPONSE, HTTP}
    yield LocalTemplate(("success_when",), action.success_when, answer)
    if action.retry is not None:
        yield LocalTemplate(("retry", "when"), action.retry.when, answer | {ERROR})
    if action.repeat is not None:
        yield LocalTemplate(("repeat", "until"), action.repeat.until, answer)
        yield LocalTemplate(("repeat", "collect"), action.repeat.collect, answer)
    yield LocalTemplate(("output",), action.output, answer)

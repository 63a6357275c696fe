"""The templates of an action, and the names that each of them sees beside those that all templates see."""

from collections.abc import Iterator
from typing import Any

import msgspec

from models.commands.validation import Location
from models.commands.workflows import ActionDefinition

ITERATION, PREVIOUS, RESPONSE = "iteration", "previous", "response"


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
        names |= {ITERATION, PREVIOUS}
    yield LocalTemplate(("config",), action.config, names)
    if action.repeat is not None:
        yield LocalTemplate(("repeat", "until"), action.repeat.until, names | {RESPONSE})
    yield LocalTemplate(("output",), action.output, names | {RESPONSE})

"""Which version of definitions is needed to carry one out as it was meant: what uses nothing new needs no new node."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.expressions.braces import has_backslashes
from models.words import EndingType

FIRST, SECOND = 1, 2

ACTIONS = ("actions", "on_failure", "on_exit")


def needed_version(definition: Mapping[str, Any]) -> int:
    """The oldest version by which a definition, as it is stored, may be carried out."""
    if has_backslashes(definition):
        return SECOND
    return max((_needed_by(action) for action in _actions(definition)), default=FIRST)


def _actions(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for part in ACTIONS:
        yield from definition.get(part) or ()


def _needed_by(action: Mapping[str, Any]) -> int:
    chooses = (action.get("for_each") or {}).get("when") is not None
    return SECOND if chooses or action["action_type"] in list(EndingType) else FIRST

"""Which version of definitions is needed to carry one out as it was meant: what uses nothing new needs no new node."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.expressions.braces import has_backslashes
from models.words import EndingType, RunIf

FIRST, SECOND = 1, 2

ACTIONS = ("actions", "on_failure", "on_exit")
OF_CALLS = frozenset({"query", "body", "encoding", "idempotency_key"})
"""What of the configuration of a service call came with the second version."""


def needed_version(definition: Mapping[str, Any]) -> int:
    """The oldest version by which a definition, as it is stored, may be carried out."""
    if has_backslashes(definition) or any(field.get("schema") is not None for field in _fields(definition)):
        return SECOND
    return max((_needed_by(action) for action in _actions(definition)), default=FIRST)


def _actions(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The actions and, behind each, what undoes it."""
    for part in ACTIONS:
        for action in definition.get(part) or ():
            yield action
            if action.get("compensate") is not None:
                yield action["compensate"]


def _fields(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parameters, and the fields of forms, which are written like them."""
    yield from definition.get("parameters") or ()
    for action in _actions(definition):
        form = action.get("config", {}).get("form") if action["action_type"] == "approval" else None
        yield from (field for field in form or () if isinstance(field, Mapping))


def _needed_by(action: Mapping[str, Any]) -> int:
    steered = (("for_each", "when"), ("retry", "when"), ("repeat", "collect"))
    is_new = (
        action.get("run_if") == RunIf.FIRST_SUCCESS
        or action["action_type"] in list(EndingType)
        or action.get("success_when") is not None
        or any((action.get(form) or {}).get(key) is not None for form, key in steered)
        or (action["action_type"] == "service_call" and not OF_CALLS.isdisjoint(action.get("config", {})))
    )
    return SECOND if is_new else FIRST

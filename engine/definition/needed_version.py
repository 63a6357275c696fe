"""Says of which version a definition is: who knows only older ones must not carry it out as if a key were not there."""

from collections.abc import Iterator, Mapping
from typing import Any

DEFINITION_VERSION = 2
"""The newest version that is read here. A key without which a definition would mean another thing makes a new one."""

SECTIONS = ("actions", "on_failure", "on_exit")
OF_CALLS = frozenset({"query", "body", "encoding", "idempotency_key"})
"""What of the configuration of a service call came with the second version."""


def needed_version(definition: Mapping[str, Any]) -> int:
    """The oldest version by which a definition, as it is stored, may be carried out: nodes are upgraded one by one."""
    actions = (action for section in SECTIONS for action in definition.get(section, ()))
    return 2 if any(_is_of_second(part) for action in actions for part in _parts(action)) else 1


def _parts(action: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield action
    if action.get("compensate") is not None:
        yield action["compensate"]


def _is_of_second(part: Mapping[str, Any]) -> bool:
    is_call = part.get("action_type") == "service_call"
    return (
        part.get("success_when") is not None
        or (part.get("retry") or {}).get("when") is not None
        or (part.get("repeat") or {}).get("collect") is not None
        or (is_call and not OF_CALLS.isdisjoint(part.get("config", {})))
    )

"""Bounds how many patterns a definition has: to compile one takes its time, and forms hold them by the thousand."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.commands.parameters import ParameterDefinition
from models.commands.validation import Location
from models.commands.value_schemas.reading import patterns_of
from models.commands.workflows import ActionDefinition
from models.errors import InvalidInput
from models.faults import Fault

MAX_PATTERNS = 200
"""Each is compiled in a millisecond, some in thirty."""


def pattern_faults(
    parameters: Sequence[ParameterDefinition], sections: Mapping[str, Sequence[ActionDefinition]], loc: Location
) -> Iterator[Fault]:
    """Yield a fault at `loc` where the parameters and the forms have too many patterns together."""
    configs = [
        typed.config
        for actions in sections.values()
        for action in actions
        for typed in (action, action.compensate)
        if typed is not None
    ]
    of_parameters = ((parameter.pattern is not None) + patterns_of(parameter.schema_) for parameter in parameters)
    count = sum(of_parameters) + sum(map(_patterns, configs))
    if count > MAX_PATTERNS:
        yield _too_many(count, loc)


def require_few_patterns(raw: Any, loc: Location) -> None:
    """Look at what was sent as a definition before any of its parameters' patterns is compiled.

    Raises `InvalidInput` where there are too many of them.
    """
    count, left = 0, [raw.get("parameters"), raw.get("customizations")] if isinstance(raw, dict) else []
    while left:
        value = left.pop()
        if isinstance(value, dict):
            count += isinstance(value.get("pattern"), str)
            left += value.values()
        elif isinstance(value, list):
            left += value
    if count > MAX_PATTERNS:
        raise InvalidInput([_too_many(count, loc)])


def _too_many(count: int, loc: Location) -> Fault:
    message = f"the parameters and forms have {count} patterns, at most {MAX_PATTERNS}"
    return Fault(loc, message, "value_error.list.max_items")


def _patterns(config: Mapping[str, Any]) -> int:
    form = config.get("form")
    fields = form if isinstance(form, list) else ()
    return sum(
        isinstance(field.get("pattern"), str) + patterns_of(field.get("schema"))
        for field in fields
        if isinstance(field, dict)
    )

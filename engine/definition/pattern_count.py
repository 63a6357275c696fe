"""Bounds how many patterns a definition has: to compile one takes its time, and forms hold them by the thousand."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.commands.parameters import ParameterDefinition
from models.commands.validation import Location
from models.commands.value_schemas.reading import patterns_of
from models.commands.workflows import ActionDefinition
from models.faults import Fault

MAX_PATTERNS = 200
"""As many as are compiled in a fifth of a second, where it comes to the worst."""


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
        message = f"the parameters and forms have {count} patterns, at most {MAX_PATTERNS}"
        yield Fault(loc, message, "value_error.list.max_items")


def _patterns(config: Mapping[str, Any]) -> int:
    form = config.get("form")
    fields = form if isinstance(form, list) else ()
    return sum(
        isinstance(field.get("pattern"), str) + patterns_of(field.get("schema"))
        for field in fields
        if isinstance(field, dict)
    )

"""Binds the values of one execution to the parameters of its workflow (decision E3)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from models.commands.validation import Location
from models.commands.workflows import ParameterDefinition, among, fits
from models.errors import InvalidInput
from models.faults import MAX_FAULTS, Fault

LOCATION: Location = ("body", "parameters")


def bind(
    definitions: Sequence[ParameterDefinition], values: Mapping[str, Any], loc: Location = LOCATION
) -> tuple[dict[str, Any], list[str]]:
    """Return the values with defaults filled in, and a warning for each value that no parameter takes.

    Raises `InvalidInput` with every fault below `loc`, at its name.
    """
    faults = [fault for definition in definitions for fault in _faults(definition, values, loc)]
    if faults:
        raise InvalidInput(faults)
    defaults = {
        definition.name: definition.default_value
        for definition in definitions
        if definition.name not in values and definition.default_value is not None
    }
    known = {definition.name for definition in definitions}
    unknown = (name for name in values if name not in known)
    warnings = [f"Unknown parameter: {name}" for name in islice(unknown, MAX_FAULTS)]
    return {**values, **defaults}, warnings


def _faults(definition: ParameterDefinition, values: Mapping[str, Any], loc: Location) -> Iterator[Fault]:
    where = (*loc, definition.name)
    if definition.name not in values:
        if definition.required and definition.default_value is None:
            yield Fault(where, "field required", "value_error.missing")
        return
    value = values[definition.name]
    if not fits(definition.type, value):
        yield Fault(where, f"must be a JSON {definition.type}", f"type_error.{definition.type}")
    elif definition.allowed_values is not None and not among(value, definition.allowed_values):
        allowed = ", ".join(_spelled(value) for value in definition.allowed_values)
        yield Fault(where, f"must be one of: {allowed}", "value_error.const")


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

"""Binds the values of one execution to the parameters of its workflow (decision E3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from models.commands.constraints import TYPES, unmet
from models.commands.parameters import ParameterDefinition, among, fits
from models.commands.patterns import PatternWork
from models.commands.validation import Location
from models.commands.value_schemas.checking import unmet_by_schema
from models.errors import InvalidInput
from models.faults import MAX_FAULTS, Fault, some
from models.nearest_word import nearest_word

LOCATION: Location = ("body", "parameters")


def bind(
    definitions: Sequence[ParameterDefinition], values: Mapping[str, Any], loc: Location = LOCATION
) -> tuple[dict[str, Any], list[str]]:
    """Return the values with defaults filled in, and a warning for each value that no parameter takes.

    Null for a parameter that need not be given is none (decision E17), so that one can be passed on as it is. Raises
    `InvalidInput` with every fault below `loc`, at its name.
    """
    may_be_null = {definition.name for definition in definitions if definition.may_be_left_out}
    values = {name: value for name, value in values.items() if value is not None or name not in may_be_null}
    work = PatternWork()
    faults = some(fault for definition in definitions for fault in _faults(definition, values, loc, work))
    if faults:
        raise InvalidInput(faults)
    defaults = {
        definition.name: definition.default_value
        for definition in definitions
        if definition.name not in values and definition.default_value is not None
    }
    return {**values, **defaults}, unknown_values(definitions, values)


def unknown_values(definitions: Sequence[ParameterDefinition], values: Mapping[str, Any]) -> list[str]:
    """A warning for each value that no parameter takes, of very many as many as are told."""
    known = {definition.name for definition in definitions}
    unknown = (name for name in values if name not in known)
    return [f"Unknown parameter: {name}{_near(name, known)}" for name in islice(unknown, MAX_FAULTS)]


def _faults(
    definition: ParameterDefinition, values: Mapping[str, Any], loc: Location, work: PatternWork
) -> Iterator[Fault]:
    where = (*loc, definition.name)
    if definition.name not in values:
        if not definition.may_be_left_out:
            yield Fault(where, "field required", "value_error.missing")
        return
    value = values[definition.name]
    if not fits(definition.type, value):
        yield Fault(where, f"must be a JSON {definition.type}", f"type_error.{definition.type}")
    elif definition.allowed_values is not None and not among(value, definition.allowed_values):
        allowed = ", ".join(_spelled(value) for value in definition.allowed_values)
        yield Fault(where, f"must be one of: {allowed}", "value_error.const")
    else:
        if not definition.model_fields_set.isdisjoint(TYPES):
            yield from (Fault(where, message, word) for message, word in unmet(definition, value, work))
        if definition.schema_ is not None:
            for path, message, word in unmet_by_schema(definition.schema_, value, work):
                yield Fault((*where, *path), message, word)


def _near(name: str, known: Iterable[str]) -> str:
    meant = nearest_word(name, known)
    return f" (did you mean '{meant}'?)" if meant else ""


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

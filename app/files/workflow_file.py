"""Reads a workflow from a JSON or YAML file, and the parameters and labels of a run from the command line."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.actions.installed import installed_actions
from engine.definition.parameters import bind
from models.commands.field_names import instead
from models.commands.parameters import ParameterDefinition, fits
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow, ExecuteWorkflow
from models.errors import InvalidInput, MalformedRequest
from models.faults import Fault
from models.json_text import parse_json, repeated_key
from models.words import ParameterType
from resolvers.workflows.sources.diagnosis import workflow_of
from resolvers.workflows.sources.source_text import read_source

KINDS: Mapping[ParameterType, str] = {
    ParameterType.STRING: "a string",
    ParameterType.INTEGER: "an integer",
    ParameterType.NUMBER: "a number",
    ParameterType.BOOLEAN: "true or false",
    ParameterType.OBJECT: 'a JSON object such as {"a": 1}',
    ParameterType.ARRAY: "a JSON list such as [1, 2]",
}
MALFORMED = object()
"""In place of a value where a text is no JSON: it is of no type."""


def read_workflow(file: Path) -> CreateWorkflow:
    """The workflow in `file`. Raises `UnreadableFile` where it cannot be parsed, else `InvalidInput`."""
    source = read_source(file)
    if repeated := source.repeated:
        raise InvalidInput([repeated_key(loc) for loc in repeated])
    return workflow_of(installed_actions(), source)


def read_parameters(definitions: Sequence[ParameterDefinition], assignments: Iterable[str]) -> dict[str, Any]:
    """The values of `name=value` words: text for string parameters, JSON for all others.

    Raises `InvalidInput`: of the words one by one, and then of all values that do not do or are missing.
    """
    types = {definition.name: definition.type for definition in definitions}
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, separator, text = assignment.partition("=")
        if not separator:
            raise InvalidInput([Fault((assignment,), "write parameters as name=value", "value_error")])
        if name not in types:
            raise InvalidInput([Fault((name,), _unknown(name, list(types)), "value_error.extra")])
        if name in values:
            raise InvalidInput([Fault((name,), "the parameter is given twice: give it once", "value_error")])
        values[name] = _value(name, types[name], text)
    try:
        bind(definitions, values, ())
    except InvalidInput as refused:
        raise InvalidInput(map(_told, refused.faults)) from None
    return values


def read_labels(words: Iterable[str]) -> dict[str, str]:
    """The labels that `key=value` words give. Raises `InvalidInput` with all that is wrong with them."""
    labels: dict[str, str] = {}
    faults = []
    for word in words:
        key, separator, value = word.partition("=")
        if not separator:
            faults.append(Fault((word,), "write labels as key=value", "value_error"))
        elif key in labels:
            faults.append(Fault((key,), "the label is given twice: give it once", "value_error"))
        labels[key] = value
    if faults:
        raise InvalidInput(faults)
    return parse(ExecuteWorkflow, {"labels": labels}, ()).labels


def _unknown(name: str, known: Sequence[str]) -> str:
    if not known:
        return "unknown parameter: the workflow has none"
    return f"unknown parameter: {instead(name, known)}"


def _value(name: str, kind: ParameterType, text: str) -> Any:
    """What a text is as a value of a type; null stands for none, of whatever type."""
    if kind is ParameterType.STRING:
        return text
    try:
        value = parse_json(text)
    except MalformedRequest:
        value = MALFORMED
    if value is not None and not fits(kind, value):
        raise InvalidInput([Fault((name,), f"must be {KINDS[kind]}, not {text!r}", f"type_error.{kind}")])
    return value


def _told(fault: Fault) -> Fault:
    """A fault of a value as the command line knows it."""
    if fault.type != "value_error.missing":
        return fault
    return Fault((), f"parameter '{fault.loc[0]}' is required: -p {fault.loc[0]}=...", fault.type)

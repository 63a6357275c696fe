"""Reads a workflow from a JSON or YAML file, and the parameters of a run from the command line."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from app.files.source_text import read_source
from engine.actions.installed import installed_actions
from models.commands.field_names import instead
from models.commands.workflows import CreateWorkflow, ParameterDefinition
from models.errors import InvalidInput, MalformedRequest
from models.faults import Fault
from models.json_text import parse_json, repeated_key
from models.words import ParameterType
from resolvers.workflows.submitted import parse_workflow


def read_workflow(file: Path) -> CreateWorkflow:
    """The workflow in `file`. Raises `UnreadableFile` where it cannot be parsed, else `InvalidInput`."""
    source = read_source(file)
    if repeated := source.repeated:
        raise InvalidInput([repeated_key(loc) for loc in repeated])
    return parse_workflow(installed_actions(), CreateWorkflow, source.value, ())


def read_parameters(definitions: Iterable[ParameterDefinition], assignments: Iterable[str]) -> dict[str, Any]:
    """The values of `name=value` words: text for string parameters, JSON for all others. Raises `InvalidInput`."""
    types = {definition.name: definition.type for definition in definitions}
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, separator, text = assignment.partition("=")
        if not separator:
            raise InvalidInput([Fault((assignment,), "write parameters as name=value", "value_error")])
        if name not in types:
            raise InvalidInput([Fault((name,), _unknown(name, list(types)), "value_error.extra")])
        values[name] = text if types[name] is ParameterType.STRING else _json(name, text)
    return values


def _unknown(name: str, known: Sequence[str]) -> str:
    if not known:
        return "unknown parameter: the workflow has none"
    return f"unknown parameter: {instead(name, known)}"


def _json(name: str, text: str) -> Any:
    try:
        return parse_json(text)
    except MalformedRequest:
        raise InvalidInput([Fault((name,), f"must be JSON, not {text!r}", "value_error.json")]) from None

"""Reads a workflow from a JSON or YAML file, and the parameters of a run from the command line."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from app.files.source_text import read_source
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow, ParameterDefinition
from models.errors import InvalidInput, MalformedRequest
from models.faults import Fault
from models.json_text import parse_json
from models.words import ParameterType


def read_workflow(file: Path) -> CreateWorkflow:
    """The workflow in `file`. Raises `UnreadableFile` where it cannot be parsed, else `InvalidInput`."""
    return parse(CreateWorkflow, read_source(file).value, ())


def read_parameters(definitions: Iterable[ParameterDefinition], assignments: Iterable[str]) -> dict[str, Any]:
    """The values of `name=value` words: text for string parameters, JSON for all others. Raises `InvalidInput`."""
    types = {definition.name: definition.type for definition in definitions}
    known = [*types]
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, separator, text = assignment.partition("=")
        if not separator:
            raise InvalidInput([Fault((assignment,), "write parameters as name=value", "value_error")])
        if name not in types:
            raise InvalidInput([Fault((name,), _unknown(name, known), "value_error.extra")])
        values[name] = text if types[name] is ParameterType.STRING else _json(name, text)
    return values


def _unknown(name: str, known: Sequence[str]) -> str:
    if not known:
        return "the workflow has no parameters"
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
    return f"the workflow has no such parameter: {hint}"


def _json(name: str, text: str) -> Any:
    try:
        return parse_json(text)
    except MalformedRequest:
        raise InvalidInput([Fault((name,), f"must be JSON, not {text!r}", "value_error.json")]) from None

"""Puts a schema into a larger one: what it names goes to that one's definitions, under names that nobody else has."""

from collections.abc import Mapping
from typing import Any

from models.commands.value_schemas.vocabulary import AT_THE_TOP, DEFINITIONS, FORMS, REFERENCE, Form


def embedded(schema: Mapping[str, Any], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema, and its definitions by their new names, which begin with `name` and a dot."""
    definitions = {f"{name}.{key}": _renamed(inner, name) for key, inner in schema.get(DEFINITIONS, {}).items()}
    return {word: given for word, given in _renamed(schema, name).items() if word not in AT_THE_TOP}, definitions


def _renamed(schema: Any, name: str) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    made: dict[str, Any] = {}
    for word, given in schema.items():
        match FORMS[word]:
            case Form.SCHEMA:
                made[word] = _renamed(given, name)
            case Form.SCHEMAS:
                made[word] = [_renamed(inner, name) for inner in given]
            case Form.NAMED_SCHEMAS:
                made[word] = {key: _renamed(inner, name) for key, inner in given.items()}
            case Form.REFERENCE:
                made[word] = f"{REFERENCE}{name}.{given.removeprefix(REFERENCE)}"
            case _:
                made[word] = given
    return made

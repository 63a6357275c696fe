"""The JSON Schema of the values that a workflow or a form takes (draft 2020-12), from which a form can be made."""

from collections.abc import Iterable
from typing import Any

from models.commands.parameters import ParameterDefinition
from models.commands.value_schemas.embedding import embedded
from models.commands.value_schemas.vocabulary import DEFINITIONS, DRAFT
from models.words import ParameterType

SIZES = {
    ParameterType.STRING: ("minLength", "maxLength"),
    ParameterType.ARRAY: ("minItems", "maxItems"),
}
"""What JSON Schema calls the least and the greatest length of a value, by its type."""

TOLD_ONCE = frozenset({"title", "description", "type", "default"})
"""What a parameter and its schema may both say, without holding a value to more."""


def parameters_schema(definitions: Iterable[ParameterDefinition]) -> dict[str, Any]:
    """The schema of an object with the values, its properties in the order of the definitions.

    What need not be given may be left out; that null stands for it as well (decision E17) is not said, because forms
    would offer it. `x-multiline` is ours: JSON Schema has no word for it.
    """
    known = list(definitions)
    named: dict[str, Any] = {}
    made = {
        "$schema": DRAFT,
        "type": "object",
        "properties": {definition.name: _property(definition, named) for definition in known},
        "required": [definition.name for definition in known if not definition.may_be_left_out],
    }
    return made | ({DEFINITIONS: named} if named else {})


def _property(definition: ParameterDefinition, named: dict[str, Any]) -> dict[str, Any]:
    """The schema of one value. What its own schema names is added to `named`."""
    least, greatest = SIZES.get(definition.type, ("", ""))
    said = {
        "title": _title(definition.name),
        "description": definition.description,
        "type": definition.type.value,
        "default": definition.default_value,
        "enum": definition.allowed_values,
        "minimum": definition.minimum,
        "maximum": definition.maximum,
        least: definition.min_length,
        greatest: definition.max_length,
        "pattern": definition.pattern,
        "format": None if definition.format is None else definition.format.value,
        "writeOnly": definition.secret_hint or None,
        "x-multiline": definition.multiline or None,
    }
    short = {word: value for word, value in said.items() if value is not None}
    if definition.schema_ is None:
        return short
    own, definitions = embedded(definition.schema_, definition.name)
    named |= definitions
    if (own.keys() & short.keys()) - TOLD_ONCE:
        return short | {"allOf": [own]}  # both hold
    if "title" in own:
        del short["title"]
    return own | short


def _title(name: str) -> str:
    """A name as a label: `document_url` is `Document url`."""
    words = name.replace("_", " ").replace("-", " ").strip() or name
    return words[0].upper() + words[1:]

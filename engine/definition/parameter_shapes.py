"""What the schemas of parameters say for certain of the keys of their values, which expressions are held against."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from engine.expressions.shapes import Entries, Keys, Shape
from models.commands.parameters import ParameterDefinition
from models.commands.value_schemas.vocabulary import ARRAY, DEFINITIONS, OBJECT, REFERENCE

NOWHERE: Set[str] = frozenset()
MOST_SCHEMAS = 2_000
"""So many are followed: what is named once may stand in many places."""


def parameter_shapes(parameters: Sequence[ParameterDefinition]) -> dict[str, Shape]:
    """The shapes of those parameters whose schema says something, by name."""
    return {
        parameter.name: _Following(parameter.schema_).shape({"type": parameter.type.value} | parameter.schema_, NOWHERE)
        for parameter in parameters
        if parameter.schema_ is not None
    }


class _Following:
    """The walk through one schema and what it names."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._definitions = root.get(DEFINITIONS, {})
        self._left = MOST_SCHEMAS

    def shape(self, schema: Any, within: Set[str]) -> Shape:
        """The shape of what meets a schema, which stands `within` what those names stand for."""
        self._left -= 1
        if self._left < 0 or not isinstance(schema, Mapping):
            return None
        reference = str(schema.get("$ref", "")).removeprefix(REFERENCE)
        if reference:
            named = self._definitions[reference]
            return None if reference in within else self.shape(named, within | {reference})
        if schema.get("additionalProperties") is False and _is(schema, OBJECT):
            properties = schema.get("properties", {})
            return Keys({name: self.shape(inner, within) for name, inner in properties.items()})
        if "items" in schema and "prefixItems" not in schema and _is(schema, ARRAY):
            return Entries(self.shape(schema["items"], within))
        return None


def _is(schema: Mapping[str, Any], kind: str) -> bool:
    """Whether all that meets a schema is of this type."""
    return schema.get("type") in (kind, [kind])

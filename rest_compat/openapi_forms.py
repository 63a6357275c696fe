"""The forms of which the JSON Schemas of the REST edge are made: texts, moments, objects, lists."""

from typing import Any

Schema = dict[str, Any]

DATE_TIME: Schema = {"type": "string", "format": "date-time"}
MAYBE_DATE_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
PLACE: Schema = {"type": "array", "items": {"description": "A key, or an index from 0."}}
"""The names and positions that lead to something, from outside in. What they are is not told by a type: generated
clients cannot read a choice (`Fault`) within a choice (`Error`)."""
ENDING: Schema = {"type": "string", "enum": ["completed", "failed", "cancelled"]}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
ANY_OBJECT: Schema = {"type": "object", "additionalProperties": True}


def ref(name: str) -> Schema:
    """A reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def obj(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    """An object all of whose properties are always there, but for `optional` ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def array(items: Schema) -> Schema:
    """An array."""
    return {"type": "array", "items": items}


def words(enum: Any) -> Schema:
    """A closed set of words."""
    return {"type": "string", "enum": [word.value for word in enum]}

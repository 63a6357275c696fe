"""The JSON Schema of a parameter's `schema`, made of the words that it may say: editors complete and check them."""

from collections.abc import Mapping
from typing import Any

from models.commands.constraints import LONGEST_VALUE
from models.commands.patterns import LONGEST_PATTERN
from models.commands.value_schemas.reading import IN_PLACE, MAX_SCHEMAS, REFERRED
from models.commands.value_schemas.vocabulary import AT_THE_TOP, DRAFT, FORMS, OF_TYPES, TYPES, Form
from models.words import ValueFormat

NAME = "ValueSchema"
POINTER = f"#/$defs/{NAME}"
INNER: dict[str, Any] = {"anyOf": [{"type": "boolean"}, {"$ref": POINTER}]}
A_TYPE: dict[str, Any] = {"enum": list(TYPES)}

OF_FORMS: Mapping[Form, dict[str, Any]] = {
    Form.SCHEMA: INNER,
    Form.SCHEMAS: {"type": "array", "items": INNER},
    Form.NAMED_SCHEMAS: {"type": "object", "additionalProperties": INNER},
    Form.TYPES: {"anyOf": [A_TYPE, {"type": "array", "items": A_TYPE, "minItems": 1, "uniqueItems": True}]},
    Form.NAMES: {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    Form.VALUES: {"type": "array", "minItems": 1},
    Form.ANYTHING: {},
    Form.NUMBER: {"type": "number"},
    Form.POSITIVE: {"type": "number", "exclusiveMinimum": 0},
    Form.COUNT: {"type": "integer", "minimum": 0, "maximum": LONGEST_VALUE},
    Form.FLAG: {"type": "boolean"},
    Form.TEXT: {"type": "string"},
    Form.PATTERN: {"type": "string", "minLength": 1, "maxLength": LONGEST_PATTERN},
    Form.FORMAT: {"enum": [word.value for word in ValueFormat]},
    Form.REFERENCE: {"type": "string", "pattern": f"^{REFERRED.pattern}$"},
    Form.DRAFT: {"const": DRAFT},
}


def schema_of_schemas() -> dict[str, Any]:
    """What stands below `#/$defs/ValueSchema`. What stands at the top alone is in it too: no one place is the top."""
    properties = {word: OF_FORMS[form] | {"description": _told(word, form)} for word, form in FORMS.items()}
    for word in IN_PLACE:
        properties[word] |= {"minItems": 1, "maxItems": MAX_SCHEMAS}
    about = "What is in an object or an array: words of JSON Schema (draft 2020-12) of which each is checked."
    return {"type": "object", "description": about, "properties": properties, "additionalProperties": False}


def _told(word: str, form: Form) -> str:
    of = f", of {' and '.join(OF_TYPES[word])}" if word in OF_TYPES else ""
    return f"{form[0].upper()}{form[1:]}{of}{', at the top of the schema alone' if word in AT_THE_TOP else ''}."


def use_it(parameter: dict[str, Any]) -> None:
    """Have the schema of a parameter, or of a field of a form, point to it."""
    field = parameter["properties"]["schema"]
    field["anyOf"] = [{"$ref": POINTER}, {"type": "null"}]

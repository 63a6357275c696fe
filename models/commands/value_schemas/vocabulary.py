"""The words of JSON Schema (draft 2020-12) that a parameter's schema may say: of what, and what stands behind them."""

from collections.abc import Mapping
from enum import StrEnum

DRAFT = "https://json-schema.org/draft/2020-12/schema"
DEFINITIONS = "$defs"
REFERENCE = "#/$defs/"

OBJECT, ARRAY, STRING, INTEGER, NUMBER, BOOLEAN, NULL = TYPES = (
    "object",
    "array",
    "string",
    "integer",
    "number",
    "boolean",
    "null",
)
NUMERIC = (INTEGER, NUMBER)


class Form(StrEnum):
    """What stands behind a word, as a person is told."""

    SCHEMA = "a schema"
    SCHEMAS = "a list of schemas"
    NAMED_SCHEMAS = "an object whose values are schemas"
    TYPES = "a type, or a list of types"
    NAMES = "a list of texts that differ"
    VALUES = "a list of values"
    ANYTHING = "any value"
    NUMBER = "a number"
    POSITIVE = "a number above 0"
    COUNT = "an integer from 0 to 1048576"
    FLAG = "true or false"
    TEXT = "a text"
    PATTERN = "a pattern of RE2"
    FORMAT = "a format"
    REFERENCE = "#/$defs/ and a name in $defs"
    DRAFT = DRAFT


ANNOTATIONS: Mapping[str, Form] = {
    "title": Form.TEXT,
    "description": Form.TEXT,
    "$comment": Form.TEXT,
    "default": Form.ANYTHING,
    "examples": Form.VALUES,
    "deprecated": Form.FLAG,
}
"""What people are told, and no value is refused for."""

FORMS: Mapping[str, Form] = {
    "$schema": Form.DRAFT,
    DEFINITIONS: Form.NAMED_SCHEMAS,
    "$ref": Form.REFERENCE,
    "type": Form.TYPES,
    "enum": Form.VALUES,
    "const": Form.ANYTHING,
    "allOf": Form.SCHEMAS,
    "anyOf": Form.SCHEMAS,
    "oneOf": Form.SCHEMAS,
    "properties": Form.NAMED_SCHEMAS,
    "required": Form.NAMES,
    "additionalProperties": Form.SCHEMA,
    "minProperties": Form.COUNT,
    "maxProperties": Form.COUNT,
    "prefixItems": Form.SCHEMAS,
    "items": Form.SCHEMA,
    "minItems": Form.COUNT,
    "maxItems": Form.COUNT,
    "uniqueItems": Form.FLAG,
    "minimum": Form.NUMBER,
    "maximum": Form.NUMBER,
    "exclusiveMinimum": Form.NUMBER,
    "exclusiveMaximum": Form.NUMBER,
    "multipleOf": Form.POSITIVE,
    "minLength": Form.COUNT,
    "maxLength": Form.COUNT,
    "pattern": Form.PATTERN,
    "format": Form.FORMAT,
    **ANNOTATIONS,
}

OF_TYPES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("properties", "required", "additionalProperties", "minProperties", "maxProperties"), (OBJECT,)),
    **dict.fromkeys(("prefixItems", "items", "minItems", "maxItems", "uniqueItems"), (ARRAY,)),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), NUMERIC),
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), (STRING,)),
}
"""The types of the values that a word says something of; of all, where it is not here."""

AT_THE_TOP = frozenset({"$schema", DEFINITIONS})

INSTEAD: Mapping[str, str] = {
    "definitions": "write $defs",
    "$id": "schemas are named in $defs alone",
    "$anchor": "schemas are named in $defs alone",
    "$dynamicRef": "write $ref",
    "nullable": 'write type: [string, "null"]',
    "not": "say what may be: by enum, pattern or oneOf",
    "if": "write oneOf, whose schemas tell themselves apart by a const",
    "then": "write oneOf, whose schemas tell themselves apart by a const",
    "else": "write oneOf, whose schemas tell themselves apart by a const",
    "patternProperties": "write additionalProperties with the schema of all other values",
    "propertyNames": "write additionalProperties with the schema of all other values",
    "unevaluatedProperties": "write additionalProperties beside the properties",
    "unevaluatedItems": "write items beside prefixItems",
    "additionalItems": "write items beside prefixItems",
    "dependentRequired": "write anyOf, whose schemas say required",
    "dependentSchemas": "write anyOf, whose schemas say required",
    "dependencies": "write anyOf, whose schemas say required",
    "contains": "write items, which holds for all of them",
    "example": "write examples",
    "allowed_values": "write enum",
    "min_length": "write minLength of texts, minItems of lists",
    "max_length": "write maxLength of texts, maxItems of lists",
    "divisibleBy": "write multipleOf",
}
"""What to do, by a word of JSON Schema or of others that is none of these."""

"""The parameters of a workflow, and the fields of a form: their types, and what their values are held to."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, ValidationInfo, field_validator
from pydantic_core import InitErrorDetails

from models.commands.constraints import Bound, Length, PatternText, Rules, require_sensible, unmet
from models.commands.patterns import PatternWork
from models.commands.validation import IDENTIFIER, Command
from models.commands.value_schemas.checking import unmet_by_schema
from models.commands.value_schemas.reading import SchemaFault, schema_faults
from models.faults import some
from models.json_equality import same
from models.words import ParameterType, ValueFormat

RESERVED_NAMES = frozenset({"parameters", "actions", "execution", "secrets"})
"""The explicit roots of a template path (decision W4)."""

STEPS_OF_OWN_VALUES = 1_000_000
"""For the patterns of a definition's own values: its default, and those that it allows."""

STORED = object()
"""The context in which parameters are read that were held to all rules when they were saved: to compile their patterns
anew takes milliseconds each.
"""

Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Description = Annotated[str, StringConstraints(max_length=4000)]
# Words of a closed set arrive as JSON strings, which strict mode alone would not take for an enum.
ParameterTypeWord = Annotated[ParameterType, Field(strict=False)]
ValueFormatWord = Annotated[ValueFormat, Field(strict=False)]


class ParameterDefinition(Command):
    """One parameter of a workflow (decision E3), or one field of a form."""

    name: Identifier = Field(
        description="At most 128 letters, digits, `_` and `-`, a letter or `_` first; templates use it as `{{name}}`."
    )
    type: ParameterTypeWord = Field(description="The JSON type that a value must have.")
    description: Description | None = Field(default=None, description="What it is for.")
    required: bool = Field(default=False, description="Whether an execution must give it. Default: false.")
    minimum: Bound | None = Field(default=None, description="Of an integer or a number: no value is less.")
    maximum: Bound | None = Field(default=None, description="Of an integer or a number: no value is more.")
    min_length: Length | None = Field(
        default=None, description="So many characters of a string, or entries of an array, at least."
    )
    max_length: Length | None = Field(
        default=None, description="So many characters of a string, or entries of an array, at most."
    )
    pattern: PatternText | None = Field(
        default=None,
        description="Of a string: a pattern in the syntax of RE2 that is found somewhere in it; `^` and `$` tie it to "
        "the ends. At most 500 characters.",
    )
    format: ValueFormatWord | None = Field(default=None, description="Of a string: what it has to be.")
    multiline: bool = Field(
        default=False, description="Of a string: a form has room for several lines. No value is refused for it."
    )
    secret_hint: bool = Field(
        default=False,
        description="Of a string: a form hides what is typed. That is all: the value is stored and shown like any "
        "other one. What has to stay secret is a secret, and not a parameter.",
    )
    schema_: dict[str, Any] | None = Field(
        default=None,
        alias="schema",
        description="Of an object or an array: what is in it, by words of JSON Schema (draft 2020-12).",
    )
    default_value: Any = Field(default=None, description="The value where none is given, of the parameter's type.")
    allowed_values: list[Any] | None = Field(
        default=None, description="The only values to take, all of the parameter's type."
    )

    @field_validator("name")
    @classmethod
    def _name_is_free(cls, name: str) -> str:
        return not_reserved(name)

    # Rules of single fields: a rule of the whole would be told only once all fields are right by themselves.
    @field_validator("minimum", "maximum", "min_length", "max_length", "pattern", "format", "multiline", "secret_hint")
    @classmethod
    def _constraint_is_sensible(cls, value: Any, info: ValidationInfo) -> Any:
        if info.context is STORED:
            return value
        require_sensible(info.field_name or "", value, info.data)
        return value

    @field_validator("schema_")
    @classmethod
    def _schema_is_sound(cls, schema: dict[str, Any] | None, info: ValidationInfo) -> dict[str, Any] | None:
        if info.context is STORED:
            return schema
        require_sensible("schema", schema, info.data)
        if schema is not None and "type" in info.data:
            faults = some(schema_faults(schema, info.data["type"]))
            if faults:
                raise ValidationError.from_exception_data("schema", [_at(fault, schema) for fault in faults])
        return schema

    @field_validator("default_value")
    @classmethod
    def _default_fits(cls, value: Any, info: ValidationInfo) -> Any:
        if value is not None and "type" in info.data and info.context is not STORED:
            if not fits(info.data["type"], value):
                raise ValueError(f"default_value is no {info.data['type']}")
            for message in _unmet_of_all(info.data, value, PatternWork(STEPS_OF_OWN_VALUES)):
                raise ValueError(f"default_value {message}")
        return value

    @field_validator("allowed_values")
    @classmethod
    def _allowed_values_fit(cls, values: list[Any] | None, info: ValidationInfo) -> list[Any] | None:
        if values is None or info.context is STORED:
            return values
        work = PatternWork(STEPS_OF_OWN_VALUES)
        for value in values if "type" in info.data else ():
            if not fits(info.data["type"], value):
                raise ValueError(f"allowed_values holds {value!r}, which is no {info.data['type']}")
            for message in _unmet_of_all(info.data, value, work):
                raise ValueError(f"allowed_values holds {value!r}, which {message}")
        default = info.data.get("default_value")
        if default is not None and not among(default, values):
            raise ValueError("default_value is not among allowed_values")
        return values

    @property
    def may_be_left_out(self) -> bool:
        """Whether an execution need not give it: a default satisfies `required`."""
        return not self.required or self.default_value is not None


def _unmet_of_all(known: Mapping[str, Any], value: Any, work: PatternWork) -> Iterator[str]:
    """What one of a parameter's own values does not meet, with the way into it."""
    yield from (message for message, _ in unmet(Rules(known), value, work))
    schema = known.get("schema_")
    for one in unmet_by_schema(schema, value, work) if schema is not None else ():
        place = f"at {'.'.join(map(str, one.path))}: " if one.path else ""
        yield f"{place}{one.message}"


def _at(fault: SchemaFault, schema: dict[str, Any]) -> InitErrorDetails:
    """A fault in a schema as pydantic tells those of fields."""
    return {
        "type": "value_error",
        "loc": fault.path,
        "input": schema,
        "ctx": {"error": ValueError(fault.message)},
    }


def fits(kind: ParameterType, value: object) -> bool:
    """Whether a JSON value is of a parameter type, without coercion: `true` is no integer (decision E3)."""
    match kind:
        case ParameterType.STRING:
            return isinstance(value, str)
        case ParameterType.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case ParameterType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ParameterType.BOOLEAN:
            return isinstance(value, bool)
        case ParameterType.OBJECT:
            return isinstance(value, dict)
        case ParameterType.ARRAY:
            return isinstance(value, list)


def among(value: object, allowed: list[Any]) -> bool:
    """Whether `value` equals one of `allowed` as JSON, where `1` and `true` differ at every depth."""
    return any(same(value, other) for other in allowed)


def not_reserved(name: str) -> str:
    """The name, unless templates begin paths with it. Raises `ValueError`."""
    if name in RESERVED_NAMES:
        raise ValueError(f"'{name}' is reserved for template paths: choose another name")
    return name

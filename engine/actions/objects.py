"""A field of a configuration that is an object, or one whole template that gives one."""

from typing import Annotated, Any

from pydantic import PlainValidator, StringConstraints
from pydantic_core import PydanticCustomError

from engine.expressions.templates import Whole, parse

WHOLE_EXPRESSION = r"^\{\{[\s\S]*\}\}$"


def is_whole(text: str) -> bool:
    """Whether a text is one whole expression, so that its value may be of any kind."""
    return isinstance(parse(text), Whole)


def _object(value: Any) -> Any:
    """As it is saved, and as it is filled in."""
    if isinstance(value, dict) or (isinstance(value, str) and is_whole(value)):
        return value
    raise PydanticCustomError("object_or_template", "must be a JSON object, or one whole expression that gives one")


WholeTemplate = Annotated[str, StringConstraints(pattern=WHOLE_EXPRESSION)]
ObjectOrTemplate = Annotated[
    dict[str, Any] | str, PlainValidator(_object, json_schema_input_type=dict[str, Any] | WholeTemplate)
]
"""Once it is filled in, a text in it is one that looks like an expression: no object."""

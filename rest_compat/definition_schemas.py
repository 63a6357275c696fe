"""The JSON Schemas of what answers tell of a definition, made of the commands by which it was sent."""

from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from models.commands.concurrency import ConcurrencyLimit
from models.commands.control_flow import ForEach, Repeat
from models.commands.parameters import ParameterDefinition
from models.commands.retention import WorkflowRetention
from models.commands.retry_policy import RetryPolicy
from models.commands.workflows import ActionDefinition, Compensation
from rest_compat.openapi_forms import ANY_OBJECT, COUNT, FLAG, NUMBER, TEXT, Schema, array, obj, ref

NAMES: dict[type[BaseModel], str] = {
    ParameterDefinition: "Parameter",
    RetryPolicy: "RetryPolicy",
    ForEach: "ForEach",
    Compensation: "Compensation",
    Repeat: "Repeat",
    ActionDefinition: "Action",
    ConcurrencyLimit: "WorkflowConcurrency",
    WorkflowRetention: "WorkflowRetention",
}
FILLED_IN = (ConcurrencyLimit, WorkflowRetention)
PLAIN: dict[Any, Schema] = {
    str: TEXT,
    bool: FLAG,
    int: {"type": "integer"},
    float: NUMBER,
    dict: ANY_OBJECT,
    Any: {},
}
NULL: Schema = {"type": "null"}


def definition_schemas() -> dict[str, Schema]:
    """The schema of each part of a definition, by its name. It is told as it was sent, without what was left out."""
    return {name: _definition(command) for command, name in NAMES.items() if command not in FILLED_IN}


def limit_schema() -> Schema:
    """The schema of a workflow's limit, which is told with its defaults filled in."""
    return obj(_definition(ConcurrencyLimit)["properties"] | {"limit": COUNT})


def retention_schema() -> Schema:
    """The schema of a workflow's periods, which are told alike."""
    return obj(_definition(WorkflowRetention)["properties"])


def schema_of(annotation: Any) -> Schema:
    """What values of a command's annotation look like in an answer. Raises `TypeError` for what has no schema yet."""
    origin, given = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return schema_of(given[0])
    if origin in (Union, UnionType):
        return _any_of([schema_of(kind) for kind in given if kind is not NoneType], may_be_null=NoneType in given)
    if origin is list:
        return array(schema_of(given[0]))
    if annotation in PLAIN or origin is dict:
        return dict(PLAIN[origin or annotation])
    if annotation in NAMES:
        return ref(NAMES[annotation])
    if issubclass(annotation, Enum):
        return ref(annotation.__name__)  # as in the requests
    raise TypeError(f"give {annotation} a name among the schemas of the REST edge")


def _any_of(schemas: list[Schema], *, may_be_null: bool) -> Schema:
    [first, *others] = schemas
    if not others and ("$ref" in first):
        return {"oneOf": [first, NULL]}
    if not others:
        return first | {"type": [first["type"], "null"]} if may_be_null else first
    return {"anyOf": [*schemas, NULL] if may_be_null else schemas}


def _definition(command: type[BaseModel]) -> Schema:
    fields = command.model_fields
    properties = {info.alias or name: schema_of(info.annotation) for name, info in fields.items()}
    optional = tuple(info.alias or name for name, info in fields.items() if not info.is_required())
    return obj(properties, optional=optional)

"""Says of an unknown field which one was meant, or which ones there are."""

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from models.nearest_word import nearest_word

CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
LONGEST = 100
"""Characters of a name that is looked for among the known ones: to compare long ones takes its time."""

SYNONYMS: Mapping[str, Sequence[str]] = {
    "id": ("action_id", "workflow_id"),
    "key": ("action_id", "name"),
    "type": ("action_type", "type"),
    "uses": ("action_type",),
    "label": ("name",),
    "title": ("name",),
    "summary": ("description",),
    "needs": ("depends_on",),
    "after": ("depends_on",),
    "requires": ("depends_on",),
    "dependencies": ("depends_on",),
    "if": ("when",),
    "condition": ("when",),
    "timeout": ("timeout_seconds",),
    "retries": ("retry", "max_attempts"),
    "max_retries": ("max_attempts",),
    "delay": ("seconds", "delay_seconds", "initial_delay_seconds"),
    "duration": ("seconds",),
    "sleep": ("seconds",),
    "event": ("signal",),
    "loop": ("for_each",),
    "with_items": ("for_each",),
    "items": ("for_each", "in", "schema"),
    "rollback": ("compensate",),
    "undo": ("compensate",),
    "steps": ("actions",),
    "tasks": ("actions",),
    "nodes": ("actions",),
    "jobs": ("actions",),
    "inputs": ("parameters",),
    "input": ("parameters",),
    "params": ("parameters",),
    "variables": ("parameters",),
    "args": ("parameters",),
    "labels": ("tags",),
    "catch": ("on_failure", "on_error"),
    "finally": ("on_exit",),
    "with": ("config",),
    "settings": ("config",),
    "default": ("default_value",),
    "enum": ("allowed_values",),
    "choices": ("allowed_values",),
    "options": ("allowed_values",),
    "optional": ("required",),
    "min": ("minimum",),
    "max": ("maximum",),
    "min_items": ("min_length",),
    "max_items": ("max_length",),
    "regex": ("pattern",),
    "regexp": ("pattern",),
    "json_schema": ("schema",),
    "properties": ("schema",),
    "secret": ("secret_hint",),
    "sensitive": ("secret_hint",),
    "write_only": ("secret_hint",),
    "password": ("secret_hint",),
    "url": ("endpoint", "callback_url"),
    "uri": ("endpoint",),
    "path": ("endpoint",),
    "service_name": ("service",),
    "verb": ("method",),
    "http_method": ("method",),
    "body": ("parameters", "message"),
    "json": ("body", "parameters"),
    "payload": ("body", "parameters", "data"),
    "text": ("message",),
    "severity": ("level",),
    "users": ("approvers",),
    "assignees": ("approvers",),
    "value": ("output",),
    "result": ("output",),
    "response": ("output",),
    "workflow": ("workflow_id",),
    "max_parallel": ("max_concurrency",),
    "parallelism": ("max_concurrency",),
    "limit": ("page_size",),
    "per_page": ("page_size",),
    "q": ("search",),
    "query": ("parameters", "q", "search"),
    "owner": ("created_by",),
    "state": ("status",),
    "tag": ("tags",),
    "sort": ("order",),
    "async": ("async_execution",),
    "webhook": ("callback_url",),
}
"""What other systems call a field, with its names here: the first that the object has is meant."""


def unknown_field(model: type[BaseModel], loc: Sequence[str | int]) -> str:
    """What to say of a field, at `loc` within a model, that is not known there."""
    known = _names(_model_at(model, loc[:-1]))
    return f"unknown field: {instead(str(loc[-1]), known)}" if known else "unknown field: remove it"


def meant_field(model: type[BaseModel], loc: Sequence[str | int]) -> str | None:
    """Which field is meant by one, at `loc` within a model, that is not known there, if that can be told."""
    return meant(str(loc[-1]), _names(_model_at(model, loc[:-1])))


def instead(name: str, known: Sequence[str]) -> str:
    """What to write for a name that is none of the known ones."""
    word = meant(name, known)
    return f"known are {', '.join(known)}" if word is None else f"did you mean '{word}'?"


def meant(name: str, known: Sequence[str]) -> str | None:
    """Which of the known names is meant by one that is none of them, if that can be told."""
    spelled = CAPITAL.sub("_", name[: LONGEST + 1]).replace("-", "_").lower()
    if spelled in known:
        return spelled
    synonym = next((word for word in SYNONYMS.get(spelled, ()) if word in known), None)
    if synonym is not None or len(spelled) > LONGEST:
        return synonym
    return nearest_word(spelled, known)


def _names(model: type[BaseModel] | None) -> list[str]:
    return [] if model is None else [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel], loc: Sequence[str | int]) -> type[BaseModel] | None:
    """The model of the object that stands at a place of another one."""
    kinds: list[Any] = [model]
    for part in loc:
        kinds = [inner for kind in kinds for inner in _within(kind, part)]
    return next((kind for each in kinds for kind in _plain(each) if _is_model(kind)), None)


def _within(kind: Any, part: str | int) -> Iterator[Any]:
    for plain in _plain(kind):
        if _is_model(plain):
            yield from (
                field.annotation for name, field in plain.model_fields.items() if part in (name, field.alias or name)
            )
        elif get_origin(plain) is list:
            yield get_args(plain)[0]
        elif get_origin(plain) is dict:
            yield get_args(plain)[1]


def _plain(kind: Any) -> Iterator[Any]:
    """The kinds of which a value may be, without what is said of them."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _plain(get_args(kind)[0])
    elif origin in (Union, types.UnionType):
        for one in get_args(kind):
            yield from _plain(one)
    else:
        yield kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)

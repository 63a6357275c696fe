"""The key of a limited group: its template is checked when a workflow is saved, and rendered for each execution."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from engine.definition.dependencies import referenced_action
from engine.definition.parameters import LOCATION
from engine.expressions import templates
from engine.expressions.budget import LOOP_STEPS, Budget
from engine.expressions.references import ExpressionError
from engine.expressions.templates import Template, render
from models.commands.concurrency import MAX_GROUP_KEY
from models.commands.validation import Location
from models.errors import InvalidInput
from models.faults import Fault

PARAMETERS = "parameters"


def key_faults(key: str | None, parameter_names: Collection[str], loc: Location) -> Iterator[Fault]:
    """Yield what is wrong with the template of a key: it sees the parameters alone."""
    if key is None:
        return
    template = _parsed(key)
    for faulty in templates.faults(template):
        message = f"'{{{{{faulty.source}}}}}' cannot be read: {faulty.reason}"
        yield Fault(loc, message, "value_error.expression")
    for reference in templates.references(template):
        name = str(reference.segments[1]) if _is_below_parameters(reference.segments) else referenced_action(reference)
        if name not in parameter_names:
            message = (
                f"'{{{{{reference.source}}}}}' names no parameter of this workflow, and a concurrency key is known "
                "before anything has run: use parameters alone"
            )
            yield Fault(loc, message, "value_error.expression")


def group_key(key: str | None, parameters: Mapping[str, Any]) -> str:
    """The key of an execution's group: empty where the workflow has no template for it.

    Raises `InvalidInput` where the template has no value for these parameters, or none that is a short text, a number
    or a boolean.
    """
    if key is None:
        return ""
    try:
        value = render(_parsed(key), {**parameters, PARAMETERS: parameters}, Budget(LOOP_STEPS))
    except ExpressionError as error:
        raise _refusal(f"the concurrency key of the workflow has no value: {error}") from None
    if value is None:
        advice = "give the parameters that it is made of, or put '| default(...)' into it"
        raise _refusal(f"the concurrency key '{key}' of the workflow has no value: {advice}")
    if isinstance(value, dict | list):
        raise _refusal(f"the concurrency key '{key}' of the workflow must come to a text, a number or a boolean")
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if len(text) > MAX_GROUP_KEY:
        raise _refusal(f"the concurrency key '{key}' of the workflow comes to more than {MAX_GROUP_KEY} characters")
    return text


def _refusal(message: str) -> InvalidInput:
    return InvalidInput([Fault(LOCATION, message, "value_error.concurrency_key")])


def _is_below_parameters(segments: tuple[str | int, ...]) -> bool:
    return segments[0] == PARAMETERS and len(segments) > 1


@lru_cache(1_000)
def _parsed(key: str) -> Template:
    return templates.parse(key)

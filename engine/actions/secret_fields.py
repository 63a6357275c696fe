"""Where a configuration may have secrets: in fields that say so, as they go into the outgoing call, and no other."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from pydantic import BaseModel

from engine.expressions import language as expressions
from engine.expressions.located import located
from engine.expressions.references import Reference
from engine.expressions.templates import Object, Template, references
from models.commands.validation import Location
from models.faults import Fault

EXPRESSION = "value_error.expression"


class MayHoldSecrets(msgspec.Struct, frozen=True):
    """Declares a field of a `config_model`: `token: Annotated[str, MayHoldSecrets()]`.

    What is in it goes into the outgoing call of the action and nowhere else. In a field without the word a secret is
    refused, so that a new field is safe before anybody has thought of it.
    """


class MayNameSecrets(msgspec.Struct, frozen=True):
    """Declares a field in which a secret may be named though it goes into no call: its label is told, `[secret:NAME]`.

    Where what is told is delivered, its value goes there: see `engine.actions.protocol.Delivery.fields`.
    A model has fields of this kind or of the other.
    """


@cache
def fields_for_secrets(model: type[BaseModel]) -> frozenset[str]:
    """The keys of a configuration below which secrets may stand, at any depth."""
    return _declared(model, MayHoldSecrets)


@cache
def fields_for_labels(model: type[BaseModel]) -> frozenset[str]:
    """The keys below which they may be named and have no values. Raises `TypeError` for a model of both kinds."""
    found = _declared(model, MayNameSecrets)
    if found and fields_for_secrets(model):
        raise TypeError(f"{model.__name__} has fields that hold secrets, and so none that only name them")
    return found


def _declared(model: type[BaseModel], word: type[MayHoldSecrets | MayNameSecrets]) -> frozenset[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        if any(isinstance(said, word) for said in field.metadata):
            found |= {name, field.alias or name}
    return frozenset(found)


def secret_faults(
    model: type[BaseModel],
    config: Mapping[str, Any],
    loc: Location,
    is_link: Callable[[Reference], bool] | None = None,
) -> Iterator[Fault]:
    """Yield a fault for each place of a configuration that stands at `loc` where a secret is named and may not be.

    `is_link` tells the references to links, which are secrets.
    """
    allowed = fields_for_secrets(model) | fields_for_labels(model)
    for key, value in config.items():
        if key in allowed:
            continue
        for found in located(value, (*loc, key)):
            for reference in expressions.references(found.expression):
                if reference.secret is not None or (is_link is not None and is_link(reference)):
                    yield found.fault(reference.position, f"must not use secrets: {_where(allowed)}", EXPRESSION)
                    break


def misplaced_fields(model: type[BaseModel], config: Template) -> list[str]:
    """The keys of a parsed configuration, stored before it was checked so, where a secret stands and may not."""
    if not isinstance(config, Object):
        return []
    allowed = fields_for_secrets(model)
    return [
        key
        for key, template in config.items
        if key not in allowed and any(reference.secret is not None for reference in references(template))
    ]


def _where(allowed: frozenset[str]) -> str:
    if not allowed:
        return "what is here is recorded and told, and goes into no call"
    return f"of this configuration they may stand in {', '.join(sorted(allowed))} alone"

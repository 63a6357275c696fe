"""Where a configuration may name secrets: in fields that are declared to go into the outgoing call, and no other."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from pydantic import BaseModel

from engine import expressions
from engine.located import located
from engine.templates import Object, Template, references
from models.errors import Fault
from models.validation import Location

EXPRESSION = "value_error.expression"


class MayHoldSecrets(msgspec.Struct, frozen=True):
    """Declares a field of a `config_model`: `token: Annotated[str, MayHoldSecrets()]`.

    What is in it goes into the outgoing call of the action and nowhere else. In a field without the word a secret is
    refused, so that a new field is safe before anybody has thought of it.
    """


@cache
def fields_for_secrets(model: type[BaseModel]) -> frozenset[str]:
    """The keys of a configuration below which secrets may stand, at any depth."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        if any(isinstance(word, MayHoldSecrets) for word in field.metadata):
            found |= {name, field.alias or name}
    return frozenset(found)


def secret_faults(model: type[BaseModel], config: Mapping[str, Any], loc: Location) -> Iterator[Fault]:
    """Yield a fault for each place of a configuration that stands at `loc` where a secret is named and may not be."""
    allowed = fields_for_secrets(model)
    for key, value in config.items():
        if key in allowed:
            continue
        for found in located(value, (*loc, key)):
            for reference in expressions.references(found.expression):
                if reference.secret is not None:
                    yield found.warning(reference.position, f"must not use secrets: {_where(allowed)}", EXPRESSION)
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
    return f"it may stand in {', '.join(sorted(allowed))} alone, which go into the call"

"""Where a configuration may have secrets: in fields that say so, as they go into the outgoing call, and no other."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel

from engine.expressions import language as expressions
from engine.expressions.located import located
from engine.expressions.references import Reference
from engine.expressions.templates import Object, Template, references
from models.commands.validation import Location
from models.faults import Fault

EXPRESSION = "value_error.expression"
LINKS_ONLY = "must not use secrets: a mail goes to any address, so it takes links to approvals and no other secret"

Word = TypeVar("Word", bound="MayHoldSecrets | MayNameSecrets")


class MayHoldSecrets(msgspec.Struct, frozen=True):
    """Declares a field of a `config_model`: `token: Annotated[str, MayHoldSecrets()]`.

    What is in it goes into the outgoing call of the action and nowhere else. In a field without the word a secret is
    refused, so that a new field is safe before anybody has thought of it.
    """


class MayNameSecrets(msgspec.Struct, frozen=True):
    """Declares a field in which a secret may be named though it goes into no call: its label is told, `[secret:NAME]`.

    Where what is told is delivered, its value goes there: see `engine.actions.protocol.Delivery.fields`.
    A model has fields of this kind or of the other. Where the configuration has `links_only_by`, a key and its value,
    what is told reaches whomever it names: then links to approvals may be named, and no other secret.
    """

    links_only_by: tuple[str, str] | None = None


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


def _declared(model: type[BaseModel], kind: type[MayHoldSecrets | MayNameSecrets]) -> frozenset[str]:
    return frozenset(_words(model, kind))


def _words(model: type[BaseModel], kind: type[Word]) -> Mapping[str, Word]:
    return {
        key: word
        for name, field in model.model_fields.items()
        for word in field.metadata
        if isinstance(word, kind)
        for key in (name, field.alias or name)
    }


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
    for_links = _fields_for_links(model, config)
    for key, value in config.items():
        if key in allowed - for_links:
            continue
        said = LINKS_ONLY if key in for_links else f"must not use secrets: {_where(allowed)}"
        for found in located(value, (*loc, key)):
            for reference in expressions.references(found.expression):
                may_be_link = key not in for_links and is_link is not None and is_link(reference)
                if reference.secret is not None or may_be_link:
                    yield found.fault(reference.position, said, EXPRESSION)
                    break


def _fields_for_links(model: type[BaseModel], config: Mapping[str, Any]) -> frozenset[str]:
    """The keys below which links to approvals may be named and no other secret, as the configuration is."""
    return frozenset(
        key
        for key, word in _words(model, MayNameSecrets).items()
        if word.links_only_by is not None and config.get(word.links_only_by[0]) == word.links_only_by[1]
    )


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

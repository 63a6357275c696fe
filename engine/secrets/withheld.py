"""What is told without the secrets that it names: its texts in parts, to which they are added when it is delivered.

The parts are data and no text with marks in it: whatever a value brings, no part of it is taken for a secret's place.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

import msgspec

from engine.core.failure import ActionFailed
from engine.definition.link_references import link_name
from engine.expressions import language as expressions
from engine.expressions.budget import Budget
from engine.expressions.evaluation import evaluate
from engine.expressions.language import Expression, Literal, secrets_in, with_paths
from engine.expressions.parser import parse_expression
from engine.expressions.references import SECRETS, ExpressionError, NoValue, SecretValues, look_up
from engine.expressions.templates import Array, Object, Template, Text, Whole, joined, text_of
from engine.secrets.approval_links import WantedLinks
from models.words import ActionErrorCode


class SecretPart(msgspec.Struct, frozen=True):
    """An expression that holds secrets, as it was written; `given` is what its other paths lead to."""

    source: str
    given: Mapping[str, Any] = {}

    @property
    def expression(self) -> Expression:
        """What is to be computed: of what it refers to, the secrets alone are open."""
        return _bound(parse_expression(self.source), self.given)


class WithheldText(msgspec.Struct, frozen=True):
    """A text of a content, `at` these keys and indexes, in its parts."""

    at: tuple[str | int, ...]
    parts: tuple[str | SecretPart, ...]


class Withheld(msgspec.Struct, frozen=True):
    """What is kept in place of the secrets of a content: no value of one, but what it takes to ask for them.

    `hides` are the names of all secrets that must not show in what comes of sending it.
    """

    texts: tuple[WithheldText, ...]
    hides: frozenset[str]
    links: WantedLinks

    @property
    def needs(self) -> frozenset[str]:
        """The names of the secrets that are in its texts."""
        parts = [part for text in self.texts for part in text.parts if isinstance(part, SecretPart)]
        return frozenset().union(*(secrets_in(part.expression) for part in parts))


Brings = Callable[[Expression], bool]
"""Whether what is delivered brings the secrets of an expression, and not their labels."""


def any_secrets(expression: Expression) -> bool:
    """It brings all."""
    return bool(secrets_in(expression))


def only_links(expression: Expression) -> bool:
    """It brings links to approvals, and no other secret."""
    names = secrets_in(expression)
    return bool(names) and all(link_name(name) is not None for name in names)


def withheld_texts(
    config: Template, fields: Sequence[str], scope: Mapping[str, Any], brings: Brings, budget: Budget
) -> tuple[WithheldText, ...]:
    """The texts with secrets in some fields of a configuration, all else in them filled in. Raises `ActionFailed`.

    `scope` has labels below `secrets`, as what is told of the same configuration was filled in with.
    """
    if not isinstance(config, Object):
        return ()
    try:
        return tuple(
            text
            for key, template in config.items
            if key in fields
            for text in _texts(template, (key,), scope, brings, budget)
        )
    except ExpressionError as error:
        raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, str(error)) from None


def with_secrets(
    content: Mapping[str, Any], texts: Sequence[WithheldText], secrets: SecretValues, budget: Budget
) -> dict[str, Any]:
    """A content with the secrets in their places. Raises `ActionFailed`."""
    whole = deepcopy(dict(content))
    scope = {SECRETS: secrets}
    try:
        for text in texts:
            _put(whole, text.at, joined([_said(part, scope, budget) for part in text.parts], budget))
    except ExpressionError as error:
        raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, str(error)) from None
    return whole


def _texts(
    template: Template, at: tuple[str | int, ...], scope: Mapping[str, Any], brings: Brings, budget: Budget
) -> Iterator[WithheldText]:
    match template:
        case Whole() if brings(template.expression):
            # What is no text with labels in it holds no secret: a default that was not needed.
            if isinstance(evaluate(template.expression, scope, budget), str):
                yield WithheldText(at, (_secret_part(template, scope, budget),))
        case Text(parts) if any(isinstance(part, Whole) and brings(part.expression) for part in parts):
            yield WithheldText(at, tuple(_part(part, scope, brings, budget) for part in parts))
        case Object(items):
            for key, child in items:
                yield from _texts(child, (*at, key), scope, brings, budget)
        case Array(elements):
            for index, child in enumerate(elements):
                yield from _texts(child, (*at, index), scope, brings, budget)


def _part(part: str | Whole, scope: Mapping[str, Any], brings: Brings, budget: Budget) -> str | SecretPart:
    if isinstance(part, str):
        return part
    return _secret_part(part, scope, budget) if brings(part.expression) else text_of(part, scope, budget)


def _secret_part(whole: Whole, scope: Mapping[str, Any], budget: Budget) -> SecretPart:
    given = {}
    for reference in expressions.references(whole.expression):
        if reference.secret is None and reference.source not in given:
            try:
                value = look_up(reference, scope)
            except NoValue:
                continue  # it has a default
            budget.reserve(budget.size(value).json)
            given[reference.source] = value
    return SecretPart(whole.source, given)


def _bound(expression: Expression, given: Mapping[str, Any]) -> Expression:
    """The expression with values in the place of paths."""
    return with_paths(expression, lambda path: Literal(given[path.source]) if path.source in given else path)


def _said(part: str | SecretPart, scope: Mapping[str, Any], budget: Budget) -> str:
    return part if isinstance(part, str) else text_of(Whole(part.expression, part.source), scope, budget)


def _put(whole: Any, at: tuple[str | int, ...], text: str) -> None:
    for step in at[:-1]:
        whole = whole[step]
    whole[at[-1]] = text

"""Fills in the template of an endpoint: what a value brings stays in its segment of the path, or in its query value."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.expressions.budget import Budget
from engine.expressions.language import Expression, Filtered
from engine.expressions.references import ExpressionError
from engine.expressions.templates import Text, Whole, joined, text_of

ENCODED = frozenset({"path", "urlencode"})
"""The filters whose text is encoded already: an expression that ends with one is taken as it is."""


def rendered_endpoint(template: Text, scope: Mapping[str, Any], budget: Budget) -> str:
    """Return the endpoint. Raises `ExpressionError` where a value is none, or would take its segment away."""
    parts: list[str] = []
    segment, value = "", ""
    is_path = True
    for part in template.parts:
        if isinstance(part, Whole):
            parts.append(text_of(_encoded(part), scope, budget))
            segment, value = segment + parts[-1], part.source
            continue
        parts.append(part)
        path, mark, _ = part.partition("?")
        first, *others = path.split("/")
        segment += first
        if is_path and (others or mark):
            _check(segment, value)
            segment, value = others[-1] if others else "", ""
        is_path = is_path and not mark
    if is_path:
        _check(segment, value)
    return joined(parts, budget)


def _encoded(part: Whole) -> Whole:
    return msgspec.structs.replace(part, expression=_as_value(part.expression))


def _as_value(expression: Expression) -> Expression:
    if isinstance(expression, Filtered) and expression.name in ENCODED:
        return expression
    return Filtered(expression, "urlencode", ())


def _check(segment: str, value: str) -> None:
    if value and segment in ("", ".", ".."):
        raise ExpressionError(
            f"'{{{{{value}}}}}' makes '{segment}' of its segment of the endpoint, so the path is another"
        )

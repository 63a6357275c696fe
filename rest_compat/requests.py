"""Reads what came with a REST request: the caller, the JSON body, the query."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from litestar import Request
from pydantic import BaseModel

from models.answer_budget import begin_answer
from models.commands.field_names import meant
from models.commands.validation import parse
from models.errors import InvalidInput, UnsupportedMediaType
from models.faults import Fault
from models.json_text import parse_json, repeated_key, repeated_keys
from resolvers.context import Context, EdgeGate

C = TypeVar("C", bound=BaseModel)
RestRequest = Request[Any, Any, Any]

ESCAPED = re.compile(r"\\([\\,])")
BETWEEN_COMMAS = re.compile(r"(?:\\[\\,]|[^,])+")

MISSING_BODY = Fault(("body",), "field required", "value_error.missing")


async def visitor(request: RestRequest) -> Context:
    """The context of whoever sent the request, perhaps nobody known; it is free (decision X5).

    Raises `Unauthenticated` on a bad credential.
    """
    return await _context(request, is_charged=False)


async def caller(request: RestRequest) -> Context:
    """The context of whoever sent the request.

    Raises `Unauthenticated` on a bad credential, and on none, and `RateLimited`.
    """
    ctx = await _context(request, is_charged=True)
    _ = ctx.user  # who is asked for before what: an anonymous caller learns nothing about a body
    return ctx


async def json_object(request: RestRequest) -> dict[str, Any]:
    """The body as a JSON object. Raises `MalformedRequest`, `UnsupportedMediaType`, `InvalidInput`."""
    body = await request.body()
    if not body:
        raise InvalidInput([MISSING_BODY])
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedMediaType(f"The body must be application/json, not {media_type}")
    value = parse_json(body)
    if not isinstance(value, dict):
        raise InvalidInput([Fault(("body",), "must be a JSON object", "type_error.object")])
    repeated = repeated_keys(body, value)
    if repeated:
        raise InvalidInput([repeated_key(("body", *loc)) for loc in repeated])
    return value


def parse_query(
    request: RestRequest,
    command: type[C],
    *,
    integers: frozenset[str] = frozenset(),
    lists: frozenset[str] = frozenset(),
) -> C:
    """The query as a command: whole numbers and comma-separated lists, repeated or not, read as such.

    Raises `InvalidInput`.

    A name that is not known is ignored, unless it is a known one that is misspelt.
    """
    raw: dict[str, Any] = {}
    query: Mapping[str, str] = request.query_params
    for name in command.model_fields:
        if name not in query:
            continue
        if name in lists:
            raw[name] = [item for text in request.query_params.getall(name) for item in separated(text)]
        else:
            raw[name] = _value(name, query[name], integers)
    misspelt = _misspelt(request, list(command.model_fields))
    try:
        read = parse(command, raw, ("query",))
    except InvalidInput as refused:
        raise InvalidInput([*refused.faults, *misspelt]) from None
    if misspelt:
        raise InvalidInput(misspelt)
    return read


def _misspelt(request: RestRequest, known: Sequence[str]) -> list[Fault]:
    """A fault for each parameter that is misspelt: what is none of this path's at all may be somebody else's."""
    return [
        Fault(("query", name), f"unknown parameter: did you mean '{word}'?", "value_error.extra")
        for name in dict.fromkeys(request.query_params)
        if name not in known and (word := meant(name, known)) is not None
    ]


def flag(request: RestRequest, name: str) -> bool:
    """A yes-or-no parameter of the query, false where it is absent. Raises `InvalidInput`."""
    if misspelt := _misspelt(request, [name]):
        raise InvalidInput(misspelt)
    text = request.query_params.get(name, "false").lower()
    if text not in ("true", "false"):
        raise InvalidInput([Fault(("query", name), "must be true or false", "type_error.boolean")])
    return text == "true"


async def _context(request: RestRequest, *, is_charged: bool) -> Context:
    gate: EdgeGate = request.scope["state"]["service"].gate
    begin_answer()
    return await gate.context(request.headers, request.scope["state"]["origin"], is_charged=is_charged)


def separated(text: str) -> list[str]:
    """The items of a list with commas between them; behind a backslash a comma, or a backslash, is one of the item."""
    items = (ESCAPED.sub(r"\1", item).strip() for item in BETWEEN_COMMAS.findall(text))
    return [item for item in items if item]


def _value(name: str, text: str, integers: frozenset[str]) -> Any:
    if name in integers:
        digits = text.removeprefix("-")
        # Longer numbers are over every limit, and turning them into one would only cost time.
        return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 40 else text
    return text

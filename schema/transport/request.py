"""What a client sent over HTTP: the parameters of an operation, and the forms of an answer that it takes."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Request
from strawberry.http.parse_content_type import parse_content_type

from models.error_codes import ErrorCode
from models.errors import MalformedRequest, OrchestratorError, UnsupportedMediaType
from models.json_text import parse_json

JSON_TYPE = "application/json"
KNOWN_TYPES = 64
"""Clients send few media types, and whoever makes up many takes no more room than that."""

media_type_of = lru_cache(KNOWN_TYPES)(parse_content_type)
"""A media type and its parameters."""

UTF_8 = frozenset({"utf-8", "utf8"})
HALF_A_PAIR = re.compile("[\ud800-\udfff]")


class AnswerForm(StrEnum):
    """The forms of an answer, by their media types."""

    RESPONSE = "application/graphql-response+json"
    JSON = "application/json"
    EVENTS = "text/event-stream"
    MULTIPART = "multipart/mixed"


class NotAcceptable(OrchestratorError):
    """The client takes no form that this answer can have."""

    code = ErrorCode.NOT_ACCEPTABLE
    http_status = 406


class Parameters(msgspec.Struct, frozen=True):
    """The parameters of one operation, each of the right type; an empty text counts as absent."""

    query: str | None
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: dict[str, Any] | None


def accepted_forms(accept: str | None) -> list[AnswerForm]:
    """The forms that an `Accept` header takes, the most wanted first. Raises `NotAcceptable` where there is none."""
    if accept is None or not accept.strip():
        return [AnswerForm.JSON]
    weighted = [found for part in accept.split(",") if (found := _accepted(part)) is not None]
    forms = [form for _, form in sorted(weighted, key=lambda item: -item[0])]
    if not forms:
        raise NotAcceptable(
            f"The answer can be {AnswerForm.RESPONSE} or {AnswerForm.JSON}, and {AnswerForm.EVENTS} for subscriptions"
        )
    return forms


def _accepted(part: str) -> tuple[float, AnswerForm] | None:
    media_type, parameters = media_type_of(part.strip() or "x/x")
    if parameters.get("charset", "utf-8").lower() not in UTF_8:
        return None
    try:
        weight = float(parameters.get("q", "1"))
    except ValueError:
        weight = 0.0
    media_type = AnswerForm.JSON if media_type in ("*/*", "application/*") else media_type
    if weight <= 0 or media_type not in list(AnswerForm):
        return None
    is_subscription = parameters.get("subscriptionspec", "").strip("'\"").startswith("1.")
    if media_type == AnswerForm.MULTIPART and not is_subscription:
        return None
    return weight, AnswerForm(media_type)


async def read_parameters(request: Request[Any, Any, Any]) -> Parameters:
    """The parameters of a GET or POST. Raises `MalformedRequest`, `UnsupportedMediaType`."""
    if request.method == "GET":
        return parameters(_from_url(request.query_params.multi_items()))
    media_type, options = media_type_of(request.headers.get("content-type") or "x/x")
    # Anything else could be sent by another site's page without a preflight.
    if media_type != JSON_TYPE:
        raise UnsupportedMediaType(f"The body must be JSON: send Content-Type: {JSON_TYPE}")
    if options.get("charset", "utf-8").lower() not in UTF_8:
        raise UnsupportedMediaType("The body must be in UTF-8")
    body = parse_json(await request.body())
    if isinstance(body, list):
        raise MalformedRequest("One operation a request: a batch is not taken")
    if not isinstance(body, dict):
        raise MalformedRequest("The body must be a JSON object with a query")
    return parameters(body)


def parameters(given: Mapping[str, Any]) -> Parameters:
    """The parameters as they are over every transport. Raises `MalformedRequest` naming the one of a wrong type."""
    query, name = given.get("query"), given.get("operationName")
    for field, text in (("query", query), ("operationName", name)):
        if text is not None and not isinstance(text, str):
            raise MalformedRequest(f"{field} must be a string or null")
        if text and HALF_A_PAIR.search(text):
            raise MalformedRequest(f"{field} holds half a surrogate pair")
    for field in ("variables", "extensions"):
        if given.get(field) is not None and not isinstance(given[field], dict):
            raise MalformedRequest(f"{field} must be an object or null")
    return Parameters(query or None, given.get("variables"), name or None, given.get("extensions"))


def _from_url(items: Iterable[tuple[str, str]]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, value in items:
        if name in given:
            raise MalformedRequest(f"{name} is there twice")
        given[name] = parse_json(value) if name in ("variables", "extensions") and value else value or None
    return given

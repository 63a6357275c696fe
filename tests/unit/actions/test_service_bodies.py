"""What a service call sends is what its configuration says, whatever the method; what contradicts itself is refused."""

import asyncio
from typing import Any

import httpx
import pytest

from engine.actions.installed import installed_actions
from engine.actions.registry import checked_config, config_faults
from engine.core.failure import ActionFailed
from engine.services.contents import FORM, JSON
from models.commands.workflows import ActionDefinition
from models.words import ActionErrorCode
from tests.support.core.service_calls import config, running, sending_to

WHOLE = "{{order}}"
VND = "application/vnd.api+json"


def sent(**fields: Any) -> httpx.Request:
    """The request of a call with these fields, once they are filled in."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200)

    action = sending_to(answer)
    asyncio.run(action.run(running(checked_config(action, config(**fields)))))
    return requests[0]


def refusals(**fields: Any) -> list[tuple[str, str]]:
    """What is said of these fields when they are saved: where, and what."""
    action = ActionDefinition(action_id="a", action_type="service_call", config=config(**fields))
    return [(str(fault.loc[3]), fault.msg) for fault in config_faults(installed_actions(), [action], ())]


@pytest.mark.parametrize(
    ("fields", "path", "body", "content_type"),
    [
        ({}, "/analyze", b"{}", JSON),
        ({"parameters": {"a": 1}}, "/analyze", b'{"a":1}', JSON),
        ({"body": [1, None]}, "/analyze", b"[1,null]", JSON),
        ({"body": "text"}, "/analyze", b'"text"', JSON),
        ({"body": None}, "/analyze", b"null", JSON),
        ({"body": {}, "query": {"a": [1, 2], "b": None}}, "/analyze?a=1&a=2", b"{}", JSON),
        ({"method": "GET", "parameters": {"a": 1}}, "/analyze?a=1", b"", None),
        ({"method": "GET", "endpoint": "/x?a=1", "query": {"a": 2}, "parameters": {"b": 3}},
         "/x?a=1&a=2&b=3", b"", None),
        ({"method": "DELETE", "body": {"ids": [1]}, "parameters": {"a": 1}}, "/analyze?a=1", b'{"ids":[1]}', JSON),
        ({"encoding": "form", "parameters": {"a": "x y", "b": [1, 2]}}, "/analyze", b"a=x+y&b=1&b=2", FORM),
        ({"encoding": "form"}, "/analyze", b"", FORM),
        ({"encoding": "text", "body": "<a/>", "headers": {"content-type": "text/xml"}},
         "/analyze", b"<a/>", "text/xml"),
        ({"encoding": "bytes", "body": "AP8="}, "/analyze", b"\x00\xff", "application/octet-stream"),
        ({"body": {}, "headers": {"Content-Type": VND}}, "/analyze", b"{}", VND),
        ({"parameters": {"a": 1}, "headers": {"Content-Type": "text/plain"}}, "/analyze", b'{"a":1}', "text/plain"),
    ],
)  # fmt: skip
def test_what_is_sent(fields: dict[str, Any], path: str, body: bytes, content_type: str | None) -> None:
    request = sent(**fields)
    assert (request.url.raw_path.decode(), request.content) == (path, body)
    assert request.headers.get("content-type") == content_type


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({}, "exec_1:a"),
        ({"idempotency_key": "order-7"}, "order-7"),
        ({"headers": {"idempotency-KEY": "order-8"}}, "order-8"),
        ({"headers": {"Idempotency-Key": ""}}, "exec_1:a"),
    ],
)
def test_a_call_has_one_idempotency_key_its_own_or_that_of_the_engine(fields: dict[str, Any], key: str) -> None:
    assert sent(**fields).headers.get_list("idempotency-key") == [key]


def test_a_multipart_form_goes_out_with_its_own_boundary() -> None:
    request = sent(encoding="multipart", body={"a": "1"}, headers={"Content-Type": "multipart/form-data"})
    boundary = request.headers["content-type"].partition("boundary=")[2]
    assert boundary
    assert request.content.endswith(f"--{boundary}--\r\n".encode())


@pytest.mark.parametrize(
    "fields",
    [
        {"body": WHOLE},
        {"parameters": WHOLE},
        {"query": WHOLE, "method": "GET"},
        {"body": WHOLE, "encoding": "form"},
        {"body": WHOLE, "encoding": "text"},
        {"encoding": "form", "headers": {"Content-Type": "{{kind}}"}},
        {"method": "GET", "headers": {"Content-Type": "text/plain"}},
    ],
)
def test_one_template_may_stand_for_the_whole(fields: dict[str, Any]) -> None:
    assert refusals(**fields) == []


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"parameters": "plain"}, "parameters", "must be a JSON object, or one whole expression that gives one"),
        ({"parameters": "an {{order}}"}, "parameters", "must be a JSON object, or one whole expression"),
        ({"query": [1]}, "query", "must be a JSON object, or one whole expression"),
        ({"parameters": {"a": 1}, "body": {}}, "parameters", "give a query by 'query'"),
        ({"parameters": {}, "encoding": "text"}, "parameters", "give what is sent as text by 'body'"),
        ({"body": [1], "encoding": "form"}, "body", "must be an object to be sent as form"),
        ({"body": {"a": 1}, "encoding": "bytes"}, "body", "must be a text to be sent as bytes"),
        ({"encoding": "xml"}, "encoding", "Input should be"),
        ({"headers": {"Content-Type": "application/x-www-form-urlencoded"}}, "headers", "add encoding: form"),
        ({"headers": {"content_type": "multipart/form-data"}}, "headers", "add encoding: multipart"),
        ({"headers": {"Content-Type": "text/xml"}}, "headers", "add encoding: text, or bytes"),
        ({"idempotency_key": "a", "headers": {"Idempotency-Key": "b"}}, "headers", "leave one of them out"),
        ({"idempotency_key": "\u00e9"}, "idempotency_key", "printable ASCII"),
        ({"idempotency_key": "x" * 256}, "idempotency_key", "255 characters"),
        ({"encoding": "form", "headers": {"Content-Type": "application/json"}}, "headers", "the body is sent as form"),
        ({"endpoint": "http://evil.example/x"}, "endpoint", "is a URL: register its host as a service"),
    ],
)
def test_what_contradicts_itself_is_refused_when_it_is_saved(fields: dict[str, Any], field: str, message: str) -> None:
    [(where, told)] = refusals(**fields)
    assert where == field
    assert message in told


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"encoding": "form", "body": [1]}, "must be an object to be sent as form"),
        ({"encoding": "bytes", "body": "{{not base64}}"}, "the body, sent as bytes, must be base64"),
        ({"query": "{{a text that looks like one}}"}, "config.query must be an object"),
        ({"parameters": "text"}, "must be a JSON object"),
        ({"idempotency_key": ""}, "at least 1 character"),
        ({"idempotency_key": "a\nb"}, "printable ASCII"),
        ({"parameters": "{{x}}", "encoding": "form"}, "must be an object"),
        ({"parameters": "{{x}}"}, "must be an object"),
    ],
)
def test_what_an_expression_made_of_it_is_looked_at_again(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ActionFailed, match=message) as caught:
        sent(**fields)
    assert caught.value.code is ActionErrorCode.INVALID_CONFIG

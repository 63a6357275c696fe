"""A service call stays below its service's base URL, and any answer becomes storable JSON (S7, F12, F13)."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.actions.endpoints import below, safe_endpoint
from engine.actions.protocol import ActionCall
from engine.actions.service_call_config import ServiceCallConfig
from engine.core.failure import ActionFailed
from engine.services.answers import parsed_body
from engine.services.outbound import MAX_RESPONSE_BYTES, Reply
from models.commands.validation import BAD_TEXT, json_faults, parse
from models.errors import InvalidInput
from models.words import ActionErrorCode
from tests.support.core.service_calls import config

BASE = "http://service.internal/base"


def reply(
    content: bytes | str, media_type: str = "application/json", encoding: str = "utf-8", *, is_cut: bool = False
) -> Reply:
    return Reply(200, media_type, encoding, content.encode() if isinstance(content, str) else content, is_cut)


# --- the endpoint --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("/", "/"),
        ("/fetch", "/fetch"),
        ("fetch", "/fetch"),
        ("/a/b.c/d-e_f~g", "/a/b.c/d-e_f~g"),
        ("/a/", "/a/"),
        ("/fetch?x=1&y=a%20b", "/fetch?x=1&y=a%20b"),
        ("?x=1", "/?x=1"),
        ("/items/a:b", "/items/a:b"),
        ("/a%20b", "/a%20b"),
        ("/v1.0/x..y", "/v1.0/x..y"),
        ("/.../x", "/.../x"),
        ("/é", "/é"),
    ],
)
def test_a_path_below_the_service_is_taken(endpoint: str, expected: str) -> None:
    assert safe_endpoint(endpoint) == expected


@pytest.mark.parametrize(
    "endpoint",
    [
        # another host
        "//evil.example", "//evil.example/x", "/a//b", "///x", "http://evil.example", "https://evil.example/x",
        "HTTP://EVIL", "http:/evil", "http:evil", "ftp://evil", "file:///etc/passwd", "javascript:alert(1)", "x:80/a",
        # credentials, which turn the base URL's host into a user name
        "@evil.example", "/@evil.example", "a@evil.example/x", "/x?u=a@b",
        # out of the base path
        "..", "../x", "/..", "/../x", "/a/..", "/a/../../x", "a/../x",
        "/%2e%2e/x", "/%2E%2E/x", "/.%2e/x", "/%2e./x", "/a%2f..%2fx", "/a/%2e%2e%2fx", "%2e%2e",
        # white space and control characters
        "/a b", "/a\tb", "/a\r\nX-Injected: 1", "/a\r", "/a\n", "/a\x00", "/a\x1f", "/a\x7f", " /a", "/a ",
        # backslashes, which some parsers read as slashes
        "\\", "\\\\evil.example", "/\\evil.example", "/a\\..\\x", "/..\\x",
        # a second query or a fragment behind it
        "/a?b#c", "/a#b?c",
    ],
)  # fmt: skip
def test_an_endpoint_that_could_lead_elsewhere_is_refused(endpoint: str) -> None:
    with pytest.raises(ActionFailed) as caught:
        safe_endpoint(endpoint)
    failure = caught.value
    assert (failure.code, failure.retryable) == (ActionErrorCode.INVALID_CONFIG, False)
    assert repr(endpoint) in failure.message


@given(endpoint=st.text(alphabet="/.%2eEfF5cC@:\\? \r\nab", min_size=1, max_size=20))
def test_what_is_taken_leads_to_the_service_and_stays_below_its_path(endpoint: str) -> None:
    try:
        path = safe_endpoint(endpoint)
    except ActionFailed:
        return
    url = httpx.URL(BASE + path)
    assert (url.scheme, url.host, url.userinfo) == ("http", "service.internal", b"")
    assert f"{url.path}/".startswith("/base/")
    assert "/../" not in f"{url.path}/"


# --- the body ------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "text", [], {}, {"a": [1, {"b": None}]}, 10**30])
@pytest.mark.parametrize("media_type", ["application/json", "application/problem+json", "text/json", ""])
def test_json_is_parsed_where_the_answer_says_json_or_nothing(value: Any, media_type: str) -> None:
    assert parsed_body(reply(json.dumps(value), media_type)) == value


@pytest.mark.parametrize("media_type", ["text/plain", "text/html", "application/octet-stream"])
def test_other_media_types_are_text_even_where_they_look_like_json(media_type: str) -> None:
    assert parsed_body(reply('{"a": 1}', media_type)) == '{"a": 1}'


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
def test_an_empty_body_is_null(media_type: str) -> None:
    assert parsed_body(reply(b"", media_type)) is None


@pytest.mark.parametrize("text", ["{", '{"a":', "no json", "NaN", "1e400", "'a'", " ", "[1,]"])
def test_broken_json_is_kept_as_text(text: str) -> None:
    assert parsed_body(reply(text)) == text


@pytest.mark.parametrize("text", ['"\\u0000"', '{"\\u0000": 1}', '["\\ud800"]'])
def test_json_that_could_not_be_stored_is_kept_as_text(text: str) -> None:
    assert parsed_body(reply(text)) == text


@pytest.mark.parametrize("text", ["[" * 101 + "]" * 101, "[" * 100_000, "[" * 100_000 + "]" * 100_000])
def test_json_that_nests_too_deeply_is_kept_as_text(text: str) -> None:
    assert parsed_body(reply(text)) == text


def test_json_that_nests_a_hundred_levels_is_parsed() -> None:
    assert isinstance(parsed_body(reply("[" * 100 + "]" * 100)), list)


def test_a_nul_in_a_text_is_replaced() -> None:
    assert parsed_body(reply(b"a\x00b\x00", "text/plain")) == "a\ufffdb\ufffd"
    assert parsed_body(reply(b"{\x00}")) == "{\ufffd}"


@pytest.mark.parametrize(
    ("content", "encoding", "expected"),
    [
        ("é".encode("latin-1"), "latin-1", "é"),
        ("é".encode("latin-1"), "utf-8", "\ufffd"),
        ("é".encode(), "utf-8", "é"),
        ("é".encode(), "no-such-charset", "é"),
        ("é".encode(), "hex", "é"),
        ("é".encode(), "zlib", "é"),
        ("\u20ac".encode(), "ascii", "\ufffd" * 3),
        ("日本".encode("shift_jis"), "shift_jis", "日本"),
        (b"\xff\xff\xff", "utf-8", "\ufffd" * 3),
        (b"\x00\xd8", "utf-16-le", "\ufffd"),
    ],
)
def test_a_text_is_read_in_its_charset_and_never_fails(content: bytes, encoding: str, expected: str) -> None:
    assert parsed_body(reply(content, "text/plain", encoding)) == expected


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
def test_a_cut_body_is_text_with_a_marker_and_the_limit(media_type: str) -> None:
    assert parsed_body(reply('{"a": [1, 2', media_type, is_cut=True)) == {
        "truncated": True,
        "limit_bytes": MAX_RESPONSE_BYTES,
        "text": '{"a": [1, 2',
    }


def test_a_body_that_is_cut_inside_a_character_can_be_stored() -> None:
    cut = parsed_body(reply("aé".encode()[:2], "text/plain", is_cut=True))
    assert cut["text"] == "a\ufffd"


def test_a_response_is_cut_at_one_mebibyte() -> None:
    assert MAX_RESPONSE_BYTES == 1024 * 1024


@given(
    content=st.binary(max_size=60) | st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    media_type=st.sampled_from(["application/json", "text/plain", ""]),
    encoding=st.sampled_from(["utf-8", "latin-1", "utf-16", "utf-32", "ascii", "cp1252", "shift_jis", "gb18030", "x"]),
    is_cut=st.booleans(),
)
def test_any_body_becomes_json_that_can_be_stored(content: bytes, media_type: str, encoding: str, is_cut: bool) -> None:
    body = parsed_body(reply(content, media_type, encoding, is_cut=is_cut))
    assert list(json_faults(body, ())) == []
    json.dumps(body, ensure_ascii=False, allow_nan=False).encode()


def test_a_call_is_a_post_without_parameters_and_headers_by_default() -> None:
    parsed = parse(ServiceCallConfig, config())
    assert (parsed.method, parsed.parameters, parsed.headers) == ("POST", None, {})


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_documented_method_is_taken(method: str) -> None:
    assert parse(ServiceCallConfig, config(method=method)).method == method


@pytest.mark.parametrize(
    ("raw", "loc", "word"),
    [
        ({"endpoint": "/x"}, "service", "value_error.missing"),
        ({"service": "x"}, "endpoint", "value_error.missing"),
        (config(service=""), "service", "value_error.any_str.min_length"),
        (config(endpoint=""), "endpoint", "value_error.any_str.min_length"),
        (config(endpoint="/" * 2049), "endpoint", "value_error.any_str.max_length"),
        (config(method="get"), "method", "value_error.const"),
        (config(method="CONNECT"), "method", "value_error.const"),
        (config(method="GET\r\n"), "method", "value_error.const"),
        (config(parameters=[]), "parameters", "type_error.object"),
        (config(url="http://evil"), "url", "value_error.extra"),
    ],
)
def test_a_bad_configuration_names_its_field(raw: dict[str, Any], loc: str, word: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(ServiceCallConfig, raw)
    assert [(fault.loc, fault.type) for fault in caught.value.faults] == [(("body", loc), word)]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nX-B: 2"},
        {"X-A": "1\n"},
        {"X-A": "1\r"},
        {"X-A\r\nX-B": "1"},
        {"X A": "1"},
        {"X-A:": "1"},
        {"": "1"},
        {"X-\u00e9": "1"},
    ],
)
def test_a_header_of_more_than_one_line_or_with_a_bad_name_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="is not a valid HTTP header"):
        parse(ServiceCallConfig, config(headers=headers))


def test_usual_headers_are_taken() -> None:
    headers = {"Authorization": "Bearer a.b-c_d==", "X-Trace_Id": "1, 2; q=0.5", "Accept": "*/*", "X-Empty": ""}
    assert parse(ServiceCallConfig, config(headers=headers)).headers == headers


@pytest.mark.parametrize("attempt", [1, 2, 9])
def test_the_idempotency_key_is_the_same_for_every_attempt(attempt: int) -> None:
    call = ActionCall(
        execution_id="exec_1",
        workflow_id="wf_1",
        tenant="default",
        action_id="fetch",
        attempt=attempt,
        config=None,
        timeout_seconds=None,
    )
    assert call.idempotency_key == "exec_1:fetch"


@pytest.mark.parametrize("endpoint", ["/..#", "/a#b", "/..;/x", "/a/..%5cx", "/%2f%2fhost", "/%00", "/%2e%2e/x"])
def test_a_hidden_way_out_of_the_base_path_is_refused(endpoint: str) -> None:
    with pytest.raises(ActionFailed):
        safe_endpoint(endpoint)


@pytest.mark.parametrize(
    "name",
    [
        "Host", "idempotency_key", "X-EXECUTION-ID", "Content-Length", "Transfer-Encoding", "Accept-Encoding",
        "traceparent", "Tracestate",
    ],
)  # fmt: skip
def test_a_header_that_belongs_to_the_engine_cannot_be_set(name: str) -> None:
    with pytest.raises(ValidationError, match="set by the engine"):
        ServiceCallConfig(service="s", endpoint="/", headers={name: "x"})


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "raw_unicode_escape", "idna", "undefined", "x\x00y"])
def test_a_strange_charset_still_gives_text_that_can_be_stored(charset: str) -> None:
    reply = Reply(status=200, media_type="text/plain", encoding=charset, content=b"+2AA-\\ud800\xff\x00", is_cut=False)
    assert not BAD_TEXT.search(parsed_body(reply))


# --- an endpoint that an answer gave -------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "endpoint", "expected"),
    [
        ("http://s", "/jobs/7", "/jobs/7"),
        ("http://s", "http://s/jobs/7?x=1", "/jobs/7?x=1"),
        ("http://s/", "HTTP://S:80/jobs/7", "/jobs/7"),
        ("https://s:443/api", "https://s/api/jobs", "/jobs"),
        ("http://s/api/", "http://s/api", "/"),
        ("http://s/api", "http://s/api?next=2", "?next=2"),
        ("http://s", "http://s/jobs?of=ada@x&url=http://y", "/jobs?of=ada%40x&url=http:%2F%2Fy"),
        ("http://s", "http://s/@ada#part", "/%40ada"),
    ],
)
def test_a_url_below_the_service_is_a_path_below_it(base: str, endpoint: str, expected: str) -> None:
    assert below(base, endpoint) == expected
    assert safe_endpoint(below(base, endpoint)).lstrip("/") == expected.lstrip("/")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://evil/api/x", "https://s/api/x", "http://s:81/api/x", "http://s/apis/x", "http://s/x", "http://s",
        "http://s@evil/api/x", "http://evil@s/api/x", "http://s.evil/api/x", "http://s:x/api/", "http://[s/api/x",
        "ftp://s/api/x", "http:///api/x", "//s/api/x", "http://s/api/../x", "http://s/api/%2e%2e/x", "http://s/api//x",
        "http://s/api/a\\b", "http://s/api/a b", "http://s\\@evil/api/x", " http://s/api/a\r\nX: y",
    ],
)  # fmt: skip
def test_a_url_that_lies_elsewhere_is_refused(endpoint: str) -> None:
    with pytest.raises(ActionFailed) as caught:
        safe_endpoint(below("http://s/api", endpoint))
    assert caught.value.code is ActionErrorCode.INVALID_CONFIG

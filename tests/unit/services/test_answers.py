"""What is read of an answer: JSON in whatever encoding, text in no time, and only headers that a journal may have."""

import json
import time
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.services.answers import MAX_HEADERS, MAX_HEADERS_BYTES, MAX_VALUE, kept_headers, parsed_body
from engine.services.outbound import Reply
from models.commands.validation import BAD_TEXT

VALUE = {"name": "Zoë Ł 日本", "n": [1, None]}
TEXT = json.dumps(VALUE, ensure_ascii=False)


def body(content: bytes, encoding: str = "", media_type: str = "application/json") -> Any:
    return parsed_body(Reply(200, media_type, encoding, content, is_cut=False))


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("utf-8", ""),
        ("utf-8", "utf-8"),
        ("utf-8", "latin-1"),
        ("utf-8", "no-such-charset"),
        ("utf-8-sig", ""),
        ("utf-8-sig", "utf-8"),
        ("utf-16", ""),
        ("utf-16-le", ""),
        ("utf-16-be", "utf-16be"),
        ("utf-32", ""),
        ("utf-32-be", ""),
        ("gb18030", "gb18030"),
    ],
)
@pytest.mark.parametrize("media_type", ["application/json", "application/problem+json", ""])
def test_json_is_read_in_every_encoding_that_it_says_or_shows(codec: str, declared: str, media_type: str) -> None:
    assert body(TEXT.encode(codec), declared, media_type) == VALUE


def test_json_in_a_charset_of_one_byte_is_read() -> None:
    assert body('{"name": "Zoë"}'.encode("latin-1"), "iso-8859-1") == {"name": "Zoë"}


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_text_is_read_as_its_first_bytes_say(codec: str) -> None:
    assert body(TEXT.encode(codec), "latin-1", "text/plain") == TEXT


@pytest.mark.parametrize("charset", ["punycode", "idna", "PunyCode"])
@pytest.mark.parametrize("media_type", ["text/plain", "application/json"])
def test_no_charset_takes_the_square_of_the_time(charset: str, media_type: str) -> None:
    content = b"ab-" + b"a9" * 500_000
    began = time.process_time()
    assert body(content, charset, media_type) == content.decode()
    assert time.process_time() - began < 2  # it was minutes


@pytest.mark.parametrize(
    "name",
    [
        "location", "link", "etag", "retry-after", "content-type", "content-location", "last-modified", "x-total-count",
        "x-request-id", "x-ratelimit-remaining", "operation-location", "x-next-page", "x-ms-continuation-token",
        "x-next-page-token", "allow", "deprecation", "cache-control", "expires",
    ],
)  # fmt: skip
def test_a_header_that_says_something_to_a_workflow_is_kept(name: str) -> None:
    assert kept_headers(httpx.Headers({name.title(): "x"})) == {name: "x"}


@pytest.mark.parametrize(
    "name",
    [
        "set-cookie", "set-cookie2", "www-authenticate", "authorization", "authentication-info", "x-auth-token",
        "x-subject-token", "x-csrf-token", "x-xsrf", "x-session-id", "x-api-key", "x-amz-security-token", "x-password",
        "x-client-secret", "x-signature", "dpop-nonce", "proxy-authenticate",
        "date", "server", "connection", "content-length", "transfer-encoding", "content-encoding", "vary", "via",
        "strict-transport-security", "content-security-policy", "access-control-allow-origin", "x-powered-by",
    ],
)  # fmt: skip
def test_a_header_that_may_be_a_credential_or_says_nothing_is_not(name: str) -> None:
    assert kept_headers(httpx.Headers({name.title(): "x"})) == {}


def test_what_is_too_long_is_left_out_and_what_is_sent_twice_is_one() -> None:
    headers = httpx.Headers([("Link", "<a>"), ("X-Long", "x" * (MAX_VALUE + 1)), ("link", "<b>"), ("X-A", "a")])
    assert kept_headers(headers) == {"link": "<a>, <b>", "x-a": "a"}


@given(
    headers=st.lists(
        st.tuples(st.from_regex(r"[A-Za-z-]{1,20}", fullmatch=True), st.binary(max_size=3000)), max_size=60
    )
)
def test_the_headers_of_any_answer_are_bounded_and_can_be_stored(headers: list[tuple[str, bytes]]) -> None:
    kept = kept_headers(httpx.Headers([(name.encode(), value) for name, value in headers]))
    assert len(kept) <= MAX_HEADERS
    assert sum(len(name) + len(value) for name, value in kept.items()) <= MAX_HEADERS_BYTES
    assert not any(BAD_TEXT.search(value) for value in kept.values())
    assert all(name == name.lower() for name in kept)

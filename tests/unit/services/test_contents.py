"""What a request carries is what its encoding says: pairs, parts of a form, a text, bytes; else it is told why not."""

import base64
import json
from email.message import Message
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.services.contents import BadContent, Content, contradiction, encoded, with_query

FIELDS = st.dictionaries(st.text(min_size=1, max_size=5).filter(str.isprintable), st.text(max_size=20), max_size=4)


def parts_of(content: Content) -> list[Message]:
    head = f"Content-Type: {content.media_type}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + content.data).get_payload()
    assert isinstance(parts, list)
    return [part for part in parts if isinstance(part, Message)]


@pytest.mark.parametrize("value", [None, True, 1, "text", [], [1, {"a": None}], {"a": "é"}])
def test_json_is_any_value(value: Any) -> None:
    content = encoded(value, "json")
    assert (json.loads(content.data), content.media_type) == (value, "application/json")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, ""),
        ({"a": "x y", "b": "&="}, "a=x+y&b=%26%3D"),
        ({"a": [1, 2.5, None, "3"]}, "a=1&a=2.5&a=3"),
        ({"a": None, "b": True}, "b=true"),
        ({"a": {"x": 1}, "b": [[1, 2]]}, "a=%7B%22x%22%3A1%7D&b=%5B1%2C2%5D"),
        ({"a": []}, ""),
    ],
)
def test_a_form_and_a_query_repeat_lists_and_leave_null_out(value: Any, expected: str) -> None:
    assert encoded(value, "form") == Content(expected.encode(), "application/x-www-form-urlencoded")
    assert with_query("/q", value) == ("/q" if not expected else f"/q?{expected}")


@given(fields=FIELDS)
def test_a_form_gives_back_what_went_in(fields: dict[str, str]) -> None:
    assert parse_qs(encoded(fields, "form").data.decode(), keep_blank_values=True) == {
        k: [v] for k, v in fields.items()
    }


def test_text_and_bytes_are_what_they_say() -> None:
    assert encoded("<a>é</a>", "text") == Content("<a>é</a>".encode(), "text/plain; charset=utf-8")
    assert encoded(base64.b64encode(b"\x00\xff").decode(), "bytes") == Content(b"\x00\xff", "application/octet-stream")


def test_a_multipart_form_has_fields_files_and_json() -> None:
    content = encoded(
        {
            "name": "Ada",
            "tag": ["a", "b", None],
            "meta": {"x": 1},
            "csv": {"filename": 'a"b\r\n.csv', "content_type": "text/csv", "text": "1;2"},
            "picture": {"filename": "p.png", "base64": "AP8="},
        },
        "multipart",
    )
    found = [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_payload(decode=True))
        for part in parts_of(content)
    ]
    assert found == [
        ("name", None, b"Ada"),
        ("tag", None, b"a"),
        ("tag", None, b"b"),
        ("meta", None, b'{"x":1}'),
        ("csv", "a%22b%0D%0A.csv", b"1;2"),
        ("picture", "p.png", b"\x00\xff"),
    ]
    kinds = [part.get_content_type() for part in parts_of(content)]
    assert kinds[3:] == ["application/json", "text/csv", "application/octet-stream"]


@given(fields=st.dictionaries(st.sampled_from("abc"), st.text("-\r\na", max_size=30), min_size=1))
def test_each_attempt_sends_the_same_parts_whatever_is_in_them(fields: dict[str, str]) -> None:
    content = encoded(fields, "multipart")
    assert content == encoded(fields, "multipart")
    boundary = content.media_type.partition("boundary=")[2].encode()
    assert content.data.count(boundary) == len(fields) + 1


@pytest.mark.parametrize(
    ("value", "encoding", "reason"),
    [
        ([], "form", "must be an object"),
        ("a=1", "form", "must be an object"),
        (None, "multipart", "must be an object"),
        (1, "text", "must be a text"),
        ({}, "bytes", "must be a text"),
        ("no base64!", "bytes", "must be base64"),
        ("AA", "bytes", "must be base64"),
        ({"f": {"filename": "a"}}, "multipart", "field 'f' must be"),
        ({"f": {"filename": "a", "text": "", "base64": ""}}, "multipart", "field 'f' must be"),
        ({"f": {"filename": "a", "text": "", "path": "/etc/passwd"}}, "multipart", "field 'f' must be"),
        ({"f": {"filename": "a", "text": "", "content_type": "a\r\nX: y"}}, "multipart", "a media type"),
        ({"f": {"filename": 1, "text": ""}}, "multipart", "must be a text"),
    ],
)
def test_what_cannot_be_sent_so_is_told(value: Any, encoding: Any, reason: str) -> None:
    with pytest.raises(BadContent, match=reason):
        encoded(value, encoding)


@pytest.mark.parametrize(
    ("content_type", "right"),
    [
        ("application/json", {"json", "text", "bytes"}),
        ("application/vnd.api+json; charset=utf-8", {"json", "text", "bytes"}),
        ("Application/X-WWW-Form-Urlencoded", {"form", "text", "bytes"}),
        ("multipart/form-data", {"multipart"}),
        ("multipart/form-data; boundary=x", set()),
        ("text/xml; charset=utf-8", {"text", "bytes"}),
        ("text/xml; charset=latin-1", {"bytes"}),
        ("image/png", {"text", "bytes"}),
    ],
)
def test_a_content_type_agrees_with_these_encodings_alone(content_type: str, right: set[str]) -> None:
    encodings: list[Any] = ["json", "form", "text", "multipart", "bytes"]
    assert {encoding for encoding in encodings if contradiction(content_type, encoding) is None} == right

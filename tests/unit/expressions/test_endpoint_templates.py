"""What a value brings stays in its segment of an endpoint's path, or in its value of the query (S26)."""

from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.actions.endpoints import safe_endpoint
from engine.actions.protocol import endpoint_fields
from engine.actions.service_call_config import ServiceCallConfig
from engine.core.failure import ActionFailed
from engine.expressions.budget import Budget
from engine.expressions.endpoint_templates import rendered_endpoint
from engine.expressions.references import ExpressionError
from engine.expressions.templates import Text, parse
from engine.secrets.redaction import Redactor
from engine.secrets.scope import RevealedSecrets
from engine.services.contents import with_query

HOSTILE = [
    "x?admin=true",
    "a/b",
    "../b",
    "1;v=2?",
    "a#b",
    "a@b",
    "a b",
    "a%2fb",
    "%2e%2e",
    "\\b",
    "a\r\nX: y",
    "é",
    "&c=d",
]


def rendered(template: str, **scope: Any) -> str:
    parsed = parse(template)
    assert isinstance(parsed, Text)
    return rendered_endpoint(parsed, scope, Budget())


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("/users/{{v}}/orders", "a/b?c", "/users/a%2Fb%3Fc/orders"),
        ("/users/{{v}}", "ada@example.org", "/users/ada%40example.org"),
        ("/users/{{v}}.json", ".", "/users/..json"),
        ("/q?x={{v}}&y=1", "a&y=2#z ?/", "/q?x=a%26y%3D2%23z%20%3F%2F&y=1"),
        ("/q?x={{v}}", "", "/q?x="),
        ("/q{{v}}", "", "/q"),
        ("/n/{{v}}", 7, "/n/7"),
        ("/n/{{v}}", True, "/n/true"),
        ("/n/{{v}}", {"a": 1}, "/n/%7B%22a%22%3A1%7D"),
        ("/f/{{v | path}}", "a b/c", "/f/a%20b/c"),
        ("/f/{{v | urlencode}}", "a b/c", "/f/a%20b%2Fc"),
        ("/f/{{v | path | upper}}", "a b", "/f/A%2520B"),
        ("?x={{v}}", "..", "?x=.."),
    ],
)
def test_a_value_is_encoded_where_it_stands(template: str, value: Any, expected: str) -> None:
    assert rendered(template, v=value) == expected


@pytest.mark.parametrize("value", ["", ".", ".."])
@pytest.mark.parametrize(
    "template", ["/users/{{v}}/orders", "/users/{{v}}", "/users/{{v}}?x=1", "{{v}}/x", "/a/{{v}}{{e}}"]
)
def test_a_value_cannot_take_its_segment_away(template: str, value: str) -> None:
    with pytest.raises(ExpressionError, match="of its segment of the endpoint, so the path is another"):
        rendered(template, v=value, e="")


@given(value=st.sampled_from(HOSTILE) | st.text(max_size=20))
def test_whatever_the_value_is_path_and_query_are_those_of_the_author(value: str) -> None:
    for template in ("/users/{{v}}/orders?a=1", "/q/{{v}}?a=1", "/q?b={{v}}&a=1"):
        try:
            url = httpx.URL("http://service.internal/base" + safe_endpoint(rendered(template, v=value)))
        except (ExpressionError, ActionFailed, UnicodeEncodeError):
            continue
        raw = url.raw_path.decode()
        path, _, query = raw.partition("?")
        author, _, asked = template.partition("?")
        assert (url.host, path.count("/")) == ("service.internal", author.count("/") + 1)
        assert [part.partition("=")[0] for part in query.split("&")] == [
            part.partition("=")[0] for part in asked.split("&")
        ]
        assert value in unquote(raw)


def test_what_is_made_of_a_secret_is_hidden_in_its_encoded_form_too() -> None:
    redactor = Redactor()
    scope = {"secrets": RevealedSecrets({"token": "Swordfish/Marlin Sardine"}, redactor)}
    made = rendered("/at/{{secrets.token}}?t={{secrets.token | path}}", **scope)
    assert "Swordfish%2FMarlin" in made
    assert redactor.text(made) == "/at/[secret:token]?t=[secret:token]"


def test_the_endpoint_of_a_service_call_is_marked() -> None:
    assert endpoint_fields(ServiceCallConfig) == {"endpoint"}


@pytest.mark.parametrize(
    ("url", "query", "expected"),
    [
        ("/q", {}, "/q"),
        ("/q", {"b": "2"}, "/q?b=2"),
        ("/q?a=1", {}, "/q?a=1"),
        ("/q?a=1", {"b": "2 &"}, "/q?a=1&b=2+%26"),
        ("/q?a=1", {"a": "2"}, "/q?a=1&a=2"),
        ("/q?", {"b": "2"}, "/q?b=2"),
        ("/q?flag&", {"b": "2"}, "/q?flag&b=2"),
    ],
)
def test_the_query_of_an_endpoint_and_the_parameters_are_sent_together(
    url: str, query: dict[str, str], expected: str
) -> None:
    assert with_query(url, query) == expected

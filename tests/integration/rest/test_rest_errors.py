"""Refusals of the REST edge, on both databases: one envelope for all of them, and never a 500 on bad input."""

import re
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest
from sqlalchemy import update

from app.settings.settings import Settings
from models.database.connect import connect
from resolvers.workflows.rows import VERSIONS
from tests.support.calls import JWT_SECRET, assert_envelope, create, faults, notify, run, token

pytestmark = pytest.mark.asyncio

JSON_TYPE = {"Content-Type": "application/json"}
MAX_BODY_BYTES = 1_048_576
GENERATED_ID = re.compile(r"req_[0-9a-f]{16}")


async def post_raw(client: httpx.AsyncClient, content: bytes, path: str = "/workflows") -> httpx.Response:
    """Send bytes that claim to be JSON."""
    return await client.post(path, content=content, headers=JSON_TYPE)


async def in_pieces(total: int) -> AsyncIterator[bytes]:
    """A body of unknown length: more than one piece, sent chunked."""
    for _ in range(total // 65_536):
        yield b" " * 65_536


# --- the body ------------------------------------------------------------------------------------


async def test_a_body_that_is_no_json_is_a_400(client: httpx.AsyncClient) -> None:
    for content in (
        b"{",
        b'{"name":}',
        b'{"name": "a"} tail',
        b"name=a",
        b'{"name": "\xff\xfe"}',
        b'{"name": "a\nb"}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ):
        detail = assert_envelope(await post_raw(client, content), 400, "MALFORMED_REQUEST")
        assert isinstance(detail, str), content[:20]


async def test_a_body_that_is_no_object_is_a_422(client: httpx.AsyncClient) -> None:
    for content in (b"[]", b'"x"', b"1", b"null", b"true"):
        assert faults(await post_raw(client, content)) == [(["body"], "type_error.object")]
    assert faults(await post_raw(client, b"")) == [(["body"], "value_error.missing")]


async def test_a_body_nested_deeper_than_can_be_walked_is_refused(client: httpx.AsyncClient) -> None:
    for depth in (99, 150, 900):
        deep = b"[" * depth + b"]" * depth
        body = b'{"name":"d","actions":[{"action_id":"a","action_type":"notification","config":{"data":%s}}]}' % deep
        assert (await post_raw(client, body)).status_code == 422


async def test_numbers_that_no_json_column_holds_are_a_422_where_they_stand(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "numbers", parameters=[{"name": "n", "type": "number"}]))["workflow_id"]
    for number in ("NaN", "Infinity", "-Infinity", "1e400", "-1e400"):
        body = f'{{"name": "x", "timeout_seconds": {number}}}'.encode()
        assert faults(await post_raw(client, body)) == [(["body", "timeout_seconds"], "value_error.number.not_finite")]
        body = f'{{"parameters": {{"n": [{number}]}}}}'.encode()
        refused = await post_raw(client, body, f"/workflows/{workflow_id}/execute")
        assert faults(refused) == [(["body", "parameters", "n", 0], "value_error.number.not_finite")]


async def test_text_that_cannot_be_stored_is_a_422_where_it_stands(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "texts"))["workflow_id"]
    for bad in ("\\u0000", "\\ud800", "\\udfff", "a\\ud800b"):
        for body, loc in (
            (f'{{"name": "{bad}"}}', ["name"]),
            (f'{{"name": "n", "tags": ["ok", "{bad}"]}}', ["tags", 1]),
            (f'{{"name": "n", "description": "{bad}"}}', ["description"]),
        ):
            assert faults(await post_raw(client, body.encode())) == [(["body", *loc], "value_error.unicode")]
        for body, loc in (
            (f'{{"parameters": {{"p": "{bad}"}}}}', ["parameters", "p"]),
            (f'{{"parameters": {{"{bad}": 1}}}}', ["parameters"]),
        ):
            refused = await post_raw(client, body.encode(), f"/workflows/{workflow_id}/execute")
            assert faults(refused) == [(["body", *loc], "value_error.unicode")]


async def test_any_other_text_comes_back_unchanged(client: httpx.AsyncClient) -> None:
    for number, text in enumerate(
        ("مرحبا بالعالم \u202e", "😀 𠜎𠜱 \U0010ffff", "e\u0301 ≠ é", "\x01\x7f\ufffe\ufeff", "'\"\\%_;--")
    ):
        name = f"{number} {text}"
        fields = {"description": text, "tags": [text], "parameters": [{"name": "p", "type": "string"}]}
        created = await create(client, name, notify("note", f"{text} {{{{p}}}}"), **fields)
        read = (await client.get(f"/workflows/{created['workflow_id']}")).json()
        assert (read["name"], read["description"], read["tags"]) == (name, text, [text])
        body = await run(client, created["workflow_id"], p=text)
        assert body["result"]["note"]["response"]["message"] == f"{text} {text}"
        found = (await client.get("/workflows", params={"search": text, "tags": text})).json()["workflows"]
        assert [item["name"] for item in found] == [name]


async def test_a_body_over_the_limit_is_a_413_and_one_at_the_limit_is_read(client: httpx.AsyncClient) -> None:
    body = b'{"name": "padded"}'
    at_limit = body + b" " * (MAX_BODY_BYTES - len(body))
    assert_envelope(await post_raw(client, at_limit + b" "), 413, "PAYLOAD_TOO_LARGE")
    assert (await post_raw(client, at_limit)).status_code == 201
    assert_envelope(await post_raw(client, b" " * 10_000_000), 413, "PAYLOAD_TOO_LARGE")
    chunked = await client.post("/workflows", content=in_pieces(3 * MAX_BODY_BYTES), headers=JSON_TYPE)
    assert_envelope(chunked, 413, "PAYLOAD_TOO_LARGE")


async def test_a_body_of_another_type_is_a_415(client: httpx.AsyncClient) -> None:
    for media_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "nonsense",
    ):
        refused = await client.post("/workflows", content=b'{"name": "x"}', headers={"Content-Type": media_type})
        assert_envelope(refused, 415, "UNSUPPORTED_MEDIA_TYPE")
    for number, media_type in enumerate(("application/json; charset=utf-8", "Application/JSON", "application/x+json")):
        body = b'{"name": "n%d"}' % number
        created = await client.post("/workflows", content=body, headers={"Content-Type": media_type})
        assert created.status_code == 201


# --- the query and the path ----------------------------------------------------------------------


async def test_a_faulty_query_is_a_422_where_it_stands(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "paged"))["workflow_id"]
    values: dict[str, list[Any]] = {
        "page": [0, -1, 10**30, "1.0", "abc", "", "+1", "1e3", "٣", "9" * 5000, "\x00"],
        "page_size": [0, -1, 101, 10**9, 10**30, "all", ""],
    }
    for path in ("/workflows", f"/workflows/{workflow_id}/executions"):
        for name, bad in values.items():
            for value in bad:
                located = [loc for loc, _ in faults(await client.get(path, params={name: value}))]
                assert (value, located) == (value, [["query", name]])
        for query in ({"page": 1, "page_size": 100}, {"page": "007"}, {"page": 10**6}, {"unknown": "x"}):
            assert (await client.get(path, params=query)).status_code == 200
    for name, value in (
        ("status", "broken"),
        ("status", "ACTIVE"),
        ("status", ""),
        ("tags_mode", "some"),
        ("search", "a\x00b"),
        ("created_by", "\x00"),
    ):
        located = [loc for loc, _ in faults(await client.get("/workflows", params={name: value}))]
        assert located == [["query", name]]
    assert faults(await client.get("/workflows", params={"tags": "a,\x00"})) == [
        (["query", "tags", 1], "value_error.unicode")
    ]


async def test_what_is_not_there_is_a_404_and_another_method_a_405(client: httpx.AsyncClient) -> None:
    for path in ("/nothing", "/workflows/a/b/c", "/workflows/executions/x/y"):
        assert_envelope(await client.get(path), 404, "NOT_FOUND")
    for method, path in (("PATCH", "/workflows"), ("PUT", "/workflows"), ("POST", "/workflows/wf_0")):
        refused = await client.request(method, path)
        assert_envelope(refused, 405, "METHOD_NOT_ALLOWED")


# --- who asks ------------------------------------------------------------------------------------


async def test_a_bad_stronger_credential_is_a_401_and_never_falls_through(client: httpx.AsyncClient) -> None:
    now = int(time.time())
    claims = {"sub": "eve", "exp": now + 300, "iat": now, "iss": "orchestrator", "aud": "orchestrator"}
    assert (await client.get("/workflows", headers={"Authorization": f"Bearer {_signed(claims)}"})).status_code == 200
    incomplete = {
        name: {"Authorization": f"Bearer {_signed({key: value for key, value in claims.items() if key != name})}"}
        for name in claims
    }
    refusals: dict[str, dict[str, str]] = {
        "no token": {"Authorization": "Bearer nonsense"},
        "another scheme": {"Authorization": "Basic YTpi"},
        "an unsigned token": {"Authorization": f"Bearer {jwt.encode(claims, None, algorithm='none')}"},
        "another key": {"Authorization": f"Bearer {_signed(claims, JWT_SECRET[::-1])}"},
        "an expired token": token("eve", iat=now - 400, exp=now - 100),
        "a token for ever": token("eve", iat=0, exp=2**40),
        "another audience": token("eve", aud="elsewhere"),
        "another issuer": token("eve", iss="elsewhere"),
        "an unknown key": {"X-API-Key": "wrong"},
        "no user": {"X-User-ID": ""},
        "a user of many letters": {"X-User-ID": "u" * 201},
        **incomplete,
    }
    for rule, headers in refusals.items():
        refused = await client.get("/workflows", headers=headers)  # beside the client's own X-User-ID
        assert (rule, refused.status_code) == (rule, 401)
        assert_envelope(refused, 401, "UNAUTHENTICATED")
        assert refused.headers["www-authenticate"] == "Bearer"
    assert (await client.get("/workflows", headers=token("eve"))).status_code == 200


def _signed(claims: dict[str, Any], secret: str = JWT_SECRET) -> str:
    return jwt.encode(claims, secret, algorithm="HS256")


# --- headers -------------------------------------------------------------------------------------


async def test_a_request_id_is_echoed_or_made(client: httpx.AsyncClient) -> None:
    for path in ("/workflows", "/nothing"):
        echoed = await client.get(path, headers={"X-Request-ID": "trace-42/a"})
        assert echoed.headers["x-request-id"] == "trace-42/a"
        for unusable in ({}, {"X-Request-ID": ""}, {"X-Request-ID": "r" * 129}, {"X-Request-ID": "a\tb"}):
            made = (await client.get(path, headers=unusable)).headers["x-request-id"]
            assert GENERATED_ID.fullmatch(made)
    ids = {(await client.get("/workflows")).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    query = {"query": "{ workflows { totalCount } }"}
    for answered in (
        await client.get("/workflows"),
        await client.get("/nothing"),
        await client.get("/workflows", headers={"X-API-Key": "wrong"}),
        await post_raw(client, b"{"),
        await client.post("/graphql", json=query),
    ):
        assert answered.headers["cache-control"] == "no-store"
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert answered.headers["referrer-policy"] == "no-referrer"
        assert answered.headers["content-type"].startswith("application/json")
        assert "set-cookie" not in answered.headers


async def test_a_fault_of_the_service_itself_is_masked(client: httpx.AsyncClient, settings: Settings) -> None:
    workflow_id = (await create(client, "spoilt", notify("secret_action")))["workflow_id"]
    database = await connect(settings.url)
    try:
        await database.transaction(
            lambda connection: connection.execute(update(VERSIONS).values(definition={"spoilt": True}))
        )
    finally:
        await database.close()
    broken = await client.get(f"/workflows/{workflow_id}")
    body = broken.json()
    assert (broken.status_code, body["detail"], body["error_code"]) == (500, "Internal server error", "INTERNAL_ERROR")
    assert re.fullmatch(r"err_[0-9a-f]{16}", body["error_id"])
    assert not re.search("Traceback|KeyError|SELECT|/models/", broken.text)

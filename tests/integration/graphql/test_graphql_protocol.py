"""The protocols of the GraphQL edge: HTTP, persisted documents, streams, sockets; what strangers and bugs may show."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from graphql import get_introspection_query
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from resolvers.executions import lists as execution_lists
from resolvers.executions import streams as execution_streams
from schema.transport.socket import MAX_OPERATIONS
from tests.support.calls import EVENTS, JWT_SECRET, NO_TLS, Json, create, notify, run, token
from tests.support.sockets import closed, opened, receive, send, signed_in

pytestmark = pytest.mark.asyncio

ADA = {"X-User-ID": "ada"}
RESPONSE = "application/graphql-response+json"
COUNT = "{ workflows { totalCount } }"
MUTATION = 'mutation { createWorkflow(input: {name: "x", actions: []}) { workflow { name } } }'
SECRET = "secret of /var/lib and SELECT * FROM workflow"


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """The edge is the same on both databases, so one will do."""
    return Settings(data_dir=data_dir, jwt_secret=JWT_SECRET)


@asynccontextmanager
async def served(settings: Settings, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server with other settings, not signed in."""
    async with (
        serving(create_app(msgspec.structs.replace(settings, **changes))) as url,
        httpx.AsyncClient(base_url=url, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


@pytest_asyncio.fixture
async def production(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server in production, not signed in."""
    async with served(settings, environment=Environment.PRODUCTION) as client:
        yield client


async def ask(client: httpx.AsyncClient, query: str | None = None, **more: Any) -> Json:
    """The body of an answer."""
    headers = more.pop("headers", {})
    return dict((await client.post("/graphql", json={"query": query, **more}, headers=headers)).json())


def codes(body: Json) -> list[str]:
    """The codes of the errors of an answer."""
    return [error["extensions"]["code"] for error in body.get("errors", [])]


def persisted(text: str, **changes: Any) -> Json:
    """The extension by which a document is asked for by its hash."""
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest(), **changes}}


async def test_the_form_of_an_answer_is_the_one_that_the_client_prefers(client: httpx.AsyncClient) -> None:
    for accept, media_type in (
        ("application/json", "application/json"),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE};q=0.5, application/json", "application/json"),
        (f"application/json;q=0.9, {RESPONSE}", RESPONSE),
        (f"text/html, {RESPONSE};charset=utf-8, */*;q=0.1", RESPONSE),
        ("*/*", "application/json"),
        ("", "application/json"),
    ):
        answered = await client.post("/graphql", json={"query": COUNT}, headers={"Accept": accept})
        assert (answered.status_code, answered.headers["content-type"]) == (200, f"{media_type}; charset=utf-8")
    for accept in ("text/plain", "application/json;q=0", f"{RESPONSE};charset=latin-1"):
        refused = await client.post("/graphql", json={"query": COUNT}, headers={"Accept": accept})
        assert (refused.status_code, codes(refused.json())) == (406, ["NOT_ACCEPTABLE"])


async def test_only_the_form_of_graphql_has_statuses_and_what_never_began_has_no_data(
    client: httpx.AsyncClient,
) -> None:
    for query, variables, status in (
        (COUNT, {}, 200),
        ("{", {}, 400),
        ("{ nosuch }", {}, 400),
        ("query ($n: Int) { workflows(first: $n) { totalCount } }", {"n": "x"}, 400),
        ("query A { __typename } query B { __typename }", {}, 400),
        ("{ workflows(first: 101) { totalCount } health { status } }", {}, 200),
    ):
        asked = {"query": query, "variables": variables}
        answered = await client.post("/graphql", json=asked, headers={"Accept": RESPONSE})
        assert (query, answered.status_code, "data" in answered.json()) == (query, status, status == 200)
        plain = await client.post("/graphql", json=asked, headers={"Accept": "application/json"})
        assert (query, plain.status_code) == (query, 200)


async def test_get_is_for_queries_and_a_body_is_json(client: httpx.AsyncClient) -> None:
    read = await client.get("/graphql", params={"query": COUNT, "variables": "{}", "operationName": ""})
    assert read.json()["data"] == {"workflows": {"totalCount": 0}}
    for accept in ("application/json", "text/event-stream"):
        for query in (MUTATION, "subscription { systemMetrics { timestamp } }"):
            refused = await client.get("/graphql", params={"query": query}, headers={"Accept": accept})
            assert (refused.status_code, codes(refused.json())) == (405, ["METHOD_NOT_ALLOWED"])
            assert refused.headers["allow"] == "POST"
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        asked = {"content": json.dumps({"query": MUTATION}), "headers": {"Content-Type": media_type}}
        refused = await client.post("/graphql", **asked)  # type: ignore[arg-type]  # each value is of the type of its name
        assert (media_type, refused.status_code) == (media_type, 415)
        assert codes(refused.json()) == ["UNSUPPORTED_MEDIA_TYPE"]
    assert (await ask(client, COUNT))["data"] == {"workflows": {"totalCount": 0}}


async def test_which_operation_is_meant_is_never_guessed(client: httpx.AsyncClient) -> None:
    two = MUTATION.replace("mutation", "mutation A") + " query B { workflows { totalCount } }"
    assert codes(await ask(client, two)) == ["VALIDATION_ERROR"]
    assert codes(await ask(client, two, operationName="C")) == ["VALIDATION_ERROR"]
    assert codes(await ask(client, "fragment F on Query { __typename }")) == ["VALIDATION_ERROR"]
    assert (await ask(client, two, operationName="B"))["data"] == {"workflows": {"totalCount": 0}}


async def test_no_answer_sets_a_cookie_and_a_subscription_needs_a_stream(client: httpx.AsyncClient) -> None:
    answered = await client.post("/graphql", json={"query": "subscription { systemMetrics { timestamp } }"})
    assert (answered.status_code, codes(answered.json())) == (406, ["NOT_ACCEPTABLE"])
    assert "set-cookie" not in answered.headers
    lone = b'{"query": "{ workflow(id: \\"\\ud800\\") { id } }"}'
    refused = await client.post("/graphql", content=lone, headers={"Content-Type": "application/json"})
    assert (refused.status_code, codes(refused.json())) == (400, ["MALFORMED_REQUEST"])


async def test_a_persisted_query_is_sent_once_and_then_asked_for_by_its_hash(client: httpx.AsyncClient) -> None:
    unknown = await ask(client, extensions=persisted(COUNT))
    assert (unknown["errors"][0]["message"], codes(unknown)) == (
        "PersistedQueryNotFound",
        ["PERSISTED_QUERY_NOT_FOUND"],
    )
    assert (await ask(client, COUNT, extensions=persisted(COUNT)))["data"] == {"workflows": {"totalCount": 0}}
    assert (await ask(client, extensions=persisted(COUNT)))["data"] == {"workflows": {"totalCount": 0}}
    by_get = await client.get("/graphql", params={"extensions": json.dumps(persisted(COUNT))})
    assert by_get.json()["data"] == {"workflows": {"totalCount": 0}}
    async with signed_in(client, ADA) as socket:
        await send(socket, type="subscribe", id="1", payload={"extensions": persisted(COUNT)})
        assert (await receive(socket))["payload"]["data"] == {"workflows": {"totalCount": 0}}
        await receive(socket)
        await send(socket, type="subscribe", id="2", payload={"extensions": persisted("{ other }")})
        assert (await receive(socket))["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_wrong_hash_and_what_is_not_valid_are_not_remembered(client: httpx.AsyncClient) -> None:
    assert codes(await ask(client, COUNT, extensions=persisted(MUTATION))) == ["MALFORMED_REQUEST"]
    assert codes(await ask(client, extensions=persisted(MUTATION))) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert codes(await ask(client, "{ nosuch }", extensions=persisted("{ nosuch }"))) == ["VALIDATION_ERROR"]
    assert codes(await ask(client, extensions=persisted("{ nosuch }"))) == ["PERSISTED_QUERY_NOT_FOUND"]
    for extensions in ({"persistedQuery": 1}, persisted(COUNT, version=2), persisted(COUNT, sha256Hash=1)):
        assert codes(await ask(client, extensions=extensions)) == ["MALFORMED_REQUEST"]


async def test_only_trusted_documents_are_served_where_that_is_set(settings: Settings) -> None:
    trusted = {sha256(COUNT.encode()).hexdigest(): COUNT}
    async with served(settings, graphql_trusted_documents=trusted, graphql_only_trusted=True) as client:
        client.headers.update(ADA)
        assert (await ask(client, extensions=persisted(COUNT)))["data"] == {"workflows": {"totalCount": 0}}
        assert (await ask(client, COUNT))["data"] == {"workflows": {"totalCount": 0}}
        for query, extensions in (
            (MUTATION, None),
            (MUTATION, persisted(MUTATION)),
            (None, persisted(MUTATION)),
            ("{ __typename }", None),
        ):
            assert codes(await ask(client, query, extensions=extensions)) == ["DOCUMENT_NOT_TRUSTED"]


async def test_a_stranger_learns_nothing_of_the_schema_in_production(production: httpx.AsyncClient) -> None:
    answers = [
        await ask(production, query)
        for query in (
            get_introspection_query(),
            "{ __schema { queryType { name } } }",
            '{ __type(name: "Workflow") { name } }',
            "{ workflow }",
            "{ workflows { nodes { naem } } }",
            "{ nosuch }",
            "mutation { createWorkflow }",
            'query { node(id: "x") { id } }',
            "{ health { nosuch } }",
            "query ($x: WorkflowStatsu) { health { status } }",
        )
    ]
    assert all(answer == answers[0] for answer in answers)
    assert codes(answers[0]) == ["UNAUTHENTICATED"]
    assert (await ask(production, "{ __typename health { status } }"))["data"]["health"]["status"]
    page = await production.get("/graphql", headers={"Accept": "text/html,*/*"})
    assert "text/html" not in page.headers["content-type"]
    assert codes(await ask(production, "{ health { status } }", headers=ADA)) == ["UNAUTHENTICATED"]


async def test_a_stranger_may_not_keep_a_socket_in_production(production: httpx.AsyncClient) -> None:
    async with opened(production) as socket:
        await send(socket, type="connection_init", payload={})
        code, reason = await closed(socket)
        assert (code, reason) == (4401, "Unauthorized: connection_init must bring a credential")
    for bad in (ADA, {"Authorization": "Bearer nonsense"}, {"X-API-Key": "your-api-key"}):
        async with opened(production) as socket:
            await send(socket, type="connection_init", payload=bad)
            code, reason = await closed(socket)
            assert code == 4403 and reason.startswith("Forbidden: ")
    async with signed_in(production, token("ada", "default", "editor")) as socket:
        await send(socket, type="subscribe", id="1", payload={"query": "{ __schema { queryType { name } } }"})
        assert (await receive(socket))["payload"]["data"] == {"__schema": {"queryType": {"name": "Query"}}}


async def test_a_reason_that_is_too_long_for_a_close_is_cut(production: httpx.AsyncClient) -> None:
    async with opened(production) as socket:
        await send(socket, type="connection_init", payload={"authorization": f"Bearer {'é' * 200}"})
        code, reason = await closed(socket)
        assert code == 4403 and 0 < len(reason.encode()) <= 123


async def test_a_stranger_on_a_socket_of_the_test_environment_is_refused_what_needs_a_user(
    client: httpx.AsyncClient,
) -> None:
    async with signed_in(client, {}) as socket:
        await send(socket, type="subscribe", id="1", payload={"query": COUNT})
        refused = await receive(socket)
        assert [error["extensions"]["code"] for error in refused["payload"]["errors"]] == ["UNAUTHENTICATED"]


async def test_whoever_is_signed_in_sees_the_schema_in_production(production: httpx.AsyncClient) -> None:
    signed = token("ada", "default", "editor")
    schema = await ask(production, get_introspection_query(), headers=signed)
    assert "Workflow" in {kind["name"] for kind in schema["data"]["__schema"]["types"]}
    assert (
        "Did you mean"
        in (await ask(production, "{ workflosw { totalCount } }", headers=signed))["errors"][0]["message"]
    )
    page = await production.get("/graphql", headers={"Accept": "text/html", **signed})
    assert page.headers["content-type"].startswith("text/html")


async def test_a_bug_is_masked_on_every_transport(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def bug(*_: Any) -> Any:
        raise RuntimeError(SECRET)

    async def stream_bug(*_: Any) -> Any:
        raise RuntimeError(SECRET)
        yield

    monkeypatch.setattr(execution_lists, "count_executions", bug)
    monkeypatch.setattr(execution_streams, "execution_events", stream_bug)
    caplog.set_level(logging.ERROR)
    query = "{ executions { totalCount } }"
    watch = {"query": EVENTS, "variables": {"id": "exec_0", "after": 0}}
    texts = [json.dumps(await ask(client, query))]
    texts += [
        (await client.post("/graphql", json=watch, headers={"Accept": accept})).text
        for accept in ("text/event-stream", "multipart/mixed;subscriptionSpec=1.0")
    ]
    async with signed_in(client, ADA) as socket:
        for number, payload in enumerate(({"query": query}, watch)):
            await send(socket, type="subscribe", id=str(number), payload=payload)
            texts.append(json.dumps(await receive(socket)))
            if number == 0:
                await receive(socket)
    for text in texts:
        assert SECRET not in text and "Traceback" not in text
        assert "Internal server error" in text and "error_id" in text and "INTERNAL_ERROR" in text
    assert sum(SECRET in str(record.exc_info) for record in caplog.records) == len(texts)


async def watched(client: httpx.AsyncClient) -> str:
    """The id of an execution that has ended."""
    workflow = await create(client, "watched", notify("first"), notify("second"))
    return str((await run(client, workflow["workflow_id"]))["execution_id"])


async def test_server_sent_events_have_the_names_of_graphql_sse(client: httpx.AsyncClient) -> None:
    asked = {"query": EVENTS, "variables": {"id": await watched(client), "after": 3}}
    answered = await client.post("/graphql", json=asked, headers={"Accept": "text/event-stream"})
    assert answered.headers["content-type"] == "text/event-stream; charset=utf-8"
    events = [part.split("\n") for part in answered.text.removeprefix(":\n\n").removesuffix("\n\n").split("\n\n")]
    assert [event[0] for event in events] == ["event: next"] * (len(events) - 1) + ["event: complete"]
    results = [json.loads(event[1].removeprefix("data: ")) for event in events[:-1]]
    assert [result["data"]["executionEvents"]["sequence"] for result in results] == [*range(4, 4 + len(results))]
    for query in ("{", "query A { __typename } query B { __typename }", "{ nosuch }"):
        refused = await client.post("/graphql", json={"query": query}, headers={"Accept": "text/event-stream"})
        assert refused.text.count("VALIDATION_ERROR") == 1 and refused.text.endswith("event: complete\ndata:\n\n")
    one = await client.post("/graphql", json={"query": COUNT}, headers={"Accept": "text/event-stream"})
    assert one.text.count("event: next") == 1 and one.text.endswith("event: complete\ndata:\n\n")


async def test_a_multipart_subscription_has_apollo_s_form(client: httpx.AsyncClient) -> None:
    asked = {"query": EVENTS, "variables": {"id": await watched(client), "after": 0}}
    accept = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'
    answered = await client.post("/graphql", json=asked, headers={"Accept": accept})
    assert answered.headers["content-type"] == 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
    preamble, *parts, end = answered.text.split("\r\n--graphql")
    assert (preamble, end) == ("", "--\r\n")
    bodies = [json.loads(part.partition("\r\n\r\n")[2]) for part in parts]
    sequences = [body["payload"]["data"]["executionEvents"]["sequence"] for body in bodies if body]
    assert sequences == list(range(1, len(sequences) + 1))
    query = await client.post("/graphql", json={"query": COUNT}, headers={"Accept": accept})
    assert query.json()["data"] == {"workflows": {"totalCount": 1}}


async def test_a_page_of_another_site_may_not_open_a_socket(settings: Settings) -> None:
    friend = Origin("https://friend.example")
    async with served(settings, allowed_origins=frozenset({str(friend)})) as client:
        async with opened(client, origin=Origin(str(client.base_url).rstrip("/"))):
            pass
        async with opened(client, origin=friend):
            pass
        for stranger in ("https://evil.example", "null", "https://friend.example.evil.example"):
            with pytest.raises(InvalidStatus) as refused:
                async with opened(client, origin=Origin(stranger)):
                    pass
            assert refused.value.response.status_code == 403


async def test_what_is_no_message_of_the_protocol_closes_the_socket(client: httpx.AsyncClient) -> None:
    for message in ("{", "[]", '"x"', "{}", '{"type": 1}', '{"type": "nosuch"}', '{"type": "complete", "id": 1}'):
        async with signed_in(client, ADA) as socket:
            await socket.send(message)
            with pytest.raises(ConnectionClosed) as closed:
                await receive(socket)
            assert (message, closed.value.rcvd and closed.value.rcvd.code) == (message, 4400)
    async with signed_in(client, ADA) as socket:
        await socket.send(json.dumps({"type": "ping", "payload": {"x": "x" * 70_000}}))
        with pytest.raises(ConnectionClosed) as closed:
            await receive(socket)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009


async def test_a_refused_operation_ends_itself_and_not_the_socket(client: httpx.AsyncClient) -> None:
    async with signed_in(client, ADA) as socket:
        for number, (payload, code) in enumerate(
            (
                ({"query": "{"}, "VALIDATION_ERROR"),
                ({"query": "{ nosuch }"}, "VALIDATION_ERROR"),
                ({"query": ""}, "MALFORMED_REQUEST"),
                ({}, "MALFORMED_REQUEST"),
                ({"query": COUNT, "variables": []}, "MALFORMED_REQUEST"),
                ({"query": "query A { __typename } query B { __typename }"}, "VALIDATION_ERROR"),
                ({"query": "{ " + "a { " * 12 + "b" + " }" * 13}, "OPERATION_TOO_DEEP"),
            )
        ):
            await send(socket, type="subscribe", id=str(number), payload=payload)
            refused = await receive(socket)
            assert (refused["type"], refused["id"]) == ("error", str(number))
            assert [error["extensions"]["code"] for error in refused["payload"]] == [code], payload
        await send(socket, type="subscribe", id="last", payload={"query": COUNT})
        assert (await receive(socket))["type"] == "next"


async def test_a_socket_carries_a_hundred_operations_and_no_more(client: httpx.AsyncClient) -> None:
    query = "subscription { systemMetrics(intervalSeconds: 3600) { timestamp } }"
    async with signed_in(client, ADA) as socket:
        for number in range(MAX_OPERATIONS):
            await send(socket, type="subscribe", id=str(number), payload={"query": query})
        for _ in range(MAX_OPERATIONS):
            assert (await receive(socket))["type"] == "next"
        await send(socket, type="subscribe", id="more", payload={"query": COUNT})
        refused = await receive(socket)
        assert (refused["id"], refused["payload"][0]["extensions"]["code"]) == ("more", "TOO_MANY_OPERATIONS")
        await send(socket, type="complete", id="0")
        await send(socket, type="subscribe", id="more", payload={"query": COUNT})
        assert (await receive(socket))["type"] == "next"

"""What every answer carries, and what strangers and pages of other sites cannot do (S2, S5, S11, S12, S13)."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, GraphQLSchema
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from app.asgi import create_app
from app.pages.console_routes import FOLDER
from app.pages.page_sign_in import EXPLANATION
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from rest_compat.openapi_operations import OPERATIONS
from schema.schema import build_schema
from schema.transport.documents import document_hash
from schema.transport.guard import OPEN_FIELDS
from tests.support.calls import JWT_SECRET, NO_TLS, Json, assert_envelope, create, graphql, token

pytestmark = pytest.mark.asyncio

ADA = {"X-User-ID": "ada"}
SIGNED_IN = token("ada", "default", "admin")
PASSWORD = SIGNED_IN["Authorization"].removeprefix("Bearer ")
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NOTHING = "default-src 'none'; frame-ancestors 'none'"
SSE = {"Accept": "text/event-stream"}


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """Nothing here depends on the database, so one will do."""
    return Settings(data_dir=data_dir, jwt_secret=JWT_SECRET)


@asynccontextmanager
async def served(settings: Settings, proxies: tuple[str, ...] = (), **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server with other settings, not signed in."""
    app = create_app(msgspec.structs.replace(settings, **changes))
    networks = tuple(ip_network(proxy) for proxy in proxies)
    async with (
        serving(app, trusted_proxies=networks) as url,
        httpx.AsyncClient(base_url=url, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


@pytest_asyncio.fixture
async def production(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server in production that counts no requests, not signed in."""
    async with served(settings, environment=Environment.PRODUCTION, rate_limit=0) as client:
        yield client


# --- headers -------------------------------------------------------------------------------------


async def answers(client: httpx.AsyncClient) -> dict[str, httpx.Response]:
    """One answer of each kind."""
    query = {"query": "{ __typename }"}
    live = {"query": "subscription { nosuch }"}
    found = {
        "a list": await client.get("/workflows", headers=SIGNED_IN),
        "created": await client.post("/workflows", headers=SIGNED_IN, json={"name": "w", "actions": []}),
        "nobody": await client.get("/workflows"),
        "a bad credential": await client.get("/workflows", headers={"X-API-Key": "wrong"}),
        "no such path": await client.get("/nothing"),
        "no such object": await client.get("/workflows/wf_0", headers=SIGNED_IN),
        "no such method": await client.patch("/workflows", headers=SIGNED_IN),
        "options": await client.options("/workflows", headers=SIGNED_IN),
        "no JSON": await client.post("/workflows", headers=SIGNED_IN, content=b"{"),
        "too large": await client.post("/workflows", headers=SIGNED_IN, content=b" " * 1_100_000),
        "too many headers": await client.get("/workflows", headers={f"X-{number}": "" for number in range(101)}),
        "health": await client.get("/workflows/health"),
        "alive": await client.get("/healthz"),
        "metrics": await client.get("/metrics", headers={"Accept": "text/plain"}),
        "openapi": await client.get("/openapi.json"),
        "graphql": await client.post("/graphql", headers=SIGNED_IN, json=query),
        "graphql by get": await client.get("/graphql", headers=SIGNED_IN, params=query),
        "graphql refused": await client.post("/graphql", headers=SIGNED_IN, json={"query": "{"}),
        "graphql too large": await client.post("/graphql", headers=SIGNED_IN, content=b" " * 1_100_000),
        "a stream": await client.post("/graphql", headers={**SIGNED_IN, **SSE}, json=live),
        "GraphiQL": await client.get("/graphql", headers={**SIGNED_IN, **HTML}),
        "docs": await client.get("/docs", headers=SIGNED_IN),
        "schema of a workflow": await client.get("/workflow.schema.json", headers=SIGNED_IN),
        "no such asset": await client.get("/graphql/assets/nothing.js", headers=SIGNED_IN),
        "no page for strangers": await client.get("/docs"),
    }
    (deleted,) = (found["created"].json()["workflow_id"],)
    found["deleted"] = await client.delete(f"/workflows/{deleted}", headers=SIGNED_IN)
    return found


@pytest.mark.parametrize("environment", list(Environment))
async def test_every_answer_carries_the_security_headers(settings: Settings, environment: Environment) -> None:
    async with served(settings, environment=environment) as client:
        for name, answered in (await answers(client)).items():
            headers = answered.headers
            is_page = headers.get("content-type", "").startswith("text/html")
            assert (name, headers["cache-control"].split(",")[0]) == (name, "no-store")
            assert (name, headers["x-content-type-options"]) == (name, "nosniff")
            assert (name, headers["referrer-policy"]) == (name, "no-referrer")
            assert (name, headers["x-frame-options"]) == (name, "DENY")
            assert (name, headers["cross-origin-opener-policy"]) == (name, "same-origin")
            assert (name, headers["cross-origin-resource-policy"]) == (name, "same-origin")
            assert "camera=()" in headers["permissions-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert (name, is_page) == (name, headers["content-security-policy"] != NOTHING) or "asset" in name
            assert (name, headers.get_list("x-request-id")) == (name, [headers["x-request-id"]])
            for absent in ("server", "set-cookie", "strict-transport-security", "access-control-allow-origin"):
                assert (name, absent in headers) == (name, False)


async def test_a_built_file_alone_is_kept_by_browsers(production: httpx.AsyncClient) -> None:
    asset = next(file.name for file in (FOLDER / "assets").iterdir() if file.suffix == ".js")
    answered = await production.get(f"/graphql/assets/{asset}", headers=SIGNED_IN)
    assert (answered.status_code, answered.headers["cache-control"]) == (200, "private, max-age=31536000, immutable")
    assert answered.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "is_encrypted"),
    [
        (("127.0.0.1/32",), "https", True),
        (("127.0.0.1/32",), "http", False),
        (("10.0.0.0/8",), "https", False),
        ((), "https", False),
    ],
)
async def test_browsers_are_told_to_stay_encrypted_where_a_trusted_proxy_says_that_they_are(
    settings: Settings, proxies: tuple[str, ...], forwarded: str, is_encrypted: bool
) -> None:
    async with served(settings, proxies, environment=Environment.PRODUCTION) as client:
        answered = await client.get("/healthz", headers={"X-Forwarded-Proto": forwarded})
        expected = "max-age=31536000" if is_encrypted else None
        assert answered.headers.get("strict-transport-security") == expected


async def test_a_refused_handshake_says_why_and_carries_the_headers_too(production: httpx.AsyncClient) -> None:
    url = str(production.base_url).replace("http", "ws").rstrip("/")
    subprotocols = [Subprotocol("graphql-transport-ws")]
    for path, options, said in (
        ("/graphql", {"origin": Origin("https://evil.example")}, "Pages of this origin may not open a socket here"),
        ("/graphql", {"additional_headers": {"X-API-Key": "wrong"}}, "UNAUTHENTICATED: This API key is not known"),
        ("/nothing", {}, ""),
    ):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(url + path, subprotocols=subprotocols, **options):  # type: ignore[arg-type]  # each value is of the type of its name
                pass
        response = refused.value.response
        body = json.loads(response.body or b"{}")
        assert (path, response.status_code, body["error_code"]) == (path, 403, "PERMISSION_DENIED")
        assert said in body["detail"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Request-ID"] == body["request_id"]
        assert "Server" not in response.headers
    async with connect(f"{url}/graphql", subprotocols=subprotocols) as socket:
        assert socket.response is not None
        assert socket.response.headers["X-Content-Type-Options"] == "nosniff"
        assert {"Server", "Set-Cookie"} & set(socket.response.headers) == set()


# --- the test environment ------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "localhost:5080", "127.0.0.1:1", "127.8.9.1", "[::1]:80", "a.localhost"])
async def test_the_test_environment_answers_to_local_names(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/workflows", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:5080", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]"],
)
async def test_a_name_of_another_site_that_leads_here_is_refused(client: httpx.AsyncClient, host: str) -> None:
    named = {"Host": host}
    refused = await client.get("/workflows", headers=named)
    detail = assert_envelope(refused, 421, "MISDIRECTED_REQUEST")
    assert f"answers to localhost and 127.0.0.1 alone, not to '{host}'" in detail
    mutation = 'mutation { createWorkflow(input: {name: "x", actions: []}) { workflow { id } } }'
    for answered in (
        await client.post("/graphql", json={"query": mutation}, headers=named),
        await client.get("/graphql", headers={**named, **HTML}),
        await client.get("/healthz", headers=named),
    ):
        assert answered.status_code == 421
    assert (await client.get("/workflows")).json()["workflows"] == []


async def test_a_socket_by_the_name_of_another_site_is_refused(client: httpx.AsyncClient) -> None:
    port = client.base_url.port
    with pytest.raises(InvalidStatus) as refused:  # the origin is the same as the host, as it is after a rebinding
        async with connect(
            f"ws://evil.example:{port}/graphql",
            host="127.0.0.1",
            port=port,
            origin=Origin(f"http://evil.example:{port}"),
            subprotocols=[Subprotocol("graphql-transport-ws")],
        ):
            pass
    assert refused.value.response.status_code == 421


async def test_production_and_other_addresses_than_loopback_have_whatever_names(settings: Settings) -> None:
    for changes in ({"environment": Environment.PRODUCTION}, {"host": "0.0.0.0"}):  # noqa: S104 - nothing is bound
        async with served(settings, **changes) as client:
            answered = await client.get("/workflows", headers={**SIGNED_IN, "Host": "api.example"})
            assert answered.status_code == 200


@pytest.mark.parametrize(
    "forwarded", [{"Forwarded": "for=192.0.2.1"}, {"X-Forwarded-For": "192.0.2.1"}, {"X-Real-IP": "192.0.2.1"}]
)
async def test_what_came_through_a_proxy_is_not_believed_to_be_local(
    client: httpx.AsyncClient, forwarded: dict[str, str]
) -> None:
    refused = await client.get("/workflows", headers=forwarded)
    assert "proxy" in assert_envelope(refused, 401, "UNAUTHENTICATED")
    assert (await client.get("/workflows", headers={**forwarded, **SIGNED_IN})).status_code == 200


# --- the pages in production ---------------------------------------------------------------------

PAGES = ("/graphql", "/docs")


async def test_a_stranger_s_browser_is_asked_to_sign_in(production: httpx.AsyncClient) -> None:
    for path in (*PAGES, "/graphql/assets/x.js"):
        refused = await production.get(path, headers=HTML)
        assert (refused.status_code, refused.text) == (401, EXPLANATION)
        assert refused.headers["www-authenticate"] == 'Basic realm="Orchestrator", charset="UTF-8"'


@pytest.mark.parametrize("name", ["", "ada", "anybody at all"])
async def test_a_credential_as_the_password_opens_the_pages(production: httpx.AsyncClient, name: str) -> None:
    for path in PAGES:
        page = await production.get(path, headers=HTML, auth=(name, PASSWORD))
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    (asset,) = re.findall(r"\"(graphql/assets/[^\"]+\.js)", page.text)[:1]
    assert (await production.get(str(page.url.join(asset)), auth=(name, PASSWORD))).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic !",
        "Basic " + "YTpi",
        "basic YWRhOg==",
        "Basic 4pyT",
        "Basic /////w==",
        "Basic YWRhOm9yY19ub3N1Y2g=",
    ],
)
async def test_anything_else_opens_nothing(production: httpx.AsyncClient, header: str) -> None:
    for path in PAGES:
        assert (await production.get(path, headers={**HTML, "Authorization": header})).status_code == 401


async def test_the_headers_of_programs_open_the_pages_too(production: httpx.AsyncClient) -> None:
    for path in PAGES:
        assert (await production.get(path, headers={**HTML, **SIGNED_IN})).status_code == 200


async def test_what_a_browser_sends_by_itself_is_a_credential_for_no_operation(production: httpx.AsyncClient) -> None:
    ambient = httpx.BasicAuth("ada", PASSWORD)
    await create(httpx_signed_in(production), "mine")
    assert_envelope(await production.get("/workflows", auth=ambient), 401, "UNAUTHENTICATED")
    created = await production.post("/workflows", json={"name": "w", "actions": []}, auth=ambient)
    assert_envelope(created, 401, "UNAUTHENTICATED")
    for query in ("{ workflows { totalCount } }", "{ __schema { queryType { name } } }"):
        asked = await production.post("/graphql", json={"query": query}, auth=ambient)
        assert asked.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        asked = await production.get("/graphql", params={"query": query}, auth=ambient)
        assert asked.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await production.get("/workflows/health", auth=ambient)).status_code == 200


async def test_it_stands_in_the_way_of_no_other_credential(production: httpx.AsyncClient) -> None:
    """A browser adds its own to the socket of a page, whose user signs in with the first message."""
    headers = {"Authorization": httpx.BasicAuth("ada", PASSWORD)._auth_header}
    url = str(production.base_url).replace("http", "ws").rstrip("/") + "/graphql"
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], additional_headers=headers) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": SIGNED_IN}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { userId } }"}}))
        assert json.loads(await socket.recv())["payload"]["data"] == {"viewer": {"userId": "ada"}}


def httpx_signed_in(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers.update(SIGNED_IN)
    return client


# --- what production does not do -----------------------------------------------------------------


async def test_nothing_of_the_test_environment_exists_in_production(production: httpx.AsyncClient) -> None:
    signed_in = httpx_signed_in(production)
    for operation in OPERATIONS:
        if operation.path.startswith("/test/"):
            assert_envelope(await signed_in.post(operation.path, json={}), 404, "NOT_FOUND")
    asked = await signed_in.post("/graphql", json={"query": "mutation { cleanUpTestData { userErrors { code } } }"})
    assert "Cannot query field 'cleanUpTestData'" in asked.json()["errors"][0]["message"]


async def test_nothing_is_changed_by_get_or_by_what_a_form_can_send(production: httpx.AsyncClient) -> None:
    signed_in = httpx_signed_in(production)
    mutation = 'mutation { createWorkflow(input: {name: "x", actions: []}) { workflow { id } } }'
    assert (await signed_in.get("/graphql", params={"query": mutation})).status_code == 405
    body = json.dumps({"query": mutation, "name": "x", "actions": []})
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        for path in ("/graphql", "/workflows"):
            if (path, media_type) == ("/workflows", ""):
                continue  # JSON by default: a browser always names a type, and a form another one
            refused = await signed_in.post(path, content=body, headers={"Content-Type": media_type})
            assert (path, media_type, refused.status_code) == (path, media_type, 415)
    for operation in OPERATIONS:
        if operation.method == "get":
            await signed_in.get(operation.path.replace("{workflow_id}", "wf_0").replace("{execution_id}", "exec_0"))
    assert (await graphql(signed_in, "{ workflows { totalCount } }"))["workflows"]["totalCount"] == 0


async def test_a_stranger_with_all_the_right_words_recovers_nothing_of_the_schema(
    production: httpx.AsyncClient,
) -> None:
    """Tools that recover a schema try words and compare the refusals: the best of lists gets one and the same."""
    schema = build_schema(test_environment=False)
    probes = probes_of(schema._schema)
    valid = [probe for probe in probes if schema.reader.is_valid(probe)]
    assert len(probes) > 300 and len(valid) > 20  # there would be something to tell
    told = {(await production.post("/graphql", json={"query": probe}, headers=SSE)).text for probe in probes}
    assert len(told) == 1 and '"code":"UNAUTHENTICATED"' in told.pop()


async def test_a_stranger_does_not_learn_whether_another_operation_of_the_document_is_valid(
    production: httpx.AsyncClient,
) -> None:
    told = [
        await asked(production, query=f"query Mine {{ __typename }} query Probe {{ {probe} }}", operationName="Mine")
        for probe in ("workflows { totalCount }", "worklfows { totalCount }")
    ]
    assert told[0] == told[1]
    assert told[0]["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_a_stranger_does_not_learn_by_a_hash_whether_a_document_is_valid(production: httpx.AsyncClient) -> None:
    valid, faulty = "{ workflows { totalCount } }", "{ worklfows { totalCount } }"
    assert (await asked(production, SIGNED_IN, query=valid, extensions=hashed(valid)))["data"]
    assert (await asked(production, SIGNED_IN, extensions=hashed(valid)))["data"]
    told = []
    for document in (valid, faulty):
        told.append([await asked(production, query=document, extensions=hashed(document))])
        told[-1].append(await asked(production, extensions=hashed(document)))
    assert told[0] == told[1]
    assert [body["errors"][0]["extensions"]["code"] for body in told[0]] == [
        "UNAUTHENTICATED",
        "PERSISTED_QUERY_NOT_FOUND",
    ]


def hashed(document: str) -> Json:
    """The extension by which a document is asked for by its hash."""
    return {"persistedQuery": {"version": 1, "sha256Hash": document_hash(document)}}


def probes_of(schema: GraphQLSchema) -> list[str]:
    """Operations with each word of the schema, right and nearly right, that ask for more than a stranger may."""
    probes = ["{ __schema { types { name } } }", "{ nosuch }", "mutation { nosuch }", "{ health { nosuch } }"]
    for keyword, root in (
        ("query", schema.query_type),
        ("mutation", schema.mutation_type),
        ("subscription", schema.subscription_type),
    ):
        assert root is not None
        for field in set(root.fields) - OPEN_FIELDS:
            probes += [f"{keyword} {{ {field} }}", f"{keyword} {{ {field} {{ nosuch }} }}"]
            probes += [f"{keyword} {{ {field}(nosuch: 1) {{ id }} }}", f"{keyword} {{ {field[:-1]} }}"]
    for name, kind in schema.type_map.items():
        probes += [f'{{ __type(name: "{name}") {{ name }} }}', f"query ($x: {name}) {{ health {{ status }} }}"]
        if isinstance(kind, GraphQLObjectType):
            probes.append(f"{{ ... on {name} {{ __typename }} }}")
    return probes


async def asked(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **body: Any) -> Json:
    """The body of the answer to an operation."""
    return dict((await client.post("/graphql", json=body, headers=headers)).json())

"""Who may do what, on a real server in production: what is denied is denied alike, and leaves no trace."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from ipaddress import ip_network
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, is_object_type

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from resolvers.executions.payload import HIDDEN
from rest_compat.openapi_operations import OPERATIONS
from schema.schema import build_schema
from tests.authorization.actors import (
    ADMIN,
    ANONYMOUS,
    EVERYBODY,
    NARROW,
    OWNER,
    STRANGER,
    VIEWER,
    Headers,
    credentials,
)
from tests.authorization.fields import FIELDS
from tests.authorization.nested import OF_ADMINS, PAYLOAD, WITH_A_PERMISSION, WITH_THE_OBJECT
from tests.authorization.noted_changes import note_changes, noted_changes
from tests.authorization.routes import ABSENT_IN_PRODUCTION, ROUTES
from tests.support.calls import JWT_SECRET, PATIENCE_SECONDS, Json, notify, token
from tests.support.credentials.certificates import OwnCA

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "canary-of-the-payload"
HOOK = f"https://127.0.0.1:9/{CANARY}"
NEVER = "0000000000000000"
_fresh = itertools.count(1)


class World(NamedTuple):
    """A server in production with something of everything in it, and everybody's credentials."""

    client: httpx.AsyncClient
    held: Mapping[str, Headers]
    file: Path

    async def objects(self) -> dict[str, str]:
        """A workflow, an execution that ended, one that waits, a delivery, key, link, secret; all new, the owner's."""
        owner = self.held[OWNER]
        failing = {
            "action_id": "b",
            "action_type": "service_call",
            "depends_on": ["a"],
            "config": {"service": "x", "endpoint": "//{{word}}"},
        }
        late = {
            "action_id": "late",
            "action_type": "service_call",
            "config": {"service": "nobody", "endpoint": "/"},
            "retry": {"max_attempts": 2, "initial_delay_seconds": 3600, "retry_on": ["SERVICE_NOT_REGISTERED"]},
        }
        asks = {"action_id": "asks", "action_type": "approval", "config": {"message": CANARY}}
        signalled = {"action_id": "signalled", "action_type": "wait", "config": {"signal": CANARY}}
        word = {"name": "word", "type": "string", "default_value": CANARY}
        told = {**notify("a", "{{item}}"), "for_each": {"in": ["{{word}}"]}}
        workflow = await self._create(owner, "target", [told, failing], parameters=[word])
        whole = {"parameters": [word], "outputs": {"word": "{{word}}"}}
        completing = await self._create(owner, "completes", [notify("a")], **whole)
        waiting = await self._create(owner, "waits", [late, asks, signalled])
        execution = await self._execute(owner, workflow, {"callback_url": HOOK, "async_execution": False})
        complete = await self._execute(owner, completing, {"async_execution": False})
        query = f'{{ execution(id: "{execution}") {{ callbackDeliveries {{ id }} }} }}'
        deliveries = (await self.client.post("/graphql", json={"query": query}, headers=owner)).json()
        waits = await self._execute(owner, waiting, {})
        webhook = {"message": CANARY, "channel": "webhook", "service": await self._service()}
        telling = await self._create(owner, "tells", [{**notify("a"), "config": webhook}])
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "retry_backoff" not in (await self.client.get(f"/workflows/executions/{waits}", headers=owner)).text:
                continue
        return {
            "workflow": workflow,
            "execution": execution,
            "complete": complete,
            "waiting": waits,
            "key": await self._key(owner),
            "link": await self._link(owner, waits),
            "secret": await self._secret(owner),
            "service": "service_crm",
            "tells": await self._execute(owner, telling, {"async_execution": False}),
            "delivery": deliveries["data"]["execution"]["callbackDeliveries"][0]["id"],
            "bulk": await self._bulk(owner),
            "view": await self._view(owner),
            "fresh": f"fresh {next(_fresh)}",
        }

    async def _key(self, owner: Headers) -> str:
        query = 'mutation { createApiKey(input: { name: "k" }) { apiKey { id } } }'
        made = (await self.client.post("/graphql", json={"query": query}, headers=owner)).json()
        return str(made["data"]["createApiKey"]["apiKey"]["id"])

    async def _view(self, owner: Headers) -> str:
        """One of the owner alone: saved again it is the same, for nobody may have many."""
        query = 'mutation { saveView(input: { name: "own", filters: "" }) { savedView { id } } }'
        made = (await self.client.post("/graphql", json={"query": query}, headers=owner)).json()
        return str(made["data"]["saveView"]["savedView"]["id"])

    async def _bulk(self, owner: Headers) -> str:
        """One that was aborted before its end, for good, and of which nothing is in hand any more."""
        bulk = await self._made_bulk(owner, [f"exec_none_{number}" for number in range(500)])
        query = f'mutation {{ abortBulkOperation(input: {{ id: "{bulk}" }}) {{ userErrors {{ code }} }} }}'
        aborted = (await self.client.post("/graphql", json={"query": query}, headers=owner)).json()
        assert aborted["data"]["abortBulkOperation"]["userErrors"] == []
        later = await self._made_bulk(owner, ["exec_none"])
        query = f'{{ bulkOperation(id: "{later}") {{ status }} }}'
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "COMPLETED" not in (await self.client.post("/graphql", json={"query": query}, headers=owner)).text:
                continue
        return bulk

    async def _made_bulk(self, owner: Headers, execution_ids: list[str]) -> str:
        ids = json.dumps(execution_ids)
        query = (
            f"mutation {{ createBulkOperation(input: {{ kind: CANCEL, ids: {ids} }}) {{ bulkOperation {{ id }} }} }}"
        )
        made = (await self.client.post("/graphql", json={"query": query}, headers=owner)).json()
        return str(made["data"]["createBulkOperation"]["bulkOperation"]["id"])

    async def _link(self, owner: Headers, execution: str) -> str:
        query = f'''mutation {{
          createApprovalLink(input: {{ executionId: "{execution}", actionId: "asks" }}) {{ approvalLink {{ id }} }}
        }}'''
        made = (await self.client.post("/graphql", json={"query": query}, headers=owner)).json()
        return str(made["data"]["createApprovalLink"]["approvalLink"]["id"])

    async def _secret(self, owner: Headers) -> str:
        name = f"secret_{next(_fresh)}"
        query = f'mutation {{ setSecret(input: {{ name: "{name}", value: "{CANARY}" }}) {{ secret {{ name }} }} }}'
        made = (await self.client.post("/graphql", json={"query": query}, headers=owner)).json()
        return str(made["data"]["setSecret"]["secret"]["name"])

    async def _service(self) -> str:
        """One of an admin; it may be there from before."""
        query = """mutation { registerService(
          input: { name: "service_crm", url: "https://127.0.0.1:9", headers: { a: "b" }, proxy: "http://127.0.0.1:9",
            clientCredentials: { tokenUrl: "https://127.0.0.1:9/t", clientId: "c", secretName: "s" }, tls: { ca: CA } }
        ) { userErrors { code } } }""".replace("CA", json.dumps(OwnCA().pem))
        made = (await self.client.post("/graphql", json={"query": query}, headers=self.held[ADMIN])).json()
        assert "errors" not in made, made
        return "service_crm"

    async def _create(self, owner: Headers, name: str, actions: list[Json], **more: Any) -> str:
        body = {"name": f"{name} {next(_fresh)}", "actions": actions, **more}
        created = await self.client.post("/workflows", json=body, headers=owner)
        assert created.status_code == 201, created.text
        return str(created.json()["workflow_id"])

    async def _execute(self, owner: Headers, workflow: str, body: Json) -> str:
        accepted = await self.client.post(f"/workflows/{workflow}/execute", json=body, headers=owner)
        assert accepted.status_code in (200, 202), accepted.text
        return str(accepted.json()["execution_id"])

    def changes(self) -> dict[str, int]:
        """How often each table was changed that changes by somebody's leave alone."""
        return noted_changes(self.file)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The server."""
    folder = tmp_path_factory.mktemp("world")
    settings = Settings(
        data_dir=folder,
        environment=Environment.PRODUCTION,
        jwt_secret=JWT_SECRET,
        encryption_keys=(bytes(32),),
        allow_private_networks=(ip_network("127.0.0.0/8"),),
        rate_limit=0,
    )
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(create_app(settings)))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30))
        note_changes(folder / "orchestrator.db")
        yield World(client, await credentials(client), folder / "orchestrator.db")


async def settled(world: World) -> dict[str, int]:
    """What was changed, once nothing more changes by itself."""
    before, same = world.changes(), 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        while same < 3:
            await world.client.get("/healthz")
            after = world.changes()
            before, same = after, same + 1 if after == before else 0
    return before


# --- nothing is left out -------------------------------------------------------------------------


async def test_every_field_is_classified() -> None:
    schema = build_schema(test_environment=False)._schema
    roots = [kind for kind in (schema.query_type, schema.mutation_type, schema.subscription_type) if kind]
    assert set(FIELDS) == {f"{root.name}.{name}" for root in roots for name in root.fields}
    kinds = [kind for name, kind in schema.type_map.items() if is_object_type(kind) and not name.startswith("__")]
    present = {f"{kind.name}.{name}" for kind in kinds if kind not in roots for name in fields_of(kind)}
    with_object = {f"{kind}.{name}" for kind, names in WITH_THE_OBJECT.items() for name in names.split()}
    classified = [*with_object, *PAYLOAD, *WITH_A_PERMISSION, *OF_ADMINS]
    assert sorted(classified) == sorted(present)


def fields_of(kind: Any) -> list[str]:
    assert isinstance(kind, GraphQLObjectType)
    return list(kind.fields)


async def test_every_route_is_classified() -> None:
    assert set(ROUTES) | ABSENT_IN_PRODUCTION == {operation.id for operation in OPERATIONS}
    named = {operation.id: (operation.method.upper(), operation.path) for operation in OPERATIONS}
    for name, route in ROUTES.items():
        method, path = named[name]
        shape = [part if not part.startswith("{") else "{}" for part in path.split("/")]
        asked = [part if not part.startswith("{") else "{}" for part in route.path.partition("?")[0].split("/")]
        assert (method, shape) == (route.method, asked), name


async def test_every_change_is_noted(world: World) -> None:
    await world.objects()
    before = await settled(world)
    await world.objects()
    changed = {name for name, changes in (await settled(world)).items() if changes > before[name]}
    assert changed >= {"workflow", "workflow_version", "execution", "execution_event", "api_key", "secret", "activity"}


# --- GraphQL -------------------------------------------------------------------------------------


async def ask(world: World, actor: str, operation: str) -> Json:
    """The answer to an operation; of a subscription the first message."""
    headers = {**world.held[actor], "Accept": "application/json"}
    if not operation.startswith("subscription"):
        return dict((await world.client.post("/graphql", json={"query": operation}, headers=headers)).json())
    headers["Accept"] = "text/event-stream"
    async with world.client.stream("POST", "/graphql", json={"query": operation}, headers=headers) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: {"):
                return dict(json.loads(line.removeprefix("data: ")))
    raise AssertionError("the stream ended without a message")


def codes(answer: Json) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


def user_errors(answer: Json) -> list[Json]:
    payloads = [value for value in (answer.get("data") or {}).values() if isinstance(value, dict)]
    return [error for payload in payloads for error in payload.get("userErrors", ())]


@pytest.mark.parametrize("field", FIELDS)
async def test_a_field_answers_those_who_may_and_nobody_else(world: World, field: str) -> None:
    case = FIELDS[field]
    ids = await world.objects()
    never = {name: f"{id_.partition('_')[0]}_{NEVER}" if name != "fresh" else id_ for name, id_ in ids.items()}
    before = await settled(world)
    for actor in sorted(EVERYBODY - case.may):
        answer = await ask(world, actor, case.text(**ids))
        if actor == ANONYMOUS:
            assert (actor, codes(answer)) == (actor, ["UNAUTHENTICATED"]), answer
        elif (actor == STRANGER and case.aims) or (actor != NARROW and case.private):
            unknown = await ask(world, actor, case.text(**never))
            assert masked(answer, ids) == masked(unknown, never)
        else:
            assert (actor, codes(answer)) == (actor, ["PERMISSION_DENIED"]), answer
        assert world.changes() == before, f"{actor} left a trace"
    assert await settled(world) == before
    for actor in sorted(case.may):
        fresh = await world.objects() if field.startswith("Mutation") else ids
        answer = await ask(world, actor, case.text(**fresh))
        assert (actor, codes(answer), user_errors(answer)) == (actor, [], []), answer


def masked(answer: Any, ids: Mapping[str, str]) -> str:
    """An answer with ids and moments left out, so that two of them can be compared."""
    text = json.dumps(answer)
    for id_ in ids.values():
        text = text.replace(id_, "<id>")
    return text


@pytest.mark.parametrize("field", PAYLOAD)
async def test_a_payload_is_hidden_from_a_viewer(world: World, field: str) -> None:
    ids = await world.objects()
    operation = Template(PAYLOAD[field]).substitute(ids)
    seen = await ask(world, OWNER, operation)
    hidden = json.dumps(await ask(world, VIEWER, operation))
    assert "errors" not in hidden and CANARY not in hidden
    if field == "CallbackAttempt.error":
        async with asyncio.timeout(PATIENCE_SECONDS):
            while '"error": "' not in json.dumps(seen):
                seen = await ask(world, OWNER, operation)
        told = (await ask(world, VIEWER, operation))["data"]["execution"]["callbackDeliveries"][0]["attempts"]
        assert {attempt["error"] for attempt in told} == {HIDDEN}
    else:
        assert CANARY in json.dumps(seen)


@pytest.mark.parametrize("field", WITH_A_PERMISSION)
async def test_a_field_with_a_permission_of_its_own_is_null_alone(world: World, field: str) -> None:
    permission, operation = WITH_A_PERMISSION[field]
    ids = await world.objects()
    other = {"workflow:read": "execution:read", "execution:read": "workflow:read"}[permission]
    world.held["narrowed"] = token("ada", "default", "editor", scope=other)  # type: ignore[index]  # no member of its own, but one more credential
    operation = operation.replace("$execution", ids["execution"]).replace("$workflow", ids["workflow"])
    answer = await ask(world, "narrowed", operation)
    assert set(codes(answer)) == {"PERMISSION_DENIED"}
    (found,) = answer["data"].values()
    assert found is not None
    assert field.partition(".")[2] in {error["path"][-1] for error in answer["errors"]}
    whole = await ask(world, OWNER, operation)
    assert codes(whole) == []


@pytest.mark.parametrize("field", OF_ADMINS)
async def test_what_is_for_admins_is_null_for_others(world: World, field: str) -> None:
    await world.objects()
    name = field.partition(".")[2]
    for actor, is_shown in ((OWNER, False), (ADMIN, True)):
        answer = await ask(world, actor, OF_ADMINS[field])
        shown = {service["name"]: service[name] for service in answer["data"]["services"]["nodes"]}
        assert (shown["service_crm"] is not None) is is_shown, answer


# --- REST ----------------------------------------------------------------------------------------


async def send(world: World, actor: str, name: str, ids: Mapping[str, str]) -> httpx.Response:
    route = ROUTES[name]
    body = json.loads(json.dumps(route.body).replace("{fresh}", ids["fresh"])) if route.body is not None else None
    return await world.client.request(route.method, route.path.format(**ids), json=body, headers=world.held[actor])


@pytest.mark.parametrize("name", ROUTES)
async def test_a_route_answers_those_who_may_and_nobody_else(world: World, name: str) -> None:
    route = ROUTES[name]
    ids = await world.objects()
    never = {key: f"{id_.partition('_')[0]}_{NEVER}" if key != "fresh" else id_ for key, id_ in ids.items()}
    before = await settled(world)
    for actor in sorted(EVERYBODY - route.may):
        answer = await send(world, actor, name, ids)
        if actor == ANONYMOUS:
            assert (actor, answer.status_code) == (actor, 401), answer.text
        elif actor == STRANGER and route.aims:
            unknown = await send(world, actor, name, never)
            assert (answer.status_code, unknown.status_code) == (404, 404)
            assert refusal(answer, ids) == refusal(unknown, never)
        else:
            assert (actor, answer.status_code, answer.json()["error_code"]) == (actor, 403, "PERMISSION_DENIED")
        assert world.changes() == before, f"{actor} left a trace"
    assert await settled(world) == before
    for actor in sorted(route.may):
        fresh = await world.objects() if route.method != "GET" else ids
        answer = await send(world, actor, name, fresh)
        assert (actor, answer.status_code < 400) == (actor, True), answer.text


def refusal(answer: httpx.Response, ids: Mapping[str, str]) -> str:
    body = {key: value for key, value in answer.json().items() if key not in ("timestamp", "request_id")}
    return masked(body, ids)


@pytest.mark.parametrize("name", sorted(ABSENT_IN_PRODUCTION))
async def test_what_belongs_to_the_test_environment_is_not_there(world: World, name: str) -> None:
    (operation,) = [operation for operation in OPERATIONS if operation.id == name]
    for actor in sorted(EVERYBODY):
        answer = await world.client.request(
            operation.method.upper(), operation.path, json={}, headers=world.held[actor]
        )
        assert (actor, answer.status_code) == (actor, 404)


async def test_the_rows_show_what_was_done(world: World) -> None:
    before = await settled(world)
    await world.objects()
    assert await settled(world) != before  # or the tests above would notice no trace
    assert msgspec.json.encode(sorted(before)) == msgspec.json.encode(sorted(await settled(world)))

"""Services that admins register while the service runs: called by the tenant's workflows, and by nobody else's."""

import asyncio
import base64
import json
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select

from app.commands.key_rotation import rotate_keys
from app.composition import running_services
from app.settings.settings import Environment, Settings
from engine.audit.rows import ENTRIES
from engine.secrets.cipher import SecretCipher, key_id
from engine.services import rows
from engine.services.rows import SERVICES, add_service
from models.commands.services import (
    RegisterService,
    ServiceNameTaken,
    ServiceNotFound,
    TooManyServices,
    TryService,
    UnregisterService,
    UpdateService,
)
from models.commands.validation import parse
from models.entities.secrets import SetSecret
from models.errors import InvalidInput, PermissionDenied
from models.words import CircuitState, NodeKind, Role, ServiceSource
from resolvers.access.secrets import set_secret
from resolvers.access.services import register_service, slice_services, try_service, unregister_service, update_service
from resolvers.context import Context, Services, Viewer
from resolvers.keyset import Window
from tests.support.calls import JWT_SECRET, PATIENCE_SECONDS, Json, call, graphql, token
from tests.support.engine_calls import ADA, create, execute
from tests.support.nodes import nodes
from tests.support.scripted_service import ScriptedService

pytestmark = pytest.mark.asyncio

ADMIN = Viewer("root", "default", Role.ADMIN)
CANARY = "Bearer canary-of-the-headers"
OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """What encrypts headers is known."""
    return msgspec.structs.replace(settings, services={}, encryption_keys=(OLD,), jwt_secret=JWT_SECRET)


@pytest.fixture
def admin(services: Services) -> Context:
    """An admin of the default tenant."""
    return Context(ADMIN, services)


async def register(ctx: Context, name: str, url: str, **more: Any) -> None:
    await register_service(ctx, parse(RegisterService, {"name": name, "url": url, **more}))


async def result_of_call(ctx: Context, service: str = "crm") -> Json:
    """What a call of the service comes to: the result of the one action."""
    action = call("step", "/fetch")
    action["config"]["service"] = service
    workflow = await create(ctx, action, name=ctx.services.new_id("name_"))
    execution = await execute(ctx, workflow, async_execution=False)
    (step,) = execution.actions
    return {"response": step.response, "error": step.error}


async def listed(ctx: Context, **window: Any) -> list[Any]:
    return [edge.node for edge in (await slice_services(ctx, Window(**window))).edges]


async def circuit(ctx: Context) -> CircuitState:
    [service] = await listed(ctx)
    return CircuitState(service.gate.circuit)


async def test_a_service_is_registered_called_changed_and_forgotten(
    admin: Context, ctx: Context, scripted: ScriptedService
) -> None:
    unknown = await result_of_call(ctx)
    assert unknown["error"]["code"] == "SERVICE_NOT_REGISTERED"
    assert "registerService" in unknown["error"]["message"]
    assert not ctx.services.directory.knows("default", "crm")

    await register(admin, "crm", scripted.url, headers={"Authorization": CANARY}, max_concurrency=7)
    assert ctx.services.directory.knows("default", "crm")
    assert (await result_of_call(ctx))["error"] is None
    assert scripted.requests[-1]["headers"]["authorization"] == CANARY

    (shown,) = await listed(admin)
    assert (shown.name, shown.source, shown.url) == ("crm", ServiceSource.ADMIN, scripted.url)
    assert (shown.header_names, shown.max_concurrency, shown.version) == (("Authorization",), 7, 1)
    assert (shown.created_by, shown.gate.running, shown.is_overridden) == ("root", 0, False)

    changed = await update_service(admin, UpdateService(name="crm", url=f"{scripted.url}/v2", rate_limit=50.0))
    assert (changed.version, changed.rate_limit, changed.header_names) == (2, 50.0, ("Authorization",))
    assert (await result_of_call(ctx))["error"] is None
    assert scripted.requests[-1]["path"] == "/v2/fetch"
    assert scripted.requests[-1]["headers"]["authorization"] == CANARY
    changed = await update_service(admin, parse(UpdateService, {"name": "crm", "rate_limit": None, "headers": {}}))
    assert (changed.rate_limit, changed.header_names, changed.max_concurrency) == (None, (), 7)

    assert await unregister_service(admin, UnregisterService(name="crm")) == "crm"
    assert (await result_of_call(ctx))["error"]["code"] == "SERVICE_NOT_REGISTERED"
    assert await listed(admin) == []
    audited = await admin.services.database.read(
        lambda connection: connection.execute(select(ENTRIES.c.action, ENTRIES.c.target, ENTRIES.c.details)).all()
    )
    told = [entry for entry in audited if entry.target == "crm"]
    assert [entry.action for entry in told] == [
        *("register_service", "update_service", "update_service", "unregister_service")
    ]
    assert CANARY not in str(told)


async def test_a_header_is_kept_encrypted_and_taken_out_of_what_comes_back(
    admin: Context, ctx: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/fetch"] = (200, {"content-type": "application/json"}, f'{{"you": "{CANARY}"}}'.encode())
    await register(admin, "crm", scripted.url, headers={"authorization": CANARY})
    assert (await result_of_call(ctx))["response"] == {"you": "[secret:services.crm.authorization]"}
    (row,) = await admin.services.database.read(lambda connection: connection.execute(select(SERVICES)).all())
    assert b"canary" not in row.ciphertext
    assert "canary" not in str(await listed(admin))

    both = SecretCipher(lambda: [NEW, OLD])
    admin.services.secrets.cipher = both
    rotated = await rotate_keys(admin)
    assert ([place.name for place in rotated.renewed], rotated.unreadable) == (["crm"], [])
    (row,) = await admin.services.database.read(lambda connection: connection.execute(select(SERVICES)).all())
    assert row.key_id == key_id(NEW)


async def test_headers_whose_key_is_gone_fail_the_call_and_say_what_to_do(
    admin: Context, scripted: ScriptedService
) -> None:
    cipher = SecretCipher(lambda: [b"l" * 32])
    given = parse(RegisterService, {"name": "crm", "url": scripted.url, "headers": {"a": CANARY}})
    fields, now = given.model_dump(exclude={"name"}), admin.services.clock.now()
    await admin.services.database.transaction(
        lambda connection: add_service(connection, cipher, "default", "crm", fields, "root", now)
    )
    error = (await result_of_call(admin))["error"]
    assert (error["code"], scripted.requests) == ("SECRET_UNREADABLE", [])
    assert "what is encrypted of service 'crm' cannot be read" in error["message"]
    with pytest.raises(InvalidInput, match="give its headers, tls and proxy anew"):
        await update_service(admin, UpdateService(name="crm", idempotent=True))
    await update_service(admin, UpdateService(name="crm", headers={"a": "b"}))
    assert (await result_of_call(admin))["error"] is None


async def test_it_is_the_tenants_alone_and_registered_by_an_admin(
    admin: Context, ctx: Context, scripted: ScriptedService
) -> None:
    await register(admin, "crm", scripted.url)
    with pytest.raises(PermissionDenied, match="service:write"):
        await register(ctx, "other", scripted.url)
    (shown,) = await listed(ctx)
    assert (shown.name, shown.url, shown.header_names) == ("crm", None, None)
    stranger = Context(Viewer("eve", "elsewhere", Role.ADMIN), ctx.services)
    assert await listed(stranger) == []
    assert (await result_of_call(stranger))["error"]["code"] == "SERVICE_NOT_REGISTERED"
    with pytest.raises(ServiceNotFound):
        await unregister_service(stranger, UnregisterService(name="crm"))
    with pytest.raises(ServiceNotFound):
        await update_service(stranger, UpdateService(name="crm", idempotent=True))


async def test_a_name_is_taken_once_and_the_operators_comes_first(
    settings: Settings, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_services(settings) as alone:
        await register(Context(ADMIN, alone), "scripted", f"{scripted.url}/own")
        with pytest.raises(ServiceNameTaken, match="updateService"):
            await register(Context(ADMIN, alone), "scripted", scripted.url)
        monkeypatch.setattr(rows, "MAX_SERVICES", 1)
        with pytest.raises(TooManyServices):
            await register(Context(ADMIN, alone), "second", scripted.url)
    operators = {"scripted": scripted.service("scripted", headers={"x-token": CANARY})}
    async with running_services(msgspec.structs.replace(settings, services=operators)) as services:
        admin = Context(ADMIN, services)
        with pytest.raises(ServiceNameTaken, match="The operator"):
            await register(admin, "scripted", scripted.url)
        shown = await listed(admin)
        assert [(each.source, each.is_overridden) for each in shown] == [
            *((ServiceSource.ADMIN, True), (ServiceSource.OPERATOR, False))
        ]
        assert "canary" not in str(shown)
        assert [each.source for each in await listed(admin, last=1)] == [ServiceSource.OPERATOR]
        assert (await result_of_call(admin, "scripted"))["error"] is None
        assert scripted.requests[-1]["path"] == "/fetch"


async def test_addresses_that_are_not_public_are_for_the_operator_to_allow(
    settings: Settings, scripted: ScriptedService
) -> None:
    """Also where a name leads to one, or what was registered under other settings."""
    async with running_services(settings) as services:
        await register(Context(ADMIN, services), "crm", scripted.url)
        with pytest.raises(InvalidInput, match=r"10\.0\.0\.1, which is not public"):
            await register(Context(ADMIN, services), "inner", "http://10.0.0.1")
        with pytest.raises(InvalidInput, match=r"169\.254\.169\.254"):
            await update_service(Context(ADMIN, services), UpdateService(name="crm", url="http://169.254.169.254/"))
    strict = msgspec.structs.replace(settings, environment=Environment.PRODUCTION)
    async with running_services(strict) as services:
        admin = Context(ADMIN, services)
        for url in (scripted.url, "http://localhost:1/", "http://[::1]/", "http://0x7f.1/"):
            with pytest.raises(InvalidInput, match="ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS"):
                await register(admin, "other", url)
        error = (await result_of_call(admin))["error"]
        assert (error["code"], scripted.requests) == ("CONNECTION_ERROR", [])
        assert "ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS" in error["message"]


async def test_a_change_keeps_the_gate_unless_it_is_about_where_or_how_much(
    admin: Context, scripted: ScriptedService
) -> None:
    scripted.answers["/fetch"] = (500, {}, b"")
    await register(admin, "crm", scripted.url, circuit_threshold=5)
    await result_of_call(admin)
    changed = await update_service(admin, UpdateService(name="crm", timeout_seconds=3.0))
    assert changed.gate.consecutive_failures == 1
    changed = await update_service(admin, UpdateService(name="crm", max_concurrency=3))
    assert changed.gate.consecutive_failures == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_every_node_goes_by_a_change_a_moment_later(settings: Settings, scripted: ScriptedService) -> None:
    async with nodes(settings, NodeKind.ALL, NodeKind.ALL) as (one, other):
        admin, there = Context(ADMIN, one.services), Context(ADA, other.services)
        await register(admin, "crm", scripted.url)
        assert (await result_of_call(there))["error"] is None  # however fast it is
        await update_service(admin, UpdateService(name="crm", url=f"{scripted.url}/v2"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while scripted.requests[-1]["path"] != "/v2/fetch":
                await result_of_call(there)
        await unregister_service(admin, UnregisterService(name="crm"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await result_of_call(there))["error"] is None:
                pass


async def test_a_service_that_is_left_alone_is_tried_by_hand(
    services: Services, admin: Context, scripted: ScriptedService
) -> None:
    operator = Context(msgspec.structs.replace(ADMIN, role=Role.OPERATOR), services)
    await register(admin, "crm", scripted.url, circuit_threshold=1, circuit_open_seconds=3600)
    assert (await try_service(operator, TryService(name="crm"))).gate.circuit is CircuitState.CLOSED
    scripted.answers["/fetch"] = (500, {}, b"")
    await result_of_call(admin)
    assert await circuit(admin) is CircuitState.OPEN
    with pytest.raises(PermissionDenied):
        await try_service(Context(ADA, services), TryService(name="crm"))
    with pytest.raises(ServiceNotFound):
        await try_service(operator, TryService(name="nobody"))
    assert (await try_service(operator, TryService(name="crm"))).gate.circuit is CircuitState.HALF_OPEN
    await result_of_call(admin)  # the one call, which fails
    assert await circuit(admin) is CircuitState.OPEN
    del scripted.answers["/fetch"]
    await try_service(operator, TryService(name="crm"))
    assert (await result_of_call(admin))["error"] is None
    assert await circuit(admin) is CircuitState.CLOSED


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_trial_by_hand_reaches_the_circuits_of_all_nodes(settings: Settings, scripted: ScriptedService) -> None:
    async with nodes(settings, NodeKind.ALL, NodeKind.ALL) as (one, other):
        admin, there = Context(ADMIN, one.services), Context(ADMIN, other.services)
        await register(admin, "crm", scripted.url, circuit_threshold=1, circuit_open_seconds=3600)
        scripted.answers["/fetch"] = (500, {}, b"")
        await result_of_call(there)
        assert await circuit(there) is CircuitState.OPEN
        assert (await try_service(admin, TryService(name="crm"))).gate.circuit is CircuitState.CLOSED
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await circuit(there) is not CircuitState.HALF_OPEN:
                await there.services.database.probe()


REGISTER = """
mutation ($input: RegisterServiceInput!) {
  registerService(input: $input) {
    service { name url headerNames gate { circuit } }
    userErrors { code message path }
  }
}
"""
REFUSED: list[tuple[Json, list[str], str]] = [
    ({"url": "ftp://crm"}, ["input", "url"], "must be an http:// or https:// URL"),
    ({"url": "http://u:p@crm"}, ["input", "url"], "without a user"),
    ({"url": "http://crm/?a=1"}, ["input", "url"], "a query"),
    ({"name": "a b"}, ["input", "name"], "must begin with a letter"),
    ({"timeoutSeconds": 0}, ["input", "timeoutSeconds"], "greater than 0"),
    ({"maxConcurrency": 0}, ["input", "maxConcurrency"], "greater than or equal to 1"),
    ({"rateLimit": -1}, ["input", "rateLimit"], "greater than or equal to"),
    ({"circuitThreshold": 0}, ["input", "circuitThreshold"], "greater than or equal to 1"),
    ({"headers": {"a b": CANARY}}, ["input", "headers"], "not a valid HTTP header"),
    ({"headers": {"x": f"{CANARY}\r\ny: z"}}, ["input", "headers"], "not a valid HTTP header"),
    ({"headers": {"Host": CANARY}}, ["input", "headers"], "cannot be set here"),
    ({"headers": {"x": CANARY + "{{secrets.x}}"}}, ["input", "headers"], "give its value"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_refused_is_told_with_its_place_and_without_its_headers(client: httpx.AsyncClient) -> None:
    client.headers = httpx.Headers(token("root", "default", "admin"))
    good = {"name": "crm", "url": "http://crm.example.com", "headers": {"authorization": CANARY}}
    for change, path, message in REFUSED:
        answered = (await graphql(client, REGISTER, input={**good, **change}))["registerService"]
        (error,) = answered["userErrors"]
        assert (error["path"], error["code"]) == (path, "VALIDATION_ERROR"), change
        assert message in error["message"], error
        assert "canary" not in str(answered)
    made = (await graphql(client, REGISTER, input={**good, "circuitThreshold": None}))["registerService"]
    assert made["service"] == {
        **{"name": "crm", "url": "http://crm.example.com", "headerNames": ["authorization"]},
        "gate": {"circuit": "CLOSED"},
    }


async def test_a_service_is_called_with_tokens_got_by_a_secret_of_the_tenant(
    admin: Context, scripted: ScriptedService
) -> None:
    await set_secret(admin, parse(SetSecret, {"name": "crm_client", "value": "canary-of-the-client"}))
    answer = b'{"access_token": "canary-of-the-token", "expires_in": 3600}'
    scripted.answers |= {"/token": (200, {}, answer), "/fetch": (200, {}, b'{"seen": "canary-of-the-token"}')}
    by = {"token_url": f"{scripted.url}/token", "client_id": "me", "secret_name": "crm_client", "scope": None}
    await register(admin, "crm", scripted.url, client_credentials=by, max_response_bytes=1_024)
    shown = json.dumps([await result_of_call(admin) for _ in range(2)])
    asked, *calls = scripted.requests
    assert (asked["path"], asked["body"]) == ("/token", b"grant_type=client_credentials")
    assert base64.b64decode(asked["headers"]["authorization"].removeprefix("Basic ")) == b"me:canary-of-the-client"
    assert [one["headers"]["authorization"] for one in calls] == ["Bearer canary-of-the-token"] * 2
    assert "[secret:services.crm.token]" in shown
    assert "canary" not in shown
    [found] = await listed(admin)
    assert found.client_credentials is not None
    assert (found.client_credentials.secret_name, found.max_response_bytes) == ("crm_client", 1_024)
    scripted.answers["/fetch"] = (200, {}, b"x" * 2_000)
    assert (await result_of_call(admin))["response"]["limit_bytes"] == 1_024
    await update_service(admin, parse(UpdateService, {"name": "crm", "client_credentials": None}))
    await result_of_call(admin)
    assert "authorization" not in scripted.requests[-1]["headers"]

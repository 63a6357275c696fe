"""Services of admins that have a TLS identity and a proxy of their own: what is saved, refused, shown and forgotten."""

import json
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select

from app.commands.key_rotation import rotate_keys
from app.settings.settings import Settings
from engine.audit.rows import ENTRIES
from engine.secrets.cipher import SecretCipher
from engine.services.rows import SERVICES
from models.commands.services import RegisterService, UnregisterService, UpdateService
from models.commands.validation import parse
from models.entities.secrets import SetSecret
from models.errors import InvalidInput
from models.words import Role
from resolvers.access.secrets import set_secret
from resolvers.access.services import register_service, slice_services, unregister_service, update_service
from resolvers.context import Context, Services, Viewer
from resolvers.keyset import Window
from tests.support.calls import JWT_SECRET, Json, call, graphql, token
from tests.support.credentials.certificates import OwnCA, server_tls
from tests.support.edges.connect_proxy import connect_proxy
from tests.support.edges.tls_service import tls_service
from tests.support.engine_calls import create, execute

pytestmark = pytest.mark.asyncio

ADMIN = Viewer("root", "default", Role.ADMIN)
OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """What encrypts keys is known."""
    return msgspec.structs.replace(settings, services={}, encryption_keys=(OLD,), jwt_secret=JWT_SECRET)


@pytest.fixture
def admin(services: Services) -> Context:
    """An admin of the default tenant."""
    return Context(ADMIN, services)


async def register(ctx: Context, url: str, **more: Any) -> None:
    await register_service(ctx, parse(RegisterService, {"name": "crm", "url": url, **more}))


async def update(ctx: Context, **changes: Any) -> Any:
    return await update_service(ctx, parse(UpdateService, {"name": "crm", **changes}))


async def called(ctx: Context) -> Json:
    """What a call of the service comes to."""
    action = call("step", "/fetch")
    action["config"]["service"] = "crm"
    workflow = await create(ctx, action, name=ctx.services.new_id("name_"))
    (step,) = (await execute(ctx, workflow, async_execution=False)).actions
    return {"response": step.response, "error": step.error}


async def everything_kept(ctx: Context) -> str:
    """The rows of services and of the audit log, and what admins are shown."""
    rows = await ctx.services.database.read(
        lambda connection: [*connection.execute(select(SERVICES)), *connection.execute(select(ENTRIES))]
    )
    return repr(rows) + repr((await slice_services(ctx, Window())).edges)


async def test_a_service_is_called_by_its_own_tls_through_its_own_proxy(admin: Context, tmp_path: Path) -> None:
    ours, theirs = OwnCA(), OwnCA("CA of clients")
    me, other = theirs.pair("me"), theirs.pair("other")
    routes = admin.services.directory.own.outbound.routes  # type: ignore[union-attr]  # there is one where rows are
    with tls_service(server_tls(tmp_path, ours.pair(), theirs.pem)) as service:
        async with connect_proxy() as proxy:
            tls = {"ca": ours.pem, "certificate": me.certificate, "key": me.key}
            user = proxy.url.replace("http://", "http://me:geheim%40canary@")
            await register(admin, service.url, tls=tls, proxy=user, headers={"authorization": "Bearer canary"})
            assert await called(admin) == {"response": {"client": "me"}, "error": None}
            assert proxy.asked == [f"CONNECT 127.0.0.1:{service.port} HTTP/1.1"]
            assert "authorization: Bearer canary\r\n" in service.requests[-1]
            [edge] = (await slice_services(admin, Window())).edges
            assert (edge.node.tls.ca, edge.node.tls.certificate) == (ours.pem, me.certificate)
            assert (edge.node.proxy, edge.node.tls.expires_at is not None) == (proxy.url, True)
            secret_lines = [line for line in me.key.splitlines() if not line.startswith("-----")]
            kept = await everything_kept(admin)
            assert me.certificate.splitlines()[1] in kept  # what is looked through is what there is
            assert [text for text in (*secret_lines, "canary", "geheim") if text in kept] == []

            # What a change does not name stays: the key when the proxy goes, and the headers when both go.
            assert (await update(admin, proxy=None)).proxy is None
            assert await called(admin) == {"response": {"client": "me"}, "error": None}
            assert (len(proxy.asked), len(routes)) == (1, 1)  # and nobody keeps connections for what was
            await update(admin, tls={**tls, "certificate": other.certificate, "key": other.key})
            assert (await called(admin))["response"] == {"client": "other"}
            assert len(routes) == 1
            admin.services.secrets.cipher = both = SecretCipher(lambda: [NEW, OLD])
            admin.services.directory.own.cipher = both  # type: ignore[union-attr]  # there is one in this service
            assert [place.name for place in (await rotate_keys(admin)).renewed] == ["crm"]
            await update(admin, timeout_seconds=3.0)
            assert (await called(admin))["response"] == {"client": "other"}
            shown = await update(admin, tls=None)
            assert (shown.tls, shown.header_names) == (None, ("authorization",))
            refused = (await called(admin))["error"]
            assert (refused["code"], "tls.ca of the service" in refused["message"]) == ("TLS_REFUSED", True)
            await unregister_service(admin, UnregisterService(name="crm"))
            assert len(routes) == 0


async def test_tokens_are_asked_for_through_the_proxy_and_it_must_be_allowed(admin: Context) -> None:
    await set_secret(admin, parse(SetSecret, {"name": "client", "value": "canary-of-the-client"}))
    by = {"token_url": "https://127.0.0.1:9/token", "client_id": "me", "secret_name": "client"}
    async with connect_proxy() as proxy:
        proxy.refusal = b"503 Later"
        await register(admin, "https://127.0.0.1:9", proxy=proxy.url, client_credentials=by)
        assert (await called(admin))["error"]["code"] == "TOKEN_REFUSED"
        assert {*proxy.asked} == {"CONNECT 127.0.0.1:9 HTTP/1.1"}
    with pytest.raises(InvalidInput, match=r"must not lead to the address 10\.0\.0\.1, which is not public"):
        await update(admin, proxy="http://10.0.0.1:3128")
    for change, place in (
        ({"url": "http://127.0.0.1:9"}, ("body", "url")),
        (
            {"client_credentials": {**by, "token_url": "http://127.0.0.1:9"}},
            ("body", "client_credentials", "token_url"),
        ),
    ):
        with pytest.raises(InvalidInput) as caught:
            await update(admin, **change)
        assert [(fault.loc, fault.msg) for fault in caught.value.faults] == [
            (place, "must be an https URL, for the service has a proxy")
        ]


REGISTER = """
mutation ($input: RegisterServiceInput!) {
  registerService(input: $input) {
    service { name proxy tls { ca certificate expiresAt } }
    userErrors { code message path }
  }
}
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_cannot_be_used_is_refused_with_its_place_when_it_is_saved(client: httpx.AsyncClient) -> None:
    client.headers = httpx.Headers(token("root", "default", "admin"))
    own, old = OwnCA(), OwnCA("Old CA", days=-1)
    me, other, late = own.pair("me"), own.pair("other"), own.pair("late", days=-1)
    good = {"name": "crm", "url": "https://127.0.0.1:9"}
    pair = {"certificate": me.certificate, "key": me.key}
    refused: list[tuple[Json, list[str], str]] = [
        ({"tls": {}}, ["tls", "ca"], "give a ca, or a certificate with its key"),
        ({"tls": {"ca": "canary"}}, ["tls", "ca"], "is no certificate in PEM"),
        ({"tls": {"ca": "x" * 65_537}}, ["tls", "ca"], "at most 65536"),
        ({"tls": {"ca": old.pem}}, ["tls", "ca"], "expired at"),
        ({"tls": {"certificate": me.certificate}}, ["tls", "key"], "is missing"),
        ({"tls": {"key": me.key}}, ["tls", "certificate"], "is missing"),
        ({"tls": {**pair, "certificate": me.key}}, ["tls", "certificate"], "is no certificate in PEM"),
        ({"tls": {**pair, "key": me.certificate}}, ["tls", "key"], "is no private key in PEM"),
        ({"tls": {**pair, "key": me.locked_key}}, ["tls", "key"], "has a password"),
        ({"tls": {**pair, "key": other.key}}, ["tls", "key"], "does not match"),
        ({"tls": {"certificate": late.certificate, "key": late.key}}, ["tls", "certificate"], "expired at"),
        ({"tls": pair, "url": "http://127.0.0.1:9"}, ["url"], "must be an https URL, for the service has tls"),
        *(
            ({"proxy": proxy}, ["proxy"], "must be http://host:port")
            for proxy in (
                *("proxy:3128", "https://proxy", "http://canary@proxy", "http://me:canary/x@proxy", "http://"),
                *("http://proxy/canary", "http://me:canary%0d@proxy", "http://m%3ae:canary@proxy", "http://a:b@p?c"),
            )
        ),
        ({"proxy": "http://me:canary@10.0.0.1"}, ["proxy"], "is not public"),
    ]
    for change, path, message in refused:
        answered = (await graphql(client, REGISTER, input={**good, **change}))["registerService"]
        (error,) = answered["userErrors"]
        assert (error["path"], error["code"]) == (["input", *path], "VALIDATION_ERROR"), (change, error)
        assert message in error["message"], error
        assert "canary" not in str(answered)
        assert me.key[40:60] not in str(answered)
    given = {"ca": f"# mine\r\n{own.pem}", **pair}
    sent = {**good, "tls": given, "proxy": "http://me:canary@127.0.0.1:9/"}
    made = await graphql(client, REGISTER, input=sent)
    assert "canary" not in json.dumps(made)
    service = made["registerService"]["service"]
    assert service["proxy"] == "http://127.0.0.1:9"
    assert (service["tls"]["ca"], service["tls"]["certificate"]) == (given["ca"], me.certificate)
    assert service["tls"]["expiresAt"].endswith("Z")

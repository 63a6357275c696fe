"""The keys of secrets: rotated beside running servers, and in production set or missed by name."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select

from app.asgi import create_app
from app.composition import running_services
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from engine.secrets.cipher import SecretCipher, key_id
from engine.secrets.key_rotation import KEPT_SECRETS, START, rotate_batch
from engine.secrets.rows import SECRETS, put_secret
from engine.secrets.values import SecretStore
from resolvers.context import Context
from tests.support import calls
from tests.support.calls import JWT_SECRET, call, graphql, notify, token
from tests.support.engine_calls import ADA
from tests.support.scripted_service import PartnerService
from tests.support.secrets.secret_calls import LIST, SET, VALUE, keep

pytestmark = pytest.mark.asyncio


# --- keys ----------------------------------------------------------------------------------------

OLD, NEW = b"o" * 32, b"n" * 32


async def test_rotation_goes_through_all_secrets_in_batches_and_passes_over_what_it_cannot_read(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, now = ctx.services.database, ctx.services.clock.now()

    def fill(connection: Any) -> None:
        for number in range(250):
            tenant = f"t{number % 3}"
            put_secret(connection, SecretCipher(lambda: [OLD]), tenant, f"s{number}", f"value-{number}", "ada", now)
        put_secret(connection, SecretCipher(lambda: [b"l" * 32]), "t1", "lost", "whose key is gone", "ada", now)
        put_secret(connection, SecretCipher(lambda: [NEW]), "t1", "fresh", "that is new already", "ada", now)

    await database.transaction(fill)
    both = SecretCipher(lambda: [NEW, OLD])
    after, counts, unreadable = START, [], []
    while (batch := await database.transaction(lambda c: rotate_batch(c, both, KEPT_SECRETS, after))).last is not None:  # noqa: B023 - called at once, before the loop changes it
        counts.append(len(batch.renewed))
        unreadable += batch.unreadable
        after = batch.last
    assert sum(counts) == 250
    assert max(counts) <= 100
    assert [place.name for place, _ in unreadable] == ["lost"]
    rows = await database.read(lambda connection: connection.execute(select(SECRETS)).all())
    assert {row.key_id for row in rows if row.name != "lost"} == {key_id(NEW)}
    assert {row.version for row in rows} == {1}
    only_new = SecretStore(database, SecretCipher(lambda: [NEW]))
    for tenant in ("t0", "t1", "t2"):
        names = {row.name for row in rows if row.tenant == tenant} - {"lost", "fresh"}
        values = await only_new.values(tenant, names)
        assert values == {name: name.replace("s", "value-") for name in names}
    again = await database.transaction(lambda connection: rotate_batch(connection, both, KEPT_SECRETS, START))
    assert (again.renewed, len(again.unreadable)) == ([], 1)


async def test_rotation_loses_no_value_that_is_set_meanwhile(ctx: Context) -> None:
    database, now = ctx.services.database, ctx.services.clock.now()
    await database.transaction(
        lambda connection: [
            put_secret(connection, SecretCipher(lambda: [OLD]), "default", f"s{number}", "the old value", "ada", now)
            for number in range(30)
        ]
    )
    both = SecretCipher(lambda: [NEW, OLD])
    ctx.services.secrets.cipher = SecretCipher(lambda: [OLD, NEW])  # a server that was not restarted yet
    await asyncio.gather(
        *(keep(ctx, f"s{number}", "the new value") for number in range(30)),
        *(
            database.transaction(lambda connection: rotate_batch(connection, both, KEPT_SECRETS, START))
            for _ in range(5)
        ),
    )
    names = {f"s{number}" for number in range(30)}
    assert set((await SecretStore(database, both).values("default", names)).values()) == {"the new value"}


async def test_in_production_without_a_key_the_service_runs_and_says_what_to_set(
    settings: Settings, scripted: PartnerService
) -> None:
    async with running_services(settings) as services:
        await keep(Context(ADA, services), "token")
    production = msgspec.structs.replace(settings, environment=Environment.PRODUCTION, jwt_secret=JWT_SECRET)
    async with serving(create_app(production)) as url:
        async with httpx.AsyncClient(base_url=url, headers=token("ada", "default", "editor"), timeout=30) as client:
            body = {"query": SET, "variables": {"input": {"name": "token", "value": VALUE}}}
            (error,) = (await client.post("/graphql", json=body)).json()["errors"]
            assert error["extensions"]["code"] == "SECRETS_NOT_CONFIGURED"
            assert "set ORCHESTRATOR_ENCRYPTION_KEYS" in error["message"]
            config = {"headers": {"X": "{{secrets.token}}"}}
            made = await calls.create(client, "Needs a key", call("a", "/", config), notify("b"))
            failed = await calls.run(client, made["workflow_id"])
            assert failed["error"]["code"] == "SECRET_UNREADABLE"
            assert "ORCHESTRATOR_ENCRYPTION_KEYS" in failed["error"]["message"]
            plain = await calls.create(client, "Needs none", notify("b"))
            assert (await calls.run(client, plain["workflow_id"]))["status"] == "completed"
            assert (await graphql(client, LIST))["secrets"]["totalCount"] == 1
        scripted.dismiss()

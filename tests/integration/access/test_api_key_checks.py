"""How API keys are checked, what is told of them, and that neither a key nor its digest is ever seen again."""

import asyncio
import hmac
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from app.credentials.api_keys import ApiKeys
from app.credentials.last_use import LastUse
from models.api_key_text import digest_of, new_key
from models.commands.validation import parse
from models.database.tables import WorkflowRow
from models.entities.api_keys import CreateApiKey
from models.errors import Unauthenticated
from models.words import CredentialKind, Permission, Role
from resolvers.access.api_key_rows import KEYS
from resolvers.access.api_keys import create_api_key
from resolvers.context import Context, Services, Viewer
from tests.support.calls import Json
from tests.support.credentials.api_key_calls import (
    CREATE,
    ENTITY,
    LIST,
    REVOKE,
    ROTATE,
    VIEWER,
    admin,
    ask,
    by,
    done,
    editor,
    made,
    refused,
)
from tests.support.timers import MovableClock
from tests.support.written_log import WrittenLog

pytestmark = pytest.mark.asyncio

# --- what is checked, and how --------------------------------------------------------------------


async def test_what_was_not_copied_whole_is_refused_without_a_look_at_the_database(services: Services) -> None:
    class Absent:
        async def read(self, work: Any) -> Any:
            raise AssertionError("the database was asked")

    checks = ApiKeys(Absent(), services.clock, LastUse(services.database, services.clock))  # type: ignore[arg-type]  # all that is asked of a database is that nobody asks it
    key = new_key("key_0123456789abcdef")
    for bad in (key[:-1], key[:-1] + ("a" if key[-1] != "a" else "b"), key[:30] + "-_" + key[30:], "", "orc_"):
        with pytest.raises(Unauthenticated, match="This API key is not known"):
            await checks.check(bad)
    with pytest.raises(AssertionError):
        await checks.check(key)


async def test_an_unknown_id_is_compared_like_a_known_one(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = Context(Viewer("ada", "default", Role.EDITOR), services)
    issued = await create_api_key(ctx, parse(CreateApiKey, {"name": "n"}))
    checks = ApiKeys(services.database, services.clock, LastUse(services.database, services.clock))
    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    counts = []
    for key in (issued.key, new_key(issued.api_key.id), new_key("key_0000000000000000")):
        compared.clear()
        try:
            await checks.check(key)
        except Unauthenticated as refusal:
            assert refusal.message == "This API key is not known"
        counts.append(len(compared))
        assert {len(text) for pair in compared for text in pair} == {64}
    assert counts == [2, 2, 2]
    await checks.last_use.flush()


async def test_the_last_use_is_written_once_a_minute_and_not_by_the_request(services: Services) -> None:
    clock = MovableClock()
    ctx = Context(Viewer("ada", "default", Role.EDITOR), services)
    issued = await create_api_key(ctx, parse(CreateApiKey, {"name": "n"}))
    checks = ApiKeys(services.database, clock, LastUse(services.database, clock))

    async def last_used_at() -> datetime | None:
        await checks.last_use.flush()
        statement = select(KEYS.c.last_used_at).where(KEYS.c.id == issued.api_key.id)
        found: datetime | None = await services.database.read(
            lambda connection: connection.execute(statement).scalar_one()
        )
        return found

    assert await last_used_at() is None
    await asyncio.gather(*(checks.check(issued.key) for _ in range(20)))
    first = await last_used_at()
    assert first is not None
    clock.put_forward(50)
    await checks.check(issued.key)
    assert await last_used_at() == first
    clock.put_forward(11)
    await asyncio.gather(*(checks.check(issued.key) for _ in range(20)))
    second = await last_used_at()
    assert second is not None and second - first >= timedelta(minutes=1)
    other_node = LastUse(services.database, clock)
    other_node.note(issued.api_key.id, first)  # it read the row before this one wrote it
    await other_node.flush()
    assert await last_used_at() == second
    with pytest.raises(Unauthenticated):
        await checks.check(new_key(issued.api_key.id))
    assert checks.last_use._uses == {}


async def test_a_word_that_a_later_version_grants_grants_nothing_here(services: Services) -> None:
    ctx = Context(Viewer("ada", "default", Role.EDITOR), services)
    issued = await create_api_key(ctx, parse(CreateApiKey, {"name": "n"}))
    await services.database.transaction(
        lambda connection: connection.execute(update(KEYS).values(scope=["workflow:read", "later:word"]))
    )
    checks = ApiKeys(services.database, services.clock, LastUse(services.database, services.clock))
    viewer = await checks.check(issued.key)
    assert (viewer.scope, viewer.credential) == ({Permission.WORKFLOW_READ}, CredentialKind.API_KEY)
    await checks.last_use.flush()


# --- what is told, and what is not ---------------------------------------------------------------


async def test_all_that_is_done_with_keys_is_audited(client: httpx.AsyncClient) -> None:
    _, entity = await made(client, scope=["WORKFLOW_READ"], expiresAt="2100-01-01T00:00:00Z")
    await done(client, ROTATE, admin(), id=entity["id"], graceSeconds=60)
    await done(client, REVOKE, editor(), id=entity["id"])
    other, entry = await made(client)
    assert await refused(client, CREATE, by(other), input={"name": "n"}) == "PERMISSION_DENIED"
    told: list[Json] = []
    while len(told) < 5:  # refusals are written a moment later
        query = "{ auditEntries { nodes { action actor credential target outcome details } } }"
        told = (await ask(client, query, admin()))["data"]["auditEntries"]["nodes"]
    by_action = {(one["action"], one["outcome"], one["target"]): one for one in told}
    created = by_action["create_api_key", "SUCCEEDED", entity["id"]]
    assert (created["actor"], created["credential"]) == ("ada", "bearer")
    assert created["details"] == {
        "user_id": "ada",
        "role": "editor",
        "scope": ["workflow:read"],
        "expires_at": "2100-01-01T00:00:00Z",
    }
    rotated = by_action["rotate_api_key", "SUCCEEDED", entity["id"]]
    assert (rotated["actor"], rotated["details"]) == ("root", {"grace_seconds": 60})
    assert by_action["revoke_api_key", "SUCCEEDED", entity["id"]]["actor"] == "ada"
    denied = by_action["create_api_key", "DENIED", None]
    assert (denied["actor"], denied["credential"]) == ("ada", entry["id"])


async def test_neither_key_nor_digest_is_seen_again(
    client: httpx.AsyncClient, server: str, services: Services, written_log: WrittenLog
) -> None:
    first, entity = await made(client)
    second = (await done(client, ROTATE, editor(), id=entity["id"], graceSeconds=60))["key"]
    node = f'{{ node(id: "{entity["id"]}") {{ id ... on ApiKey {{ {ENTITY} }} }} }}'
    queries = (LIST, node, VIEWER, "{ activities { nodes { details } } }")
    texts = [str(await ask(client, query, editor())) for query in queries]
    async with httpx.AsyncClient(base_url=server) as machine:
        for key in (first, second, second[:-1]):
            texts.append(str(await ask(machine, "{ nosuch }", by(key))))
            for method, path, body in (
                ("GET", "/workflows", None),
                ("GET", "/workflows/activity", None),
                ("POST", "/workflows", []),
                ("POST", "/workflows", {"name": f"by {digest_of(key)[:8]}"}),
            ):
                answered = await machine.request(method, path, json=body, headers=by(key))
                texts.append(answered.text)
        await done(client, REVOKE, editor(), id=entity["id"])
        texts.append((await machine.get("/workflows", headers=by(second))).text)
    texts.append(str(await ask(client, "{ auditEntries { nodes { id action target details credential } } }", admin())))
    texts.append(written_log.text)
    await services.audit_log.flush()

    def everything(connection: Any) -> dict[str, str]:
        tables = WorkflowRow.metadata.sorted_tables
        return {table.name: str(connection.execute(select(table)).all()) for table in tables}

    rows = await services.database.read(everything)
    assert entity["id"] in rows["audit_entry"]
    secrets = [first, second, *(key[20:63] for key in (first, second))]
    digests = [digest_of(first), digest_of(second)]
    assert not [secret for secret in secrets if any(secret in row for row in rows.values())]
    kept_in = {name for name, row in rows.items() if any(digest in row for digest in digests)}
    assert kept_in == {"api_key"}
    assert not [hidden for hidden in secrets + digests if any(hidden in text for text in texts)]

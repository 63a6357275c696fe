"""API keys end to end: who makes which, what they open, how they are replaced and taken away, and what stays hidden."""

import asyncio
import hmac
import itertools
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select, update

from app.asgi import create_app
from app.credentials.api_keys import ApiKeys
from app.credentials.last_use import LastUse
from app.serving import serving
from app.settings import Settings
from models.api_key_text import digest_of, key_id_of, new_key
from models.api_keys import CreateApiKey, RotateApiKey
from models.errors import PermissionDenied, Unauthenticated
from models.tables import Workflow
from models.validation import parse
from models.words import CredentialKind, Permission, Role
from resolvers.api_key_rows import KEYS
from resolvers.api_keys import create_api_key, rotate_api_key
from resolvers.context import Context, Services, Viewer
from resolvers.permissions import GRANTS
from tests.integration.calls import Json, assert_envelope, create, graphql, notify, token
from tests.integration.timers import MovableClock

pytestmark = pytest.mark.asyncio

ENTITY = "id name userId role scope createdBy createdAt expiresAt previousExpiresAt lastUsedAt revokedAt"
ERRORS = "userErrors { code message path }"
MADE = f"key apiKey {{ {ENTITY} }} {ERRORS}"
CREATE = f"mutation ($input: CreateApiKeyInput!) {{ done: createApiKey(input: $input) {{ {MADE} }} }}"
ROTATE = f"mutation ($input: RotateApiKeyInput!) {{ done: rotateApiKey(input: $input) {{ {MADE} }} }}"
REVOKE = f"""mutation ($input: RevokeApiKeyInput!) {{
  done: revokeApiKey(input: $input) {{ apiKey {{ {ENTITY} }} {ERRORS} }}
}}"""
LIST = f"""query ($filter: ApiKeyFilterInput, $first: Int, $after: String) {{
  apiKeys(filter: $filter, first: $first, after: $after) {{
    totalCount nodes {{ {ENTITY} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
JSON_BODY = {"Content-Type": "application/json"}
VIEWER = "{ viewer { userId tenant role permissions credential expiresAt } }"


def admin() -> dict[str, str]:
    return token("root", "default", "admin")


def editor() -> dict[str, str]:
    """Good for longer than the tests put the clock forward."""
    return token("ada", "default", "editor", exp=datetime.now(UTC) + timedelta(hours=20))


async def ask(client: httpx.AsyncClient, query: str, headers: dict[str, str], **variables: Any) -> Json:
    body = {"query": query, "variables": variables}
    return dict((await client.post("/graphql", json=body, headers=headers)).json())


async def done(client: httpx.AsyncClient, query: str, headers: dict[str, str], **input_: Any) -> Json:
    """The payload of a mutation that must succeed."""
    answered = await ask(client, query, headers, input=input_)
    assert "errors" not in answered, answered
    payload: Json = answered["data"]["done"]
    assert payload["userErrors"] == [], payload
    return payload


async def made(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **input_: Any) -> tuple[str, Json]:
    """A new key and its entity."""
    payload = await done(client, CREATE, headers or editor(), **{"name": "a key", **input_})
    return payload["key"], payload["apiKey"]


async def user_errors(
    client: httpx.AsyncClient, query: str, headers: dict[str, str], **input_: Any
) -> list[tuple[str, list[str]]]:
    """The code and the path of each fault of a mutation that did nothing."""
    answered = await ask(client, query, headers, input=input_)
    assert "errors" not in answered, answered
    payload = answered["data"]["done"]
    assert payload["apiKey"] is None and payload.get("key") is None
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def refused(client: httpx.AsyncClient, query: str, headers: dict[str, str], **variables: Any) -> str:
    """The code of the one error of an operation."""
    (error,) = (await ask(client, query, headers, **variables))["errors"]
    return str(error["extensions"]["code"])


def by(key: str) -> dict[str, str]:
    return {"X-API-Key": key}


async def opens(server: str, key: str) -> bool:
    """Whether a key is a credential now."""
    async with httpx.AsyncClient(base_url=server, headers=by(key)) as client:
        answered = await client.get("/workflows")
    if answered.status_code == 401:
        assert_envelope(answered, 401, "UNAUTHENTICATED")
        return False
    assert answered.status_code == 200, answered.text
    return True


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest_asyncio.fixture
async def server(settings: Settings, clock: MovableClock) -> AsyncIterator[str]:
    """The whole service, by a clock that can be put forward."""
    async with serving(create_app(settings, clock=clock)) as url:
        yield url


# --- what a key is -------------------------------------------------------------------------------


async def test_a_key_stands_for_its_user_on_both_edges(client: httpx.AsyncClient, server: str) -> None:
    key, entity = await made(client, name="deploy")
    assert key_id_of(key) == entity["id"]
    assert (entity["name"], entity["userId"], entity["createdBy"]) == ("deploy", "ada", "ada")
    assert (entity["role"], entity["scope"], entity["expiresAt"], entity["revokedAt"]) == ("EDITOR", None, None, None)
    async with httpx.AsyncClient(base_url=server, headers=by(key)) as machine:
        workflow = await create(machine, "by key", notify("a"))
        assert workflow["created_by"] == "ada"
        viewer = (await graphql(machine, VIEWER))["viewer"]
    assert (viewer["userId"], viewer["tenant"], viewer["role"]) == ("ada", "default", "EDITOR")
    assert (viewer["credential"], viewer["expiresAt"]) == ("API_KEY", None)
    assert len(viewer["permissions"]) == len(GRANTS[Role.EDITOR])


async def test_a_key_is_stronger_than_a_user_id_and_weaker_than_a_token(client: httpx.AsyncClient) -> None:
    key, _ = await made(client, admin(), userId="robot")
    for headers, user in (
        ({**by(key), "X-User-ID": "eve"}, "robot"),
        ({**by(key), **token("grace", "default", "viewer")}, "grace"),
    ):
        assert (await ask(client, VIEWER, headers))["data"]["viewer"]["userId"] == user
    bad = {**by(key), "Authorization": "Bearer nonsense"}
    assert await refused(client, VIEWER, bad) == "UNAUTHENTICATED"


async def test_a_scope_leaves_what_it_names(client: httpx.AsyncClient, server: str) -> None:
    key, entity = await made(client, scope=["WORKFLOW_READ", "EXECUTION_READ", "WORKFLOW_READ"])
    assert entity["scope"] == ["EXECUTION_READ", "WORKFLOW_READ"]
    async with httpx.AsyncClient(base_url=server, headers=by(key)) as reader:
        assert (await reader.get("/workflows")).status_code == 200
        assert_envelope(await reader.post("/workflows", json={"name": "w"}), 403, "PERMISSION_DENIED")
        assert (await graphql(reader, VIEWER))["viewer"]["permissions"] == ["EXECUTION_READ", "WORKFLOW_READ"]


async def test_a_key_is_good_until_it_expires(client: httpx.AsyncClient, server: str, clock: MovableClock) -> None:
    end = datetime.now(UTC) + timedelta(hours=1)
    key, entity = await made(client, expiresAt=end.isoformat())
    assert datetime.fromisoformat(entity["expiresAt"]) == end
    assert (await ask(client, VIEWER, by(key)))["data"]["viewer"]["expiresAt"] == entity["expiresAt"]
    assert await opens(server, key)
    clock.put_forward(3_601)
    assert not await opens(server, key)
    assert await user_errors(client, ROTATE, editor(), id=entity["id"]) == [("API_KEY_NOT_ACTIVE", ["input"])]


async def test_a_faulty_wish_is_told_where_it_is_faulty(client: httpx.AsyncClient) -> None:
    wishes: list[tuple[Json, str]] = [
        ({"name": ""}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"scope": []}, "scope"),
        ({"scope": ["ADMIN"]}, "scope"),
        ({"userId": ""}, "userId"),
        ({"role": "VIEWER", "scope": ["WORKFLOW_WRITE"]}, "scope"),
    ]
    for wish, field in wishes:
        faults = await user_errors(client, CREATE, editor(), **{"name": "n", **wish})
        assert (wish, faults) == (wish, [("VALIDATION_ERROR", ["input", field])])


# --- who may make which --------------------------------------------------------------------------


async def test_nobody_gives_out_a_role_that_can_do_more(services: Services) -> None:
    allowed = {
        Role.VIEWER: {Role.VIEWER},
        Role.OPERATOR: {Role.VIEWER, Role.OPERATOR},
        Role.EDITOR: {Role.VIEWER, Role.EDITOR},  # an operator changes what belongs to others
        Role.ADMIN: set(Role),
    }
    for own, role in itertools.product(Role, Role):
        ctx = Context(Viewer("ada", "default", own), services)
        command = parse(CreateApiKey, {"name": "n", "role": role})
        if role in allowed[own]:
            assert (await create_api_key(ctx, command)).api_key.role is role
        else:
            with pytest.raises(PermissionDenied, match=f"As {own} you cannot have or give out the role {role}"):
                await create_api_key(ctx, command)


async def test_nobody_gives_out_more_than_their_credential_allows(client: httpx.AsyncClient) -> None:
    narrow = token("ada", "default", "editor", scope="workflow:read execution:read")
    _, entity = await made(client, narrow)
    assert entity["scope"] == ["EXECUTION_READ", "WORKFLOW_READ"]
    _, entity = await made(client, narrow, role="VIEWER")
    assert entity["scope"] is None
    _, entity = await made(client, narrow, scope=["WORKFLOW_READ"])
    assert entity["scope"] == ["WORKFLOW_READ"]
    for scope in (["WORKFLOW_WRITE"], ["WORKFLOW_READ", "SECRET_WRITE"]):
        assert await refused(client, CREATE, narrow, input={"name": "n", "scope": scope}) == "PERMISSION_DENIED"


async def test_a_key_for_somebody_else_needs_an_admin(client: httpx.AsyncClient) -> None:
    key, entity = await made(client, admin(), userId="robot", role="OPERATOR")
    assert (entity["userId"], entity["createdBy"]) == ("robot", "root")
    assert (await ask(client, VIEWER, by(key)))["data"]["viewer"]["userId"] == "robot"
    assert await refused(client, CREATE, editor(), input={"name": "n", "userId": "robot"}) == "PERMISSION_DENIED"
    _, own = await made(client, userId="ada")
    assert own["userId"] == "ada"


async def test_a_leaked_key_makes_no_successor(client: httpx.AsyncClient) -> None:
    key, entity = await made(client)
    for query, input_ in (
        (CREATE, {"name": "n"}),
        (ROTATE, {"id": entity["id"]}),
        (REVOKE, {"id": entity["id"]}),
    ):
        assert await refused(client, query, by(key), input=input_) == "PERMISSION_DENIED"
    assert await refused(client, LIST, by(key)) == "PERMISSION_DENIED"
    assert await refused(client, f'{{ node(id: "{entity["id"]}") {{ id }} }}', by(key)) == "PERMISSION_DENIED"
    admin_key, _ = await made(client, admin())
    _, made_by_key = await made(client, by(admin_key), role="VIEWER")
    assert made_by_key["createdBy"] == "root"
    narrowed, _ = await made(client, admin(), scope=["WORKFLOW_READ", "SECRET_WRITE"])
    assert await refused(client, CREATE, by(narrowed), input={"name": "n"}) == "PERMISSION_DENIED"


async def test_a_stranger_makes_none(client: httpx.AsyncClient, server: str) -> None:
    async with httpx.AsyncClient(base_url=server) as stranger:
        for query, variables in ((CREATE, {"input": {"name": ""}}), (LIST, {})):
            assert await refused(stranger, query, {}, **variables) == "UNAUTHENTICATED"


# --- whose they are ------------------------------------------------------------------------------


async def test_what_is_not_ones_own_is_not_there(client: httpx.AsyncClient) -> None:
    _, entity = await made(client)
    strangers = (
        token("bob", "default", "editor"),
        token("bob", "default", "operator"),
        token("ada", "elsewhere", "admin"),
        token("root", "default", "admin", scope="workflow:read execution:cancel secret:write"),
    )
    for headers in strangers:
        for query in (ROTATE, REVOKE):
            answers = [
                (await ask(client, query, headers, input={"id": id_}))["data"]["done"]["userErrors"]
                for id_ in (entity["id"], "key_0000000000000000", "nothing")
            ]
            for answer, id_ in zip(answers, (entity["id"], "key_0000000000000000", "nothing"), strict=True):
                assert answer == [
                    {"code": "API_KEY_NOT_FOUND", "message": f"API key not found: {id_}", "path": ["input"]}
                ]
        node = await ask(client, f'{{ node(id: "{entity["id"]}") {{ id }} }}', headers)
        assert node == {**node, "data": {"node": None}} and "errors" not in node
        assert (await ask(client, LIST, headers))["data"]["apiKeys"]["totalCount"] == 0
    for query in (ROTATE, REVOKE):
        for bad in ("key_\\u0000", "key_\\ud800", "x" * 10_000):
            body = f'{{"query": {json.dumps(query)}, "variables": {{"input": {{"id": "{bad}"}}}}}}'
            answered = await client.post("/graphql", content=body, headers={**editor(), **JSON_BODY})
            (fault,) = answered.json()["data"]["done"]["userErrors"]
            assert fault["code"] == "API_KEY_NOT_FOUND"
    assert (await ask(client, LIST, editor()))["data"]["apiKeys"]["nodes"] == [entity]


async def test_an_admin_manages_everybodys(client: httpx.AsyncClient, server: str) -> None:
    key, entity = await made(client)
    rotated = await done(client, ROTATE, admin(), id=entity["id"])
    assert (await opens(server, key), await opens(server, rotated["key"])) == (False, True)
    revoked = await done(client, REVOKE, admin(), id=entity["id"])
    assert revoked["apiKey"]["userId"] == "ada" and revoked["apiKey"]["revokedAt"] is not None
    assert not await opens(server, rotated["key"])


async def test_the_list_is_filtered_and_comes_in_slices(client: httpx.AsyncClient) -> None:
    mine = [(await made(client, name=f"mine {number}"))[1] for number in range(3)]
    _, robots = await made(client, admin(), name="robot's", userId="robot")
    await done(client, REVOKE, editor(), id=mine[0]["id"])

    async def names(headers: dict[str, str], **variables: Any) -> list[str]:
        found = (await ask(client, LIST, headers, **variables))["data"]["apiKeys"]
        assert found["totalCount"] >= len(found["nodes"])
        return [key["name"] for key in found["nodes"]]

    assert await names(editor()) == ["mine 2", "mine 1"]
    assert await names(editor(), filter={"includeRevoked": True}) == ["mine 2", "mine 1", "mine 0"]
    assert await names(editor(), filter={"userId": ["robot"]}) == []
    assert await names(admin()) == ["robot's", "mine 2", "mine 1"]
    assert await names(admin(), filter={"userId": "robot"}) == ["robot's"]
    first = (await ask(client, LIST, admin(), first=2))["data"]["apiKeys"]
    assert first["pageInfo"]["hasNextPage"] and first["totalCount"] == 3
    assert await names(admin(), after=first["pageInfo"]["endCursor"]) == ["mine 1"]
    node = f"query ($id: ID!) {{ node(id: $id) {{ id ... on ApiKey {{ {ENTITY} }} }} }}"
    assert (await ask(client, node, admin(), id=robots["id"]))["data"]["node"] == robots


# --- rotation and revocation ---------------------------------------------------------------------


async def test_a_rotation_replaces_the_key_at_once_or_after_a_grace(
    client: httpx.AsyncClient, server: str, clock: MovableClock
) -> None:
    first, entity = await made(client)
    second = await done(client, ROTATE, editor(), id=entity["id"])
    assert second["apiKey"] == {**entity, "lastUsedAt": second["apiKey"]["lastUsedAt"]}
    assert key_id_of(second["key"]) == entity["id"]
    assert (await opens(server, first), await opens(server, second["key"])) == (False, True)
    third = await done(client, ROTATE, editor(), id=entity["id"], graceSeconds=100)
    assert third["apiKey"]["previousExpiresAt"] is not None
    keys = (first, second["key"], third["key"])
    assert [await opens(server, key) for key in keys] == [False, True, True]
    former = (await ask(client, VIEWER, by(second["key"])))["data"]["viewer"]
    assert former["expiresAt"] == third["apiKey"]["previousExpiresAt"]
    assert (await ask(client, VIEWER, by(third["key"])))["data"]["viewer"]["expiresAt"] is None
    clock.put_forward(101)
    assert [await opens(server, key) for key in keys] == [False, False, True]
    refusal = await ask(client, VIEWER, by(second["key"]))
    assert refusal["errors"][0]["message"] == "This API key was rotated: use the new one"


async def test_only_the_last_former_key_has_a_grace(client: httpx.AsyncClient, server: str) -> None:
    first, entity = await made(client)
    keys = [first, *[(await done(client, ROTATE, editor(), id=entity["id"], graceSeconds=60))["key"] for _ in range(2)]]
    assert [await opens(server, key) for key in keys] == [False, True, True]
    await done(client, REVOKE, editor(), id=entity["id"])
    assert [await opens(server, key) for key in keys] == [False, False, False]


async def test_a_grace_is_at_most_a_week(client: httpx.AsyncClient) -> None:
    _, entity = await made(client)
    for grace in (-1, 604_801, None):
        faults = await user_errors(client, ROTATE, editor(), id=entity["id"], graceSeconds=grace)
        assert faults == [("VALIDATION_ERROR", ["input", "graceSeconds"])]
    assert (await done(client, ROTATE, editor(), id=entity["id"], graceSeconds=604_800))["key"]


async def test_who_can_do_less_than_a_key_cannot_have_it_anew(client: httpx.AsyncClient, server: str) -> None:
    key, entity = await made(client)
    for headers in (
        token("ada", "default", "viewer"),
        token("ada", "default", "operator"),
        token("ada", "default", "editor", scope="workflow:read"),
    ):
        assert await refused(client, ROTATE, headers, input={"id": entity["id"]}) == "PERMISSION_DENIED"
    assert await opens(server, key)
    _, narrow = await made(client, scope=["WORKFLOW_READ"])
    reader = token("ada", "default", "editor", scope="workflow:read")
    assert (await done(client, ROTATE, reader, id=narrow["id"]))["apiKey"]["scope"] == ["WORKFLOW_READ"]
    assert (await done(client, REVOKE, reader, id=entity["id"]))["apiKey"]["revokedAt"]


async def test_a_revoked_key_is_worthless_for_ever(client: httpx.AsyncClient, server: str) -> None:
    key, entity = await made(client)
    assert await opens(server, key)
    first = (await done(client, REVOKE, editor(), id=entity["id"]))["apiKey"]
    assert first["revokedAt"] is not None
    assert not await opens(server, key)
    assert (await ask(client, VIEWER, by(key)))["errors"][0]["message"] == "This API key was revoked"
    again = (await done(client, REVOKE, editor(), id=entity["id"]))["apiKey"]
    assert again == first
    assert await user_errors(client, ROTATE, editor(), id=entity["id"]) == [("API_KEY_NOT_ACTIVE", ["input"])]
    told = await ask(client, "{ auditEntries { nodes { action target } } }", admin())
    actions = [entry["action"] for entry in told["data"]["auditEntries"]["nodes"] if entry["target"] == entity["id"]]
    assert actions == ["revoke_api_key", "create_api_key"]


async def test_of_two_rotations_at_once_one_key_is_left(services: Services) -> None:
    ctx = Context(Viewer("ada", "default", Role.EDITOR), services)
    issued = await create_api_key(ctx, parse(CreateApiKey, {"name": "n"}))
    keys = await asyncio.gather(*(rotate_api_key(ctx, issued.api_key.id, parse(RotateApiKey, {})) for _ in range(8)))
    checks = ApiKeys(services.database, services.clock, LastUse(services.database, services.clock))
    outcomes = await asyncio.gather(*(checks.check(one.key) for one in [issued, *keys]), return_exceptions=True)
    assert [isinstance(outcome, Viewer) for outcome in outcomes].count(True) == 1
    assert {type(outcome) for outcome in outcomes} == {Viewer, Unauthenticated}
    await checks.last_use.flush()


# --- what is checked, and how --------------------------------------------------------------------


async def test_what_was_not_copied_whole_is_refused_without_a_look_at_the_database(services: Services) -> None:
    class Absent:
        async def read(self, work: Any) -> Any:
            raise AssertionError("the database was asked")

    checks = ApiKeys(Absent(), services.clock, LastUse(services.database, services.clock))  # type: ignore[arg-type]
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
    client: httpx.AsyncClient, server: str, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    first, entity = await made(client)
    caplog.clear()
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
    texts += [record.getMessage() for record in caplog.records] + [caplog.text]
    await services.audit_log.flush()

    def everything(connection: Any) -> dict[str, str]:
        tables = Workflow.metadata.sorted_tables
        return {table.name: str(connection.execute(select(table)).all()) for table in tables}

    rows = await services.database.read(everything)
    assert entity["id"] in rows["audit_entry"]
    secrets = [first, second, *(key[20:63] for key in (first, second))]
    digests = [digest_of(first), digest_of(second)]
    assert not [secret for secret in secrets if any(secret in row for row in rows.values())]
    kept_in = {name for name, row in rows.items() if any(digest in row for digest in digests)}
    assert kept_in == {"api_key"}
    assert not [hidden for hidden in secrets + digests if any(hidden in text for text in texts)]

"""API keys end to end: who makes which, what they open, and how they are replaced and taken away."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.asgi import create_app
from app.credentials.api_keys import ApiKeys
from app.credentials.last_use import LastUse
from app.server.serving import serving
from app.settings.settings import Settings
from models.api_key_text import key_id_of
from models.commands.validation import parse
from models.entities.api_keys import CreateApiKey, RotateApiKey
from models.errors import PermissionDenied, Unauthenticated
from models.words import Role
from resolvers.access.api_keys import create_api_key, rotate_api_key
from resolvers.access.permissions import GRANTS
from resolvers.context import Context, Services, Viewer
from tests.support.calls import Json, assert_envelope, create, graphql, notify, token
from tests.support.credentials.api_key_calls import (
    CREATE,
    ENTITY,
    JSON_BODY,
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
    opens,
    refused,
    user_errors,
)
from tests.support.timers import MovableClock

pytestmark = pytest.mark.asyncio


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
    for grace in (-1, 604_801):
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

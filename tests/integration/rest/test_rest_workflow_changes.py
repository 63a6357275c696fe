"""Workflows by REST after their creation: updates, lists, deletion, and who may do what."""

import asyncio

import httpx
import pytest

from tests.support.calls import assert_envelope, create, faults, graphql, notify, run, token
from tests.support.edges.rest_workflows import names

pytestmark = pytest.mark.asyncio

MISSING = "value_error.missing"
GRACE = {"X-User-ID": "grace"}


# --- update --------------------------------------------------------------------------------------


async def test_put_changes_the_keys_that_are_present_and_no_others(client: httpx.AsyncClient) -> None:
    before = await create(client, "kept", notify("note"), description="old", tags=["old"], timeout_seconds=300)
    path = f"/workflows/{before['workflow_id']}"
    sent = {"description": "Updated description", "status": "inactive", "tags": ["updated", "v2"]}
    updated = await client.put(path, json=sent)
    assert updated.status_code == 200
    after = updated.json()
    assert after == before | sent | {"updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]
    assert (await client.get(path)).json() == after


async def test_the_version_rises_with_a_changed_definition_alone(client: httpx.AsyncClient) -> None:
    path = f"/workflows/{(await create(client, 'versioned', notify('note')))['workflow_id']}"
    for change, version in (
        ({}, "1.0"),
        ({"actions": [notify("note")], "parameters": []}, "1.0"),
        ({"name": "renamed", "status": "draft", "tags": ["t"], "timeout_seconds": 9, "description": "d"}, "1.0"),
        ({"actions": [notify("note", "another")]}, "1.1"),
        ({"parameters": [{"name": "p", "type": "string"}]}, "1.2"),
        ({"actions": [notify("note", "another")]}, "1.2"),
        ({"actions": [], "parameters": []}, "1.3"),
    ):
        updated = await client.put(path, json=change)
        assert updated.status_code == 200
        assert (updated.json()["version"], updated.headers["etag"]) == (version, f'"{version}"')
        assert {key: updated.json()[key] for key in change} == change


async def test_null_clears_what_can_be_null_and_is_refused_elsewhere(client: httpx.AsyncClient) -> None:
    path = f"/workflows/{(await create(client, 'n', description='d', timeout_seconds=9, tags=['t']))['workflow_id']}"
    cleared = (await client.put(path, json={"description": None, "timeout_seconds": None})).json()
    assert (cleared["description"], cleared["timeout_seconds"], cleared["tags"]) == (None, None, ["t"])
    for key in ("name", "tags", "actions", "parameters", "status"):
        assert [loc for loc, _ in faults(await client.put(path, json={key: None}))] == [["body", key]]


async def test_what_get_answered_can_be_put_back_and_read_only_keys_change_nothing(client: httpx.AsyncClient) -> None:
    parameter = {"name": "p", "type": "integer", "default_value": 1}
    created = await create(client, "round", notify("a", "{{p}} {{nothing}}"), parameters=[parameter], tags=["t"])
    await run(client, created["workflow_id"])
    path = f"/workflows/{created['workflow_id']}"
    before = (await client.get(path)).json()
    put = await client.put(path, json=before)
    assert put.status_code == 200
    assert put.json() == before | {"updated_at": put.json()["updated_at"]}
    forged = {"workflow_id": "wf_0", "created_by": "eve", "created_at": "x", "version": "9.9", "execution_count": 7}
    put = await client.put(path, json=forged)
    assert put.json() == before | {"updated_at": put.json()["updated_at"]}


async def test_a_change_to_an_expected_version_is_refused_at_another(client: httpx.AsyncClient) -> None:
    path = f"/workflows/{(await create(client, 'matched'))['workflow_id']}"
    await client.put(path, json={"actions": [notify("note")]})
    for headers, body, status in (
        ({"If-Match": '"1.1"'}, {}, 200),
        ({"If-Match": 'W/"1.1"'}, {}, 200),
        ({"If-Match": "*"}, {}, 200),
        ({}, {"expected_version": "1.1"}, 200),
        ({"If-Match": '"1.0"'}, {}, 409),
        ({}, {"expected_version": "1.0"}, 409),
        ({}, {"expected_version": "nonsense"}, 409),
    ):
        wanted = f"{headers} {body}"
        changed = await client.put(path, json={"description": wanted, **body}, headers=headers)
        assert (wanted, changed.status_code) == (wanted, status)
        if status == 409:
            assert_envelope(changed, 409, "VERSION_MISMATCH")
        assert ((await client.get(path)).json()["description"] == wanted) is (status == 200)


async def test_of_two_changes_to_the_same_version_one_is_refused(client: httpx.AsyncClient) -> None:
    created = await client.post("/workflows", json={"name": "raced"})
    path, etag = created.headers["location"], created.headers["etag"]
    changes = [{"actions": [notify("note", f"from {number}")]} for number in range(5)]
    answers = await asyncio.gather(*(client.put(path, json=body, headers={"If-Match": etag}) for body in changes))
    assert sorted(answered.status_code for answered in answers) == [200] + [409] * 4
    assert (await client.get(path)).json()["version"] == "1.1"


async def test_a_faulty_change_is_refused_as_at_creation_and_changes_nothing(client: httpx.AsyncClient) -> None:
    before = await create(client, "sound", notify("a"), parameters=[{"name": "p", "type": "string"}])
    path = f"/workflows/{before['workflow_id']}"
    for change, loc in (
        ({"actions": [notify("a", depends_on=["a"])]}, ["actions", 0, "depends_on", 0]),
        ({"actions": [notify("p")]}, ["actions", 0, "action_id"]),
        ({"parameters": [{"name": "a", "type": "string"}]}, ["actions", 0, "action_id"]),
        ({"description": "d", "timeout_seconds": 0}, ["timeout_seconds"]),
        ({"description": "d", "unknown": 1}, ["unknown"]),
    ):
        assert [found for found, _ in faults(await client.put(path, json=change))] == [["body", *loc]]
    assert (await client.get(path)).json() == before


# --- list ----------------------------------------------------------------------------------------


async def test_a_list_item_has_the_eight_documented_keys(client: httpx.AsyncClient) -> None:
    created = await create(client, "listed", notify("note"), description="d", tags=["a", "b"])
    keys = {"workflow_id", "name", "description", "status", "created_by", "created_at", "tags", "version"}
    listed = (await client.get("/workflows")).json()
    assert listed["workflows"] == [{key: created[key] for key in keys}]


async def test_pages_are_numbered_newest_first_with_all_six_keys(client: httpx.AsyncClient) -> None:
    empty = (await client.get("/workflows")).json()
    assert empty == {
        "workflows": [],
        "pagination": {
            "page": 1,
            "page_size": 50,
            "total_items": 0,
            "total_pages": 0,
            "has_next": False,
            "has_previous": False,
        },
    }
    for number in range(5):
        await create(client, f"w{number}")
    pages = {}
    for page in (1, 2, 3, 4):
        body = (await client.get("/workflows", params={"page": page, "page_size": 2})).json()
        block = body["pagination"]
        assert (block["page"], block["page_size"], block["total_items"], block["total_pages"]) == (page, 2, 5, 3)
        shown = "".join(item["name"] for item in body["workflows"])
        pages[page] = (shown, block["has_previous"], block["has_next"])
    assert pages == {
        1: ("w4w3", False, True),
        2: ("w2w1", True, True),
        3: ("w0", True, False),
        4: ("", True, False),
    }


async def test_filters_narrow_a_list_and_combine(client: httpx.AsyncClient) -> None:
    await create(client, "draft", status="draft", tags=["a"])
    await create(client, "one", tags=["a", "b"])
    await create(client, "two", tags=["b", "c"])
    await client.post("/workflows", json={"name": "hers", "tags": ["a", "b"]}, headers=GRACE)
    for query, found in (
        ({"status": "draft"}, ["draft"]),
        ({"status": "inactive"}, []),
        ({"created_by": "grace"}, ["hers"]),
        ({"created_by": "nobody"}, []),
        ({"tags": "a"}, ["draft", "hers", "one"]),
        ({"tags": "a,b"}, ["hers", "one"]),
        ({"tags": " a , b ,"}, ["hers", "one"]),
        ({"tags": "b,b"}, ["hers", "one", "two"]),
        ({"tags": "a,c"}, []),
        ({"tags": "a,c", "tags_mode": "any"}, ["draft", "hers", "one", "two"]),
        ({"tags": "a,b", "created_by": "ada", "status": "active", "search": "ONE"}, ["one"]),
    ):
        assert (query, await names(client, **query)) == (query, found)
    await create(client, "comma", tags=["a,b", "c\\d"])
    for query, found in (
        ({"tags": "a\\,b"}, ["comma"]),
        ({"tags": "c\\d,a\\,b"}, ["comma"]),
        ({"tags": "c\\\\d"}, ["comma"]),
        ({"tags": ["a\\,b", "a"], "tags_mode": "any"}, ["comma", "draft", "hers", "one"]),
        ({"tags": ["a", "b"]}, ["hers", "one"]),
    ):
        assert (query, await names(client, **query)) == (query, found)
    by_tag = "query ($tag: String!) { workflows(filter: { tags: [$tag] }) { nodes { name } } }"
    assert (await graphql(client, by_tag, tag="a,b"))["workflows"]["nodes"] == [{"name": "comma"}]
    total = (await client.get("/workflows", params={"tags": "a", "page_size": 1})).json()["pagination"]["total_items"]
    assert total == 3
    (draft,) = (await client.get("/workflows", params={"status": "draft"})).json()["workflows"]
    await client.put(f"/workflows/{draft['workflow_id']}", json={"tags": ["new", "new"]})
    assert await names(client, tags="new") == ["draft"]
    assert await names(client, tags="a") == ["hers", "one"]


async def test_search_finds_a_literal_part_of_name_or_description_in_any_case(client: httpx.AsyncClient) -> None:
    for name, description in (
        ("100% sure", None),
        ("100 sure", None),
        ("snake_case", None),
        ("snakeXcase", None),
        ("back\\slash", None),
        ("ÄRGER in der Straße", "Größe"),
        ("plain", "The Описание is here"),
        ("cafe\u0301 日本語", "👩\u200d👧 ❤\ufe0f"),
    ):
        await create(client, name, description=description)
    for text, found in (
        ("100%", ["100% sure"]),
        ("100", ["100 sure", "100% sure"]),
        ("snake_", ["snake_case"]),
        ("\\", ["back\\slash"]),
        ("SNAKE", ["snakeXcase", "snake_case"]),
        ("ärger", ["ÄRGER in der Straße"]),
        ("STRASSE", ["ÄRGER in der Straße"]),
        ("GRÖSSE", ["ÄRGER in der Straße"]),
        ("оПИСАНИЕ", ["plain"]),
        ("%", ["100% sure"]),
        ("CAF\u00c9", ["cafe\u0301 日本語"]),
        ("本", ["cafe\u0301 日本語"]),
        ("❤", ["cafe\u0301 日本語"]),
        ("' OR 1=1 --", []),
    ):
        assert (text, await names(client, search=text)) == (text, found)


# --- delete --------------------------------------------------------------------------------------


async def test_a_deleted_workflow_is_gone_and_its_name_is_free(client: httpx.AsyncClient) -> None:
    path = f"/workflows/{(await create(client, 'short-lived', tags=['t']))['workflow_id']}"
    deleted = await client.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    for answered in (
        await client.get(path),
        await client.put(path, json={}),
        await client.delete(path),
        await client.post(f"{path}/execute", json={}),
        await client.get(f"{path}/executions"),
    ):
        assert_envelope(answered, 404, "WORKFLOW_NOT_FOUND")
    assert await names(client) == await names(client, tags="t") == []
    assert (await create(client, "short-lived"))["workflow_id"] not in path


# --- who may do what -----------------------------------------------------------------------------


async def test_another_user_may_read_and_execute_but_not_change(client: httpx.AsyncClient) -> None:
    path = f"/workflows/{(await create(client, 'mine', notify('note')))['workflow_id']}"
    assert (await client.get(path, headers=GRACE)).status_code == 200
    assert (await client.post(f"{path}/execute", json={}, headers=GRACE)).status_code == 202
    assert_envelope(await client.put(path, json={"name": "hers"}, headers=GRACE), 403, "PERMISSION_DENIED")
    assert_envelope(await client.delete(path, headers=GRACE), 403, "PERMISSION_DENIED")
    assert (await client.get(path)).json()["name"] == "mine"


async def test_roles_decide_inside_a_tenant_and_other_tenants_see_nothing(client: httpx.AsyncClient) -> None:
    path = f"/workflows/{(await create(client, 'mine', notify('note')))['workflow_id']}"
    viewer, stranger = token("vic", "default", "viewer"), token("sam", "elsewhere", "admin")
    operator = token("oz", "default", "operator")
    assert (await client.get(path, headers=viewer)).status_code == 200
    assert_envelope(await client.post("/workflows", json={"name": "v"}, headers=viewer), 403, "PERMISSION_DENIED")
    assert_envelope(await client.post(f"{path}/execute", json={}, headers=viewer), 403, "PERMISSION_DENIED")
    for answered in (
        await client.get(path, headers=stranger),
        await client.put(path, json={}, headers=stranger),
        await client.delete(path, headers=stranger),
        await client.post(f"{path}/execute", json={}, headers=stranger),
        await client.get(f"{path}/executions", headers=stranger),
    ):
        assert_envelope(answered, 404, "WORKFLOW_NOT_FOUND")
    assert (await client.get("/workflows", headers=stranger)).json()["pagination"]["total_items"] == 0
    assert (await client.put(path, json={"description": "d"}, headers=operator)).status_code == 200
    assert (await client.delete(path, headers=operator)).status_code == 204


async def test_whoever_sends_no_credential_gets_401_on_every_path(server: str) -> None:
    async with httpx.AsyncClient(base_url=server) as anonymous:
        for method, path in (
            ("GET", "/workflows"),
            ("POST", "/workflows"),
            ("GET", "/workflows/wf_0"),
            ("PUT", "/workflows/wf_0"),
            ("DELETE", "/workflows/wf_0"),
            ("POST", "/workflows/wf_0/execute"),
            ("GET", "/workflows/wf_0/executions"),
            ("GET", "/workflows/executions/exec_0"),
            ("POST", "/workflows/executions/exec_0/cancel"),
        ):
            refused = await anonymous.request(method, path)
            assert "Authentication required" in assert_envelope(refused, 401, "UNAUTHENTICATED")
            assert refused.headers["www-authenticate"] == "Bearer"

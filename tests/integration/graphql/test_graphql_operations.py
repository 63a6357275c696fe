"""What is true of every operation of GraphQL: its form, who may ask, and faults of the service itself."""

import asyncio
import re

import httpx
import pytest
from sqlalchemy import update

from app.settings.settings import Settings
from models.database.connect import connect
from resolvers.workflows.rows import VERSIONS
from tests.support.calls import Json, graphql, token
from tests.support.edges.graphql_operations import (
    CANCEL,
    CREATE,
    DELETE,
    EXECUTE,
    LIST,
    READ,
    READ_EXECUTION,
    UPDATE,
    create,
    execute,
    note,
    page,
    top_level_errors,
)

pytestmark = pytest.mark.asyncio

GRACE = {"X-User-ID": "grace"}


# --- nodes ---------------------------------------------------------------------------------------


async def test_any_object_is_found_by_its_id(client: httpx.AsyncClient) -> None:
    created = await create(client, "w")
    ended = await execute(client, created["id"], wait=True)
    query = """
    query ($id: ID!) { node(id: $id) { __typename id ... on Workflow { name } ... on Execution { status } } }
    """
    for id_, node in (
        (created["id"], {"__typename": "Workflow", "id": created["id"], "name": "w"}),
        (ended["id"], {"__typename": "Execution", "id": ended["id"], "status": "COMPLETED"}),
        ("wf_0", None),
        ("exec_0", None),
        ("nonsense", None),
    ):
        assert (await graphql(client, query, id=id_))["node"] == node


# --- failures ------------------------------------------------------------------------------------


async def test_an_operation_that_is_no_valid_document_is_refused_with_a_code(client: httpx.AsyncClient) -> None:
    for query in (
        "{ nothing }",
        "{ workflows { secret } }",
        "{",
        "query { workflow { id } }",
        'query { workflow(id: "x", extra: 1) { id } }',
        "mutation { createWorkflow(input: {name: 1}) { warnings } }",
        'mutation { createWorkflow(input: {name: "x", nmae: "y"}) { warnings } }',
        'mutation { createWorkflow(input: {name: "x", status: BROKEN}) { warnings } }',
    ):
        errors = await top_level_errors(client, query)
        assert {error["extensions"]["code"] for error in errors} == {"VALIDATION_ERROR"}, query[:60]
    unknown = {"query": "query A { __typename } query B { __typename }", "operationName": "C"}
    assert (await client.post("/graphql", json=unknown)).json()["errors"]


async def test_a_body_that_is_no_operation_is_a_400_in_the_form_of_graphql(client: httpx.AsyncClient) -> None:
    for content, status, code in (
        (b"{", 400, "MALFORMED_REQUEST"),
        (b'"x"', 400, "MALFORMED_REQUEST"),
        (b"", 400, "MALFORMED_REQUEST"),
        (b"{}", 400, "MALFORMED_REQUEST"),
        (b'{"query": 1}', 400, "MALFORMED_REQUEST"),
        (b'{"query": "{ __typename }", "variables": []}', 400, "MALFORMED_REQUEST"),
        (b'[{"query": "{ __typename }"}]', 400, "MALFORMED_REQUEST"),
        (b"[" * 100_000, 400, "MALFORMED_REQUEST"),
        (b'{"query": "{ __typename }\xff"}', 400, "MALFORMED_REQUEST"),
        (b" " * 2_000_000, 413, "PAYLOAD_TOO_LARGE"),
    ):
        answered = await client.post("/graphql", content=content, headers={"Content-Type": "application/json"})
        assert (content[:30], answered.status_code) == (content[:30], status)
        assert [error["extensions"]["code"] for error in answered.json()["errors"]] == [code]


async def test_a_query_may_come_by_get_and_a_mutation_may_not(client: httpx.AsyncClient) -> None:
    read = await client.get("/graphql", params={"query": "{ workflows { totalCount } }"})
    assert read.json()["data"] == {"workflows": {"totalCount": 0}}
    mutation = 'mutation { createWorkflow(input: {name: "x"}) { warnings } }'
    answered = await client.get("/graphql", params={"query": mutation})
    assert answered.json()["errors"]
    assert (await page(client))["totalCount"] == 0


async def test_whoever_sends_no_credential_is_told_so_and_sees_nothing(server: str) -> None:
    async with httpx.AsyncClient(base_url=server) as anonymous:
        for query, variables in (
            (LIST, {}),
            (READ, {"id": "wf_0"}),
            (READ_EXECUTION, {"id": "exec_0"}),
            ('{ node(id: "wf_0") { id } }', {}),
            (CREATE, {"input": {"name": "x"}}),
            (UPDATE, {"input": {"id": "wf_0"}}),
            (DELETE, {"input": {"id": "wf_0"}}),
            (EXECUTE, {"input": {"workflowId": "wf_0"}}),
            (CANCEL, {"input": {"id": "exec_0"}}),
        ):
            (error,) = await top_level_errors(anonymous, query, **variables)
            assert (query, error["extensions"]["code"]) == (query, "UNAUTHENTICATED")
        bad = await anonymous.post("/graphql", json={"query": "{ __typename }"}, headers={"X-API-Key": "wrong"})
        assert (bad.status_code, bad.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


async def test_rights_are_the_same_as_on_the_rest_edge(client: httpx.AsyncClient) -> None:
    created = await create(client, "mine", note())
    ended = await execute(client, created["id"], wait=True)
    operations: list[tuple[str, Json]] = [
        (UPDATE, {"id": created["id"], "name": "hers"}),
        (DELETE, {"id": created["id"]}),
        (CANCEL, {"id": ended["id"]}),
    ]
    for mutation, fields in operations:
        body = {"query": mutation, "variables": {"input": fields}}
        (error,) = (await client.post("/graphql", json=body, headers=GRACE)).json()["errors"]
        assert error["extensions"]["code"] == "PERMISSION_DENIED"
        stranger = await client.post("/graphql", json=body, headers=token("sam", "elsewhere", "admin"))
        ((payload),) = stranger.json()["data"].values()
        assert payload["userErrors"][0]["code"] in ("WORKFLOW_NOT_FOUND", "EXECUTION_NOT_FOUND")
    for query, id_ in ((READ, created["id"]), (READ_EXECUTION, ended["id"])):
        body = {"query": query, "variables": {"id": id_}}
        stranger = await client.post("/graphql", json=body, headers=token("sam", "elsewhere", "admin"))
        assert list(stranger.json()["data"].values()) == [None]
    viewer = await client.post(
        "/graphql",
        json={"query": EXECUTE, "variables": {"input": {"workflowId": created["id"]}}},
        headers=token("vic", "default", "viewer"),
    )
    assert viewer.json()["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"


async def test_a_fault_of_the_service_itself_is_masked(client: httpx.AsyncClient, settings: Settings) -> None:
    created = await create(client, "spoilt", note())
    database = await connect(settings.url)
    try:
        await database.transaction(
            lambda connection: connection.execute(update(VERSIONS).values(definition={"spoilt": True}))
        )
    finally:
        await database.close()
    (error,) = await top_level_errors(client, READ, id=created["id"])
    assert (error["message"], error["extensions"]["code"]) == ("Internal server error", "INTERNAL_ERROR")
    assert re.fullmatch(r"err_[0-9a-f]{16}", error["extensions"]["error_id"])
    assert set(error["extensions"]) == {"code", "error_id"}


async def test_many_mutations_at_once_are_all_carried_out(client: httpx.AsyncClient) -> None:
    created = await asyncio.gather(*(create(client, f"w{number}", note()) for number in range(20)))
    ended = await asyncio.gather(*(execute(client, workflow["id"], wait=True) for workflow in created))
    assert {execution["status"] for execution in ended} == {"COMPLETED"}
    assert (await page(client, first=1))["totalCount"] == 20

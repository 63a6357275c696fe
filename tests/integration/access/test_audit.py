"""The audit log: who did what, in the transaction that did it; refusals too; and a chain that shows every change."""

import asyncio
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from engine.audit.check import START, ChainCheck, next_entries, place_of
from engine.audit.log import REPEAT_SECONDS
from engine.audit.rows import CHAINS, ENTRIES, append_audit
from models.commands.validation import parse
from models.commands.workflows import CreateWorkflow
from models.database.database import Database
from models.entities.audit import AuditEntry
from models.errors import NameTaken, PermissionDenied, Unauthenticated
from models.words import AuditOutcome, Role
from resolvers.context import Context, Origin, Services, Viewer
from resolvers.workflows.workflows import create_workflow, delete_workflow
from tests.support.calls import PATIENCE_SECONDS, Json, create, ended, notify, run, start, token

pytestmark = pytest.mark.asyncio

ENTRIES_QUERY = """
query ($filter: AuditFilterInput, $first: Int, $after: String) {
  auditEntries(filter: $filter, first: $first, after: $after) {
    totalCount
    nodes { id at actor credential action target outcome requestId address details shard number previousHash hash }
    pageInfo { hasNextPage endCursor }
  }
}
"""


async def everything(database: Database) -> list[AuditEntry]:
    """All entries, chain by chain."""
    found: list[AuditEntry] = []
    place = START
    while portion := await database.read(partial(next_entries, after=place)):
        found += portion
        place = place_of(portion[-1])
    return found


async def faults(database: Database) -> list[str]:
    """What the check of the chains finds."""
    check = ChainCheck()
    found = [fault for entry in await everything(database) for fault in check.faults(entry)]
    return found + await database.read(lambda connection: list(check.faults_at_the_end(connection)))


async def entries(client: httpx.AsyncClient, **filter_: Any) -> list[Json]:
    """What an admin reads of it, oldest first."""
    body = {"query": ENTRIES_QUERY, "variables": {"filter": filter_, "first": 100}}
    answered = (await client.post("/graphql", json=body, headers=token("root", "default", "admin"))).json()
    assert "errors" not in answered, answered
    return list(reversed(answered["data"]["auditEntries"]["nodes"]))


async def test_every_change_is_told_with_who_what_and_where_from(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "Audited", notify("a")))["workflow_id"]
    await client.put(f"/workflows/{workflow_id}", json={"description": "new"}, headers={"X-Request-ID": "mine"})
    execution_id = (await run(client, workflow_id))["execution_id"]
    await client.delete(f"/workflows/{workflow_id}")
    told = await entries(client, actor=["ada"])
    assert [(entry["action"], entry["target"]) for entry in told] == [
        ("create_workflow", workflow_id),
        ("update_workflow", workflow_id),
        ("execute_workflow", execution_id),
        ("delete_workflow", workflow_id),
    ]
    assert {entry["outcome"] for entry in told} == {"SUCCEEDED"}
    assert {entry["credential"] for entry in told} == {"user_header"}
    assert {entry["address"] for entry in told} == {"127.0.0.1"}
    assert told[1]["requestId"] == "mine"
    assert told[0]["details"] == {"name": "Audited"}


async def test_what_is_rolled_back_leaves_no_entry_and_a_replay_none_of_its_own(
    client: httpx.AsyncClient, services: Services
) -> None:
    ctx = Context(Viewer("ada", "default", Role.EDITOR), services)
    command = parse(CreateWorkflow, {"name": "twice"})
    await create_workflow(ctx, command)
    with pytest.raises(NameTaken):
        await create_workflow(ctx, command)
    assert [entry.action for entry in await everything(services.database)] == ["create_workflow"]


async def test_an_execution_is_audited_once_however_often_its_key_is_sent(client: httpx.AsyncClient) -> None:
    workflow_id = (await create(client, "once", notify("a")))["workflow_id"]
    key = {"Idempotency-Key": "k"}
    answers = await asyncio.gather(
        *(client.post(f"/workflows/{workflow_id}/execute", json={}, headers=key) for _ in range(10))
    )
    (execution_id,) = {answer.json()["execution_id"] for answer in answers}
    await ended(client, execution_id)
    assert [entry["target"] for entry in await entries(client, action=["execute_workflow"])] == [execution_id]


async def test_a_cancel_is_audited_with_who_asked_for_it(client: httpx.AsyncClient) -> None:
    slow = {"action_id": "a", "action_type": "service_call", "config": {"service": "nobody", "endpoint": "/"}}
    retry = {"max_attempts": 2, "initial_delay_seconds": 60, "retry_on": ["SERVICE_NOT_REGISTERED"]}
    workflow_id = (await create(client, "slow", {**slow, "retry": retry}))["workflow_id"]
    execution_id = await start(client, workflow_id)
    cancel = f"/workflows/executions/{execution_id}/cancel"
    assert (await client.post(cancel, headers=token("oz", "default", "operator"))).status_code == 200
    assert (await client.post(cancel, headers=token("oz", "default", "operator"))).status_code == 200  # changes nothing
    (told,) = await entries(client, action=["cancel_execution"])
    assert (told["actor"], told["target"]) == ("oz", execution_id)


async def test_refusals_are_audited_once_and_their_repeats_counted(services: Services) -> None:
    ctx = Context(Viewer("eve", "default", Role.VIEWER), services, Origin("req_1", "203.0.113.9"))
    for _ in range(3):
        with pytest.raises(PermissionDenied):
            await create_workflow(ctx, parse(CreateWorkflow, {"name": "w"}))
        with pytest.raises(Unauthenticated):
            await create_workflow(Context(None, services, ctx.origin), parse(CreateWorkflow, {"name": "w"}))
    await services.audit_log.flush()
    told = [
        (entry.actor, entry.action, entry.outcome, entry.details.get("repeats"))
        for entry in await everything(services.database)
    ]
    assert told == [
        ("eve", "create_workflow", AuditOutcome.DENIED, None),
        (None, "authenticate", AuditOutcome.UNAUTHENTICATED, None),
        ("eve", "create_workflow", AuditOutcome.DENIED, 2),
        (None, "authenticate", AuditOutcome.UNAUTHENTICATED, 2),
    ]
    assert REPEAT_SECONDS == 60


async def test_a_foreign_object_and_an_ownership_that_is_missing_are_told_apart(services: Services) -> None:
    owner = Context(Viewer("ada", "default", Role.EDITOR), services)
    workflow = await create_workflow(owner, parse(CreateWorkflow, {"name": "hers"}))
    with pytest.raises(PermissionDenied):
        await delete_workflow(Context(Viewer("bob", "default", Role.EDITOR), services), workflow.id)
    await services.audit_log.flush()
    denied = [entry for entry in await everything(services.database) if entry.outcome is AuditOutcome.DENIED]
    assert [(entry.actor, entry.action) for entry in denied] == [("bob", "delete_workflow")]


async def test_bad_credentials_are_audited_over_every_transport(client: httpx.AsyncClient) -> None:
    bad = {"Authorization": "Bearer nonsense"}
    assert (await client.get("/workflows", headers=bad)).status_code == 401
    assert (await client.post("/graphql", json={"query": "{ viewer { userId } }"}, headers=bad)).status_code == 401
    told: list[Json] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not told:  # refusals are written a moment later
            told = await entries(client, outcome=["UNAUTHENTICATED"])
    assert [(entry["actor"], entry["action"], entry["address"]) for entry in told] == [
        (None, "authenticate", "127.0.0.1")
    ]


async def test_only_an_admin_reads_the_log_and_only_of_the_own_tenant(client: httpx.AsyncClient) -> None:
    await create(client, "w", notify("a"))
    (entry,) = await entries(client)
    node = {"query": f'{{ node(id: "{entry["id"]}") {{ id }} auditEntries {{ totalCount }} }}'}
    for role in ("viewer", "operator", "editor"):
        refused = (await client.post("/graphql", json=node, headers=token("x", "default", role))).json()
        assert refused["data"] == {"node": None, "auditEntries": None}
        assert [error["extensions"]["code"] for error in refused["errors"]] == ["PERMISSION_DENIED"] * 2
    seen = (await client.post("/graphql", json=node, headers=token("root", "default", "admin"))).json()["data"]
    assert seen["node"] == {"id": entry["id"]} and seen["auditEntries"]["totalCount"] >= 1
    elsewhere = (await client.post("/graphql", json=node, headers=token("root", "b", "admin"))).json()["data"]
    assert elsewhere == {"node": None, "auditEntries": {"totalCount": 0}}


async def test_the_database_itself_refuses_to_change_or_remove_an_entry(ctx: Context) -> None:
    database = ctx.services.database
    await create_workflow(ctx, parse(CreateWorkflow, {"name": "w"}))
    for statement in (update(ENTRIES).values(actor="somebody else"), delete(ENTRIES)):
        with pytest.raises(DBAPIError, match="append-only"):
            await database.transaction(lambda connection, statement=statement: connection.execute(statement))  # type: ignore[misc]  # what it returns is nothing to a test of its refusal
    assert len(await everything(database)) == 1


async def test_a_change_behind_the_databases_back_breaks_the_chain(ctx: Context) -> None:
    database = ctx.services.database
    for number in range(4):
        await create_workflow(ctx, parse(CreateWorkflow, {"name": f"w{number}"}))
    assert await faults(database) == []
    await without_guard(database)
    await database.transaction(
        lambda connection: connection.execute(update(ENTRIES).where(ENTRIES.c.number == 2).values(actor="nobody"))
    )
    assert await faults(database) == ["chain 0 of tenant 'default': entry 2 was changed"]
    await database.transaction(lambda connection: connection.execute(delete(ENTRIES).where(ENTRIES.c.number == 2)))
    assert await faults(database) == [
        "chain 0 of tenant 'default': entry 3 follows 1: what was between them is missing"
    ]
    await database.transaction(lambda connection: connection.execute(delete(ENTRIES).where(ENTRIES.c.number >= 2)))
    assert await faults(database) == ["chain 0 of tenant 'default': the last entry is 1, and 4 were written"]


async def without_guard(database: Database) -> None:
    """Take away the triggers, as somebody could who owns the database."""

    def drop(connection: Any) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER audit_entry_append_only ON audit_entry"))
            connection.execute(text("DROP TRIGGER audit_entry_kept ON audit_entry"))
        else:
            connection.execute(text("DROP TRIGGER audit_entry_update"))
            connection.execute(text("DROP TRIGGER audit_entry_delete"))

    await database.transaction(drop)


async def test_writers_at_the_same_moment_keep_one_chain(ctx: Context) -> None:
    database = ctx.services.database
    note = ctx.audit_note("test")
    await asyncio.gather(
        *(database.transaction(lambda connection: append_audit(connection, [note, note], 0)) for _ in range(20))
    )
    assert [entry.number for entry in await everything(database)] == list(range(1, 41))
    assert await faults(database) == []
    assert await database.read(lambda connection: connection.execute(CHAINS.select()).one().number) == 40

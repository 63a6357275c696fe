"""An execution that this version cannot read harms itself alone: all others, its start and the timers go on."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError

from app.composition import running_services
from app.settings.settings import Settings
from engine.definition.compiling import DEFINITION_VERSION
from engine.dispatch.store import VERSIONS
from engine.journal.refusals import Candidate
from models.commands.filters import ExecutionFilter
from models.entities.operations import HealthStatus
from models.errors import Unreadable
from models.words import ActionErrorCode, EventType, ExecutionStatus, FaultCode
from resolvers.context import Context
from resolvers.executions import executions
from resolvers.executions.lists import count_executions, executions_by_id
from resolvers.operations import health
from resolvers.workflows import workflows
from tests.support.calls import answer, call, graphql, notify, run
from tests.support.calls import create as create_over_http
from tests.support.engine_calls import ADA, crashing, create, execute, journal, seen
from tests.support.scripted_service import ScriptedService
from tests.support.timers import MovableClock
from tests.support.unreadable import CURES, POISONS, Json, at_rest, damage, newer_event, parked, set_aside, wait

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("name", POISONS)
async def test_what_cannot_be_read_stops_neither_the_start_nor_the_timers_of_others(
    settings: Settings, name: str
) -> None:
    poison, code = POISONS[name]
    clock = MovableClock()
    async with crashing(settings, clock) as ctx:
        bad, due, later = [await parked(ctx, word, wait_) for word, wait_ in (("bad", 60), ("due", 60), ("later", 103))]
    await at_rest(settings, lambda connection: poison(connection, bad))
    clock.put_forward(100)
    async with running_services(settings, clock=clock) as services:
        ctx = Context(ADA, services)
        shown = await set_aside(ctx, bad)
        assert shown.fault is not None
        assert (shown.fault.code, shown.status) == (code, ExecutionStatus.RUNNING)
        assert shown.fault.tries >= 1
        for execution_id in (due, later, (await execute(ctx, await create(ctx, notify("new")))).id):
            assert (await journal(ctx, execution_id))[-1].type == EventType.EXECUTION_COMPLETED
        only_it = ExecutionFilter(is_set_aside=True)
        assert await count_executions(ctx, only_it) == 1
        assert await count_executions(ctx, ExecutionFilter(is_set_aside=False)) == 3
        assert set(await executions_by_id(ctx, [bad, due])) == {bad, due}
        seen = await health.get_health(ctx)
        assert (seen.status, seen.set_aside_executions) == (HealthStatus.DEGRADED, 1)
    if name in CURES:
        await at_rest(settings, lambda connection: CURES[name](connection, bad))
        async with running_services(settings, clock=clock) as services:  # as one that knows what the last one did not
            ctx = Context(ADA, services)
            assert (await journal(ctx, bad))[-1].type == EventType.EXECUTION_COMPLETED
            assert (await executions.get_execution(ctx, bad)).fault is None
            assert await count_executions(ctx, only_it) == 0


@pytest.mark.parametrize("name", POISONS)
async def test_what_isdamaged_can_be_cancelled_and_what_a_newer_version_wrote_is_its_to_cancel(
    settings: Settings, name: str
) -> None:
    poison, code = POISONS[name]
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        bad = await parked(ctx, "bad", 60)
        await services.database.transaction(lambda connection: poison(connection, bad))
        services.store._plans.clear()  # as in a process that has not read the definition before
        if code is FaultCode.DAMAGED:
            ended = await executions.cancel_execution(ctx, bad)
            assert ended.status is ExecutionStatus.CANCELLED
            assert ended.fault is not None
            assert (await executions.cancel_execution(ctx, bad)).status is ExecutionStatus.CANCELLED
        else:
            with pytest.raises(Unreadable, match="newer version"):
                await executions.cancel_execution(ctx, bad)


async def test_what_cannot_be_read_keeps_no_workflow_from_being_deleted_with_all_that_runs(settings: Settings) -> None:
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        workflow_id = await create(ctx, wait(60))
        first, second, third = [(await execute(ctx, workflow_id)).id for _ in range(3)]
        await services.database.transaction(lambda connection: newer_event(connection, first))
        await services.database.transaction(lambda connection: POISONS["damaged parameters"][0](connection, second))
        await workflows.delete_workflow(ctx, workflow_id, cancel_running=True)
        found = await executions_by_id(ctx, [first, second, third])
        assert [found[each].status.value for each in (first, second, third)] == ["running", "cancelled", "cancelled"]


async def test_what_is_set_aside_in_the_queue_of_a_group_keeps_nobody_behind_it_waiting(settings: Settings) -> None:
    one_at_once: Json = {"limit": 1, "on_limit": "queue"}
    clock = MovableClock()
    async with crashing(settings, clock) as ctx:
        workflow_id = await create(ctx, wait(60), concurrency=one_at_once)
        first, second, third = [(await execute(ctx, workflow_id)).id for _ in range(3)]
        await seen(ctx, first, EventType.ACTION_WAITING)
    await at_rest(settings, lambda connection: newer_event(connection, second))
    clock.put_forward(61)
    async with running_services(settings, clock=clock) as services:
        ctx = Context(ADA, services)
        assert (await journal(ctx, first))[-1].type == EventType.EXECUTION_COMPLETED
        await seen(ctx, third, EventType.EXECUTION_STARTED)
        assert (await set_aside(ctx, second)).fault is not None


async def test_adamaged_row_spoils_neither_the_sweep_of_groups_nor_a_filter_that_looks_into_it(
    settings: Settings,
) -> None:
    failing: Json = {"action_id": "fails", "action_type": "transform", "config": {"output": "{{parameters.none}}"}}
    async with crashing(settings) as ctx:
        failed = [await create(ctx, failing, name=name) for name in ("first", "second")]
        for workflow_id in failed:
            execution = await execute(ctx, workflow_id, async_execution=False)
            assert execution.status is ExecutionStatus.FAILED
        limited = await create(ctx, wait(60), name="limited", concurrency={"limit": 1, "on_limit": "queue"})
        queued = [(await execute(ctx, limited)).id for _ in range(2)][1]
    await at_rest(settings, lambda connection: damage("execution", "error", "id = :id")(connection, execution.id))
    of_it = "id = (SELECT workflow_id FROM execution WHERE id = :id)"
    await at_rest(settings, lambda connection: damage("workflow", "concurrency", of_it)(connection, queued))
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        wanted = ExecutionFilter(error_code=[ActionErrorCode.EXPRESSION_ERROR])
        assert await count_executions(ctx, wanted) == 1
        assert (await execute(ctx, await create(ctx, notify("on"), name="on"), async_execution=False)).error is None
        await seen(ctx, queued, EventType.EXECUTION_STARTED)  # a limit that nobody can read is none


async def test_an_engine_that_stumbles_over_one_execution_sets_it_aside(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.running import runner

    async def stumble(_self: runner.Runner, _command: Any) -> None:
        raise LookupError("a fault of the engine")

    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        with monkeypatch.context() as broken:
            broken.setattr(runner.Runner, "_carry_out", stumble)
            execution = await execute(ctx, await create(ctx, notify("step")))
            shown = await set_aside(ctx, execution.id)
            assert shown.fault is not None
            assert (shown.fault.code, shown.status) == (FaultCode.ENGINE_FAULT, ExecutionStatus.QUEUED)
        assert (await journal(ctx, execution.id))[-1].type == EventType.EXECUTION_COMPLETED  # with the next try


async def test_an_execution_whose_next_entry_cannot_be_written_is_set_aside(
    settings: Settings, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.journal import group_commit

    write_batch = group_commit.write_batch

    def refuse(connection: Connection, candidates: Sequence[Candidate], *given: Any, **options: Any) -> Any:
        kinds = {event["type"] for candidate in candidates for event in candidate.entry.events}
        if EventType.ACTION_SUCCEEDED in kinds:
            raise DBAPIError("INSERT", {}, ValueError("this value cannot be stored"))
        return write_batch(connection, candidates, *given, **options)

    scripted.answers["/a"] = answer({})
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        with monkeypatch.context() as broken:
            broken.setattr(group_commit, "write_batch", refuse)
            execution = await execute(ctx, await create(ctx, call("step", "/a")))
            shown = await set_aside(ctx, execution.id)
            assert shown.fault is not None
            assert (shown.fault.code, shown.status) == (FaultCode.ENGINE_FAULT, ExecutionStatus.RUNNING)
        assert (await journal(ctx, execution.id))[-1].type == EventType.EXECUTION_COMPLETED  # with the next try


QUERY = """
query ($id: ID!) {
  execution(id: $id) {
    status fault { code message tries since } actions { actionId attempts { number } }
    events { type } logs { message } timeline { actionId } dag { mermaid } waiting { actionId } error { code }
  }
  executions { nodes { id fault { code } error { code } parameters } }
}
"""


@pytest.mark.parametrize("name", ["an unknown event", "a damaged event", "damaged parameters"])
async def test_no_edge_stumbles_over_it(client: httpx.AsyncClient, settings: Settings, name: str) -> None:
    poison, code = POISONS[name]
    workflow_id = (await create_over_http(client, "done", notify("step")))["workflow_id"]
    done = await run(client, workflow_id)
    await at_rest(settings, lambda connection: poison(connection, done["execution_id"]))
    answer = await client.get(f"/workflows/executions/{done['execution_id']}")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    if name == "an unknown event":
        assert told["logs"][-1]["message"].startswith("Unknown event")
    assert (told["status"], told["fault"]["code"]) == ("completed", code.value)
    listed = await client.get(f"/workflows/{workflow_id}/executions")
    assert listed.status_code == 200, listed.text
    found = await graphql(client, QUERY, id=done["execution_id"])
    assert found["execution"]["fault"]["code"] == code.name
    assert ("UNKNOWN" in {event["type"] for event in found["execution"]["events"]}) is (name == "an unknown event")


async def test_a_damaged_version_spoils_none_of_the_others(client: httpx.AsyncClient, settings: Settings) -> None:
    workflow_id = (await create_over_http(client, "changed", notify("step")))["workflow_id"]
    await client.put(f"/workflows/{workflow_id}", json={"actions": []})
    poison = damage("workflow_version", "definition", "workflow_id = :id AND revision = 0")
    await at_rest(settings, lambda connection: poison(connection, workflow_id))
    query = """query ($id: ID!) { workflow(id: $id) {
      versions { nodes { version actions { actionId } } } atVersion(version: "1.1") { changesSince { name } }
    } }"""
    answered = (await client.post("/graphql", json={"query": query, "variables": {"id": workflow_id}})).json()
    assert {error["extensions"]["code"] for error in answered["errors"]} == {"UNREADABLE"}
    workflow = answered["data"]["workflow"]
    assert workflow["versions"]["nodes"] == [{"version": "1.1", "actions": []}, {"version": "1.0", "actions": None}]
    assert workflow["atVersion"] == {"changesSince": None}
    restore = """mutation ($id: ID!) {
      restoreWorkflowVersion(input: { id: $id, version: "1.0" }) { userErrors { code } }
    }"""
    payload = (await graphql(client, restore, id=workflow_id))["restoreWorkflowVersion"]
    assert payload["userErrors"] == [{"code": "UNREADABLE"}]


async def test_keys_that_are_not_known_here_are_passed_by_where_the_version_is(settings: Settings) -> None:
    def one_key_more(connection: Connection) -> None:
        definition = connection.execute(select(VERSIONS.c.definition)).scalar_one()
        action = definition["actions"][0]
        action |= {"priority": 3, "config": action["config"] | {"colour": "red"}}
        connection.execute(update(VERSIONS).values(definition=definition | {"labels": ["new"]}))

    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        workflow_id = await create(ctx, notify("step"))
        await services.database.transaction(one_key_more)
        services.store._plans.clear()
        execution = await execute(ctx, workflow_id, async_execution=False)
        assert execution.status is ExecutionStatus.COMPLETED
        assert (await workflows.get_workflow(ctx, workflow_id)).actions[0]["action_id"] == "step"


async def test_a_newer_definition_is_neither_executed_nor_changed(settings: Settings) -> None:
    async with running_services(settings) as services:
        ctx = Context(ADA, services)
        workflow_id = await create(ctx, notify("step"))
        await services.database.transaction(
            lambda connection: connection.execute(update(VERSIONS).values(schema_version=DEFINITION_VERSION + 1))
        )
        services.store._plans.clear()
        with pytest.raises(Unreadable):
            await execute(ctx, workflow_id)
        assert (await workflows.get_workflow(ctx, workflow_id)).name == "engine"

"""When a running execution is likely to end, told by what became of the others of its workflow."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from resolvers.context import Context, Services
from resolvers.executions.rows import EXECUTIONS
from resolvers.overviews.estimates import MAX_LOOKED_AT, pasts_of_workflows
from schema.context import GraphQLContext
from schema.schema import build_schema
from tests.support.calls import Json, call, held, notify, soon
from tests.support.engine_calls import ADA, create, execute, journal
from tests.support.scripted_service import PartnerService
from tests.support.statements import watched

pytestmark = pytest.mark.asyncio

SCHEMA = build_schema(test_environment=True)
ETA = "eta { completesAt remainingSeconds isOverdue runs medianSeconds slowSeconds }"
ONE = f"query ($id: ID!) {{ execution(id: $id) {{ status startedAt {ETA} }} }}"
ALL = f"{{ executions(filter: {{ status: [RUNNING] }}) {{ nodes {{ id {ETA} }} }} }}"


async def asked(services: Services, query: str, **variables: str) -> Json:
    found = await SCHEMA.execute(query, variables, context_value=GraphQLContext(Context(ADA, services), {}))
    assert not found.errors, found.errors
    return dict(found.data or {})


async def completed(ctx: Context, workflow_id: str, count: int, seconds: float) -> None:
    """Runs of a workflow that took so long, as far as anybody can tell afterwards."""
    for _ in range(count):
        execution = await execute(ctx, workflow_id, parameters={"hold": False}, async_execution=False)

        def write(connection: Connection, execution_id: str = execution.id) -> None:
            row = connection.execute(select(EXECUTIONS.c.started_at).where(EXECUTIONS.c.id == execution_id)).one()
            ended = row.started_at + timedelta(seconds=seconds)
            connection.execute(update(EXECUTIONS).where(EXECUTIONS.c.id == execution_id).values(completed_at=ended))

        await ctx.services.database.transaction(write)


async def holding(ctx: Context, name: str = "holds") -> str:
    hold = {"name": "hold", "type": "boolean", "required": True}
    actions = [notify("first"), {**call("step", "/held"), "when": "{{hold}}"}]
    return await create(ctx, *actions, name=name, parameters=[hold])


async def test_it_is_told_by_the_runs_that_completed(
    ctx: Context, services: Services, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    workflow_id = await holding(ctx)
    await completed(ctx, workflow_id, 3, 3_600)
    await completed(ctx, workflow_id, 2, 7_200)
    execution = await execute(ctx, workflow_id, parameters={"hold": True})
    await soon(scripted.arrived)
    told = (await asked(services, ONE, id=execution.id))["execution"]
    assert told["status"] == "RUNNING"
    eta = told["eta"]
    assert (eta["runs"], eta["medianSeconds"], eta["slowSeconds"], eta["isOverdue"]) == (5, 3_600, 7_200, False)
    assert 3_500 < eta["remainingSeconds"] <= 3_600
    scripted.released.set()
    await journal(ctx, execution.id)
    assert (await asked(services, ONE, id=execution.id))["execution"]["eta"] is None


async def test_of_a_workflow_without_a_past_nothing_is_told(
    ctx: Context, services: Services, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    workflow_id = await holding(ctx)
    await completed(ctx, workflow_id, 4, 10)
    execution = await execute(ctx, workflow_id, parameters={"hold": True})
    await soon(scripted.arrived)
    assert (await asked(services, ONE, id=execution.id))["execution"]["eta"] is None


async def test_a_list_reads_the_past_of_all_its_workflows_in_one_statement(
    ctx: Context, services: Services, scripted: PartnerService
) -> None:
    scripted.answers["/held"] = held
    for name in ("a", "b", "c"):
        workflow_id = await holding(ctx, name)
        await completed(ctx, workflow_id, 5, 60)
        scripted.arrived.clear()
        await execute(ctx, workflow_id, parameters={"hold": True})
        await soon(scripted.arrived)
    services, seen = watched(services)
    listed = (await asked(services, ALL))["executions"]["nodes"]
    assert [node["eta"]["runs"] for node in listed] == [5, 5, 5]
    assert sum("past_execution" in statement for statement in seen) == 1
    seen.clear()
    await asked(services, ALL)
    assert not any("past_execution" in statement for statement in seen), "what was read stands for a moment"


async def test_only_the_newest_are_looked_at_and_none_of_another_tenant(ctx: Context, services: Services) -> None:
    workflow_id = await holding(ctx)
    await completed(ctx, workflow_id, 1, 10)
    past = await pasts_of_workflows(ctx, [workflow_id])
    assert [run.seconds for run in past[workflow_id].runs] == [10]

    def bury(connection: Connection) -> None:
        row = connection.execute(select(EXECUTIONS)).one()._asdict()
        later = [
            row | {"id": f"exec_{number:016x}", "status": "failed", "created_at": row["created_at"] + timedelta(days=1)}
            for number in range(MAX_LOOKED_AT)
        ]
        connection.execute(EXECUTIONS.insert(), later)

    await services.database.transaction(bury)
    services.pasts.keep(ctx.user.tenant, {workflow_id: past[workflow_id]}, services.clock.now() - timedelta(days=1))
    assert (await pasts_of_workflows(ctx, [workflow_id]))[workflow_id].runs == []
    stranger = Context(type(ADA)("sue", "other", ADA.role), services)
    assert (await pasts_of_workflows(stranger, [workflow_id]))[workflow_id].runs == []

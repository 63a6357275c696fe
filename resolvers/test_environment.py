"""The use cases that exist in the test environment alone: set up, clean up, mock a service (decisions X9, X10)."""

from collections.abc import Awaitable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from engine.services.mocks import Mock, MockServices
from models.commands.test_environment import CleanUpTestData, MockService, SetUpTestData
from models.commands.validation import parse
from models.commands.workflows import CreateFromTemplate, CreateWorkflow, ExecuteWorkflow
from models.entities.workflows import WorkflowDetail, WorkflowSummary
from models.errors import NameTaken, NotFound, ScenarioNotFound, WorkflowNotFound
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.executions.executions import execute_workflow
from resolvers.workflows.rows import SUMMARY_COLUMNS, WORKFLOWS, summary
from resolvers.workflows.templates import create_from_template
from resolvers.workflows.workflows import create_workflow, delete_workflow

SCENARIOS = Path(__file__).parent / "scenarios"


class ScenarioExecution(msgspec.Struct, frozen=True):
    """An execution that a scenario starts: the name of one of its workflows, and what it is given."""

    workflow: str
    parameters: dict[str, Any]


class Scenario(msgspec.Struct, frozen=True):
    """What a scenario sets up: workflows from templates, workflows of its own, executions of them, mocks."""

    scenario: str
    description: str
    templates: list[dict[str, Any]]
    workflows: list[dict[str, Any]]
    mocks: list[dict[str, Any]]
    executions: list[ScenarioExecution] = []


class TestData(msgspec.Struct, frozen=True, kw_only=True):
    """What was created, what was there already, and what was removed."""

    created: list[WorkflowDetail] = msgspec.field(default_factory=list)
    removed: list[WorkflowSummary] = msgspec.field(default_factory=list)
    mocks: list[Mock] = msgspec.field(default_factory=list)


@permits(Permission.WORKFLOW_WRITE)
async def set_up_test_data(ctx: Context, command: SetUpTestData) -> TestData:
    """Create a scenario's workflows, owned by `user_id`, install its mocks, and start its executions of what is new.

    What exists is kept, unless `cleanup_existing` removes it first; what others remove meanwhile is not executed.
    Raises `ScenarioNotFound`.
    """
    mocks = _mocks(ctx)
    scenario = scenarios().get(command.scenario)
    if scenario is None:
        raise ScenarioNotFound(command.scenario, sorted(scenarios()))
    owner = _as_user(ctx, command.user_id)
    removed = await _remove(owner, owner.user.user_id) if command.cleanup_existing else []
    created = []
    for creation in _creations(owner, scenario):
        try:
            created.append(await creation)
        except NameTaken:
            continue  # an earlier set-up made it
    configured = [_mock(parse(MockService, raw)) for raw in scenario.mocks]
    for mock in configured:
        mocks.configure(ctx.user.tenant, mock)
    ids = {workflow.name: workflow.id for workflow in created}
    for start in scenario.executions:
        if start.workflow in ids:
            with suppress(WorkflowNotFound):
                await execute_workflow(owner, ids[start.workflow], ExecuteWorkflow(parameters=start.parameters))
    return TestData(created=created, removed=removed, mocks=configured)


@permits(Permission.WORKFLOW_DELETE)
async def clean_up_test_data(ctx: Context, command: CleanUpTestData) -> TestData:
    """Delete the workflows of `user_id`, or with `cleanup_all` of everybody in the tenant, and all of its mocks.

    Executions under way are cancelled; those that ended stay readable, as after any deletion (decision W6).
    """
    mocks = _mocks(ctx)
    owner = _as_user(ctx, command.user_id)
    removed = await _remove(owner, None if command.cleanup_all else owner.user.user_id)
    return TestData(removed=removed, mocks=list(mocks.clear(ctx.user.tenant)))


@permits(Permission.WORKFLOW_WRITE)
async def mock_service(ctx: Context, command: MockService) -> Mock:
    """Let the mock answer for a service in the caller's tenant; the last one written wins."""
    mock = _mock(command)
    _mocks(ctx).configure(ctx.user.tenant, mock)
    return mock


@cache
def scenarios() -> dict[str, Scenario]:
    """The scenarios by name, read from their data files."""
    files = sorted(SCENARIOS.glob("*.json"))
    found = [msgspec.json.decode(file.read_bytes(), type=Scenario) for file in files]
    return {scenario.scenario: scenario for scenario in found}


@cache
def scenario_services() -> frozenset[str]:
    """The services that some scenario mocks: where that can be set up, they are not missing."""
    return frozenset(str(mock["service_name"]) for scenario in scenarios().values() for mock in scenario.mocks)


def _creations(owner: Context, scenario: Scenario) -> Iterator[Awaitable[WorkflowDetail]]:
    for raw in scenario.templates:
        yield create_from_template(owner, parse(CreateFromTemplate, raw))
    for raw in scenario.workflows:
        yield create_workflow(owner, parse(CreateWorkflow, raw))


def _mocks(ctx: Context) -> MockServices:
    """The mocks. Raises `NotFound` where this is not the test environment: there these operations do not exist."""
    if ctx.services.mocks is None:
        raise NotFound("Not Found")
    return ctx.services.mocks


def _as_user(ctx: Context, user_id: str | None) -> Context:
    if user_id is None:
        return ctx
    return msgspec.structs.replace(ctx, viewer=msgspec.structs.replace(ctx.user, user_id=user_id))


async def _remove(ctx: Context, owner: str | None) -> list[WorkflowSummary]:
    where = [WORKFLOWS.c.tenant == ctx.user.tenant, WORKFLOWS.c.deleted_at.is_(None)]
    if owner is not None:
        where.append(WORKFLOWS.c.created_by == owner)
    found = await ctx.read(
        lambda connection: [summary(row) for row in connection.execute(select(*SUMMARY_COLUMNS).where(*where))]
    )
    removed = []
    for workflow in found:
        with suppress(WorkflowNotFound):  # others clean up at the same time
            await delete_workflow(_as_user(ctx, workflow.created_by), workflow.id, cancel_running=True)
            removed.append(workflow)
    return removed


def _mock(command: MockService) -> Mock:
    values = command.model_dump(exclude={"service_name"})
    return Mock(service=command.service_name, **values)

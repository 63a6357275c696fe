"""Fills a database with a large history, written by the engine's own journal writer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from engine.core.plan import Plan
from engine.core.run import Run
from engine.core.state import fold
from engine.definition.acceptance import new_row
from engine.journal.projection import Entry, project
from engine.journal.rows import write_entries
from models.commands.workflows import CreateWorkflow
from models.entities.executions import Event
from models.ids import new_id
from models.words import EventType, Role
from resolvers.context import Context, Services, Viewer
from resolvers.workflows.workflows import create_workflow

WORKFLOWS = 1_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=25)
BATCH = 2_000
OWNER = "own_seeded"
SUBJECTS = ("billing", "search", "mail")
RESPONSE = {"channel": "log", "level": "info", "message": "seeded"}
COURSE: tuple[tuple[EventType, str | None, dict[str, Any]], ...] = (
    (EventType.EXECUTION_QUEUED, None, {}),
    (EventType.EXECUTION_STARTED, None, {}),
    (EventType.ACTION_STARTED, "note", {"attempt": 1}),
    (EventType.ACTION_SUCCEEDED, "note", {"response": RESPONSE}),
    (EventType.EXECUTION_COMPLETED, None, {}),
)


def execution_id(number: int) -> str:
    """The id of a seeded execution."""
    return f"exec_{number:016x}"


async def seed(services: Services, executions: int) -> list[str]:
    """Write `executions` completed one-action executions of `WORKFLOWS` workflows; return the workflows' ids."""
    ctx = Context(Viewer("bench", "default", Role.EDITOR), services)
    workflow_ids = [(await create_workflow(ctx, _workflow(number))).id for number in range(WORKFLOWS)]
    plan = await services.database.read(lambda connection: services.store.plan(connection, workflow_ids[0], 0))
    for start in range(0, executions, BATCH):
        numbers = range(start, min(start + BATCH, executions))
        write = partial(write_entries, entries=list(_entries(numbers, workflow_ids, plan)), shard=0)
        await services.database.transaction(write)
    return workflow_ids


def _workflow(number: int) -> CreateWorkflow:
    note = {"action_id": "note", "action_type": "notification", "config": {"message": "seeded"}}
    return CreateWorkflow.model_validate(
        {
            "name": f"Workflow {number} of the {SUBJECTS[number % len(SUBJECTS)]}",
            "description": "A seeded workflow",
            "actions": [note],
            "tags": [f"team-{number % 20}"],
        }
    )


def _entries(numbers: range, workflow_ids: list[str], plan: Plan) -> Iterator[Entry]:
    for number in numbers:
        at = FIRST + number * APART
        run = Run(
            execution_id=execution_id(number),
            tenant="default",
            workflow_id=workflow_ids[number % len(workflow_ids)],
            revision=0,
            created_by="bench",
            created_at=at,
            parameters={},
            timeout_seconds=3_600,
            plan=plan,
        )
        events = [Event(place, kind, at, action, data) for place, (kind, action, data) in enumerate(COURSE, start=1)]
        yield project(run, events, fold(events), new_id, OWNER, new_execution=new_row(run))

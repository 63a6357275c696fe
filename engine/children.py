"""Executions that other executions start: made with the event that waits for them, and cancelled when nobody does."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, exists, select

from engine.acceptance import accepted_run
from engine.actions.protocol import ActionCall
from engine.clock import Clock
from engine.dispatcher import Dispatcher
from engine.endings import cancellation
from engine.failure import ActionFailed, run_error
from engine.journal import Journal
from engine.outlasting import outlasting
from engine.run import Parent, Run, child_address
from engine.state import ExecutionState
from engine.store import Store
from models.audit import AuditNote
from models.database import Database
from models.entities import Event
from models.errors import InvalidInput, Unreadable
from models.ids import EXECUTION_PREFIX, NewId
from models.tables import LIVE, Execution, Workflow, WorkflowVersion, table
from models.waiting_tables import Expectation
from models.words import (
    ActionErrorCode,
    AuditOutcome,
    CredentialKind,
    OnParentEnd,
    WorkflowStatus,
)

log = logging.getLogger("orchestrator.dispatch")

EXECUTIONS = table(Execution)
EXPECTATIONS = table(Expectation)
WORKFLOWS = table(Workflow)
VERSIONS = table(WorkflowVersion)

MAX_DEPTH = 20
"""So deep may executions start others: a workflow that starts itself comes to an end."""

AT_ONCE = 100

NOBODY_WAITS = run_error(ActionErrorCode.PARENT_ENDED, "The execution that started it waits for it no more")

IS_EXPECTED = exists().where(
    EXPECTATIONS.c.execution_id == EXECUTIONS.c.parent_id,
    EXPECTATIONS.c.address == child_address("") + EXECUTIONS.c.id,
)
ORPHANS = (
    select(EXECUTIONS.c.id)
    .where(EXECUTIONS.c.parent_id.is_not(None), LIVE)
    .where(EXECUTIONS.c.on_parent_end == OnParentEnd.CANCEL.value, ~IS_EXPECTED, EXECUTIONS.c.fault.is_(None))
    .limit(AT_ONCE)
)


class StoredChildren:
    """Makes the executions that actions start from what the database says of the workflows; a `Children`."""

    def __init__(self, database: Database, store: Store, clock: Clock, new_id: NewId) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._new_id = new_id

    async def prepare(
        self,
        parent: ActionCall,
        workflow_id: str,
        version: str | None,
        values: Mapping[str, Any],
        on_parent_end: OnParentEnd,
    ) -> Run:
        """See `Children.prepare`."""
        if parent.depth >= MAX_DEPTH:
            raise _refusal(f"executions start others {MAX_DEPTH} deep, and no deeper")

        def read(connection: Connection) -> Run:
            workflow = self._workflow(connection, parent.tenant, workflow_id, version)
            try:
                run, _ = accepted_run(
                    workflow,
                    self._store.plan(connection, workflow.id, workflow.revision),
                    values,
                    execution_id=self._new_id(EXECUTION_PREFIX),
                    tenant=parent.tenant,
                    created_by=parent.created_by,
                    now=self._clock.now(),
                    parent=Parent(parent.execution_id, parent.depth, on_parent_end),
                )
            except InvalidInput as error:
                raise _refusal(f"workflow '{workflow_id}': {error.message}") from None
            return run

        return await outlasting(lambda: self._database.read(read))

    def _workflow(self, connection: Connection, tenant: str, workflow_id: str, version: str | None) -> Any:
        found = connection.execute(
            select(WORKFLOWS).where(
                WORKFLOWS.c.id == workflow_id, WORKFLOWS.c.tenant == tenant, WORKFLOWS.c.deleted_at.is_(None)
            )
        ).one_or_none()
        if found is None:
            raise _refusal(f"workflow '{workflow_id}' does not exist")
        if found.status != WorkflowStatus.ACTIVE:
            raise _refusal(f"workflow '{workflow_id}' is {found.status}: only an active one can be executed")
        if version is None:
            return found
        major, _, number = version.partition(".")
        known = select(VERSIONS.c.revision).where(
            VERSIONS.c.workflow_id == workflow_id, VERSIONS.c.revision == (int(number) if number.isdecimal() else -1)
        )
        revision = connection.execute(known).scalar_one_or_none()
        if revision is None or major != "1":
            raise _refusal(f"workflow '{workflow_id}' has no version {version}")
        return _OfVersion(found, revision)


class _OfVersion:
    """A workflow's row as it is for an earlier version of it."""

    def __init__(self, row: Any, revision: int) -> None:
        self.id, self.revision = row.id, revision
        self.timeout_seconds, self.queue_timeout_seconds = row.timeout_seconds, row.queue_timeout_seconds
        self.concurrency = row.concurrency


def _refusal(message: str) -> ActionFailed:
    return ActionFailed(ActionErrorCode.INVALID_CONFIG, message)


async def cancel_orphans(
    database: Database, store: Store, journal: Journal, clock: Clock, dispatcher: Dispatcher
) -> None:
    """Cancel what was started by an execution that waits for it no more, unless it was to go on alone."""
    for execution_id in await database.read(lambda connection: list(connection.execute(ORPHANS).scalars())):
        try:
            run = await store.load_run(execution_id)
            state = await journal.intervene(run, _note(run, clock), partial(_cancelled, run, clock))
        except Unreadable:
            log.warning("execution %s cannot be read: nobody waits for it any more, cancel it", execution_id)
            continue
        if state.status.is_terminal:
            dispatcher.abort(execution_id)
        else:
            dispatcher.clean_up(execution_id)


def _cancelled(run: Run, clock: Clock, state: ExecutionState) -> Event | None:
    told = {"user_id": run.created_by, "reason": "parent_ended"}
    return cancellation(run, state, clock.now(), told, NOBODY_WAITS)


def _note(run: Run, clock: Clock) -> AuditNote:
    return AuditNote(
        tenant=run.tenant,
        at=clock.now(),
        actor=run.created_by,
        credential=CredentialKind.SYSTEM.value,
        action="cancel_execution",
        target=run.execution_id,
        outcome=AuditOutcome.SUCCEEDED,
        request_id=None,
        address=None,
        details={"reason": "parent_ended"},
    )

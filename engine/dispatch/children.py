"""Executions that other executions start: made with the event that waits for them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from engine.actions.protocol import ActionCall, Again, ChildLabels
from engine.core.bounds import MAX_DEPTH, MAX_DESCENDANTS, MAX_JOURNAL_BYTES
from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.core.opening import Opening
from engine.core.reuse import Asked
from engine.core.run import Parent, Run
from engine.definition.acceptance import accepted_run
from engine.dispatch.store import Store
from engine.journal.descendants import Headroom, Starter, StartRefused, check_recursion, check_start
from engine.journal.found import Found
from engine.journal.reruns import undone_elsewhere
from engine.running.doing_over import asked_again, done_over
from models.commands.labels import RESERVED_PREFIX, number_fault
from models.database.database import Database
from models.database.outlasting import outlasting
from models.database.tables import ExecutionRow, WorkflowRow, table
from models.entities.workflows import VersionNotFound, revision_of
from models.errors import InvalidInput, Unreadable
from models.ids import EXECUTION_PREFIX, WORKFLOW_PREFIX, NewId
from models.words import ActionErrorCode, OnParentEnd, WorkflowStatus

WORKFLOWS = table(WorkflowRow)
EXECUTIONS = table(ExecutionRow)
LABELS_OF = select(EXECUTIONS.c.labels).where(EXECUTIONS.c.id == bindparam("parent"))


class StoredChildren:
    """Makes the executions that actions start from what the database says of the workflows; a `Children`."""

    def __init__(
        self,
        database: Database,
        store: Store,
        clock: Clock,
        new_id: NewId,
        *,
        max_descendants: int = MAX_DESCENDANTS,
    ) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._headroom = Headroom(max_descendants)

    async def prepare(
        self,
        parent: ActionCall,
        workflow_id: str,
        version: str | None,
        values: Mapping[str, Any],
        on_parent_end: OnParentEnd,
        labels: ChildLabels = ChildLabels(),  # noqa: B008 - it is frozen
    ) -> tuple[Run, Opening]:
        """See `Children.prepare`."""
        if parent.depth >= MAX_DEPTH:
            message = f"executions start others {MAX_DEPTH} deep, and no deeper"
            raise ActionFailed(ActionErrorCode.TOO_DEEP, message)
        starter = Starter(parent.execution_id, parent.root_id, parent.cleans_up)
        is_spared = self._headroom.take(parent.root_id)

        def read(connection: Connection) -> tuple[Run, Found | None, frozenset[str]]:
            try:
                check_start(connection, starter, self._headroom, is_spared=is_spared)
                check_recursion(connection, starter, workflow_id)
            except StartRefused as refusal:
                raise ActionFailed(refusal.code, refusal.message) from None
            workflow = self._workflow(connection, parent.tenant, workflow_id, version)
            earlier = None if parent.again is None else self._earlier(connection, parent, workflow_id, parent.again)
            undone: frozenset[str] = frozenset()
            if earlier is not None and isinstance(earlier.run, Run):
                undone = undone_elsewhere(connection, earlier.execution_id, earlier.run.plan.undone_by)
                if version is None and parent.again is not None and parent.again.keeps_version:
                    workflow = _OfVersion(workflow, earlier.run.revision)
            try:
                run, _ = accepted_run(
                    workflow,
                    self._store.plan(connection, workflow.id, workflow.revision),
                    values,
                    execution_id=self._new_id(EXECUTION_PREFIX),
                    tenant=parent.tenant,
                    created_by=parent.created_by,
                    now=self._clock.now(),
                    parent=Parent(parent.execution_id, parent.root_id, parent.depth, on_parent_end),
                    labels=_labels(connection, parent.execution_id, labels),
                    rerun_of=None if earlier is None else earlier.execution_id,
                )
            except InvalidInput as error:
                raise _refusal(f"workflow '{workflow_id}': {error.message}") from None
            return run, earlier, undone

        run, earlier, undone = await outlasting(lambda: self._database.read(read))
        if earlier is None or parent.again is None:
            return run, Opening()
        before, state = earlier.read()
        done = await done_over(
            before,
            state,
            run.plan,
            run.parameters,
            Asked(asked_again=asked_again(reuses_approvals=parent.again.reuses_approvals), undone=undone),
            at=run.created_at,
            keeps_versions=parent.again.keeps_version,
            told={},
        )
        return run, done.opening

    def _earlier(self, connection: Connection, parent: ActionCall, workflow_id: str, again: Again) -> Found | None:
        """The execution to go on from; None where there is nothing to go on from: it is gone, goes on, or is another's,
        cannot be read, or has filled its journal.
        """
        for found in self._store.find(connection, [again.execution_id]):
            try:
                run, state = found.read()
            except Unreadable:
                return None
            is_its = run.tenant == parent.tenant and run.workflow_id == workflow_id
            return found if is_its and state.status.is_terminal and state.size <= MAX_JOURNAL_BYTES // 2 else None
        return None

    def _workflow(self, connection: Connection, tenant: str, workflow_id: str, version: str | None) -> Any:
        found = connection.execute(
            select(WORKFLOWS).where(
                WORKFLOWS.c.id == workflow_id, WORKFLOWS.c.tenant == tenant, WORKFLOWS.c.deleted_at.is_(None)
            )
        ).one_or_none()
        if found is None:
            is_id = workflow_id.startswith(WORKFLOW_PREFIX)
            hint = "" if is_id else f": workflow_id takes an id, {WORKFLOW_PREFIX}..., and `workflow` a name"
            raise _refusal(f"workflow '{workflow_id}' does not exist{hint}")
        if found.status != WorkflowStatus.ACTIVE:
            raise _refusal(f"workflow '{workflow_id}' is {found.status}: only an active one can be executed")
        if version is None:
            return found
        try:
            return _OfVersion(found, revision_of(workflow_id, version, found.revision))
        except VersionNotFound as error:
            raise _refusal(error.message) from None


def _labels(connection: Connection, parent_id: str, asked: ChildLabels) -> dict[str, str]:
    """Those that the execution gets. Raises `ActionFailed` where they are too many."""
    above: Any = connection.execute(LABELS_OF, {"parent": parent_id}).scalar_one() if asked.inherits else None
    inherited = {key: value for key, value in (above or {}).items() if not key.startswith(RESERVED_PREFIX)}
    labels = inherited | dict(asked.own)
    if (too_many := number_fault(labels)) is not None:
        raise _refusal(f"labels: {too_many.message()}")
    return labels


class _OfVersion:
    """A workflow's row as it is for an earlier version of it."""

    def __init__(self, row: Any, revision: int) -> None:
        self.id, self.name, self.revision = row.id, row.name, revision
        self.timeout_seconds, self.queue_timeout_seconds = row.timeout_seconds, row.queue_timeout_seconds
        self.concurrency = row.concurrency


def _refusal(message: str) -> ActionFailed:
    return ActionFailed(ActionErrorCode.INVALID_CONFIG, message)

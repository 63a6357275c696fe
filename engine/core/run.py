"""What the engine must know of one execution to carry it out: fixed when the execution is accepted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from engine.core.plan import Plan, PlannedAction
from engine.core.state import ActionState, ExecutionState
from models.words import OnParentEnd


class Parent(msgspec.Struct, frozen=True):
    """The execution that started one, the topmost one above, which may be the same, how many are above it, and what its
    end means for the one that it started.
    """

    execution_id: str
    root_id: str
    depth: int
    on_end: OnParentEnd


NO_ERROR = {"code": None, "own_code": None, "message": None, "action_id": None}
"""What `{{execution.error}}` is in the clean-up of an execution that did not fail."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One execution with its pinned plan (decision E12).

    `timeout_seconds` counts from its start, `queue_timeout_seconds` from its acceptance to its start.
    """

    execution_id: str
    tenant: str
    workflow_id: str
    revision: int
    created_by: str
    created_at: datetime
    parameters: Mapping[str, Any]
    timeout_seconds: int
    plan: Plan
    queue_timeout_seconds: int | None = None
    callback_url: str | None = None
    concurrency_key: str | None = None
    parent: Parent | None = None
    labels: Mapping[str, str] = {}
    """Those that it is accepted with, for whoever accepts it."""
    rerun_of: str | None = None
    """The execution that it does over, if it does."""
    workflow_name: str | None = None
    """What its workflow is called when it is accepted, for whoever accepts it."""

    @property
    def group(self) -> tuple[str, str] | None:
        """The limited group that it belongs to; None where nothing limits how many run at once."""
        return None if self.concurrency_key is None else (self.workflow_id, self.concurrency_key)

    @property
    def root_id(self) -> str:
        """The topmost execution above it, or itself."""
        return self.execution_id if self.parent is None else self.parent.root_id

    @property
    def depth(self) -> int:
        """How many executions are above it."""
        return 0 if self.parent is None else self.parent.depth + 1

    def deadline(self, state: ExecutionState) -> datetime | None:
        """When the execution must have ended or, while it is queued, have started; None where it may wait for ever.

        The clean-up after its main part has `timeout_seconds` for itself. No time runs on while it is paused.
        """
        if state.pause is not None:
            return None
        if state.stopping is not None:
            return state.stopping.at + timedelta(seconds=self.timeout_seconds) + state.paused_for
        if state.started_at is None:
            limit = self.queue_timeout_seconds
            return None if limit is None else self.created_at + timedelta(seconds=limit) + state.paused_for
        return state.started_at + timedelta(seconds=self.timeout_seconds) + state.paused_for

    def scope(
        self, planned: PlannedAction | None, state: ExecutionState, *, attempt: int = 1, since: datetime | None = None
    ) -> dict[str, Any]:
        """What the templates of an action, or of the outputs, see: bare names and the explicit roots (decision W4).

        A parameter that was not given is null (decision E17). A result that a template names is one that its action
        depends on, so there is no need to look at all of them. `since` is when an iteration that `repeat` adds began.
        """
        names = state.actions.keys() if planned is None or planned.sees_all else planned.depends_on
        actions = {
            action_id: _told(action)
            for action_id in names
            if (action := state.actions.get(action_id)) is not None and action.completed_at is not None
        }
        execution: dict[str, Any] = {
            "id": self.execution_id,
            "workflow_id": self.workflow_id,
            "workflow": state.workflow_name or self.workflow_name,
            "version": self.revision,
            "attempt": attempt,
            "created_by": self.created_by,
            "created_at": _spelled(self.created_at),
            "started_at": None if state.started_at is None else _spelled(state.started_at),
            "labels": state.labels,
            "rerun_of": self.rerun_of,
        }
        if state.stopping is not None:
            execution["status"] = state.stopping.status.value
            execution["error"] = NO_ERROR | dict(state.stopping.error or {})
        parameters = {**self.plan.parameters_not_given, **self.parameters}
        return {
            # A parameter or an action may have been called so before these were there.
            "now": _spelled(since or self._since(planned, state)),
            "workflow": {"id": self.workflow_id, "name": execution["workflow"], "version": self.revision},
            **parameters,
            **actions,
            "parameters": parameters,
            "actions": actions,
            "execution": execution,
        }

    def _since(self, planned: PlannedAction | None, state: ExecutionState) -> datetime:
        """When an action could begin, or the outputs could be made.

        It follows from the journal, and is the same for each attempt: whoever fills the templates in again, after a
        crash or for a retry, makes the same call by the same idempotency key.
        """
        moments = [self.created_at if state.started_at is None else state.started_at]
        if state.stopping is not None:
            moments.append(state.stopping.at)
        own = None if planned is None else state.actions.get(planned.action_id)
        begun = None if own is None else own.first_started_at or own.started_at
        for name in state.actions if planned is None else planned.depends_on:
            action = state.actions.get(name)
            ended_at = None if action is None else action.completed_at
            if ended_at is not None and (begun is None or ended_at <= begun):
                moments.append(ended_at)
        return max(moments)


def _spelled(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _told(action: ActionState) -> dict[str, Any]:
    """What templates see of an action that has ended."""
    told = {"status": action.status, "response": action.response, "error": action.error}
    return {**told, "http": action.http} if action.items is None else {**told, "items": action.items.outcomes}


def child_address(execution_id: str) -> str:
    """Where the end of an execution is told to the one that started it."""
    return f"execution:{execution_id}"


def child_of(address: str) -> str:
    """The execution whose end is told at `address`."""
    return address.removeprefix(child_address(""))

"""What the engine must know of one execution to carry it out: fixed when the execution is accepted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from engine.dag import Plan, PlannedAction
from engine.state import ExecutionState


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

    def deadline(self, state: ExecutionState) -> datetime | None:
        """When the execution must have ended or, while it is queued, have started; None where it may wait for ever."""
        if state.started_at is None:
            limit = self.queue_timeout_seconds
            return None if limit is None else self.created_at + timedelta(seconds=limit)
        return state.started_at + timedelta(seconds=self.timeout_seconds)

    def scope(self, planned: PlannedAction, state: ExecutionState) -> dict[str, Any]:
        """What the templates of an action see: bare names and the explicit roots (decision W4).

        A result that a template names is one that its action depends on, so there is no need to look at all of them.
        """
        names = state.actions.keys() if planned.sees_all else planned.depends_on
        actions = {
            action_id: {"status": action.status, "response": action.response, "error": action.error}
            for action_id in names
            if (action := state.actions.get(action_id)) is not None and action.completed_at is not None
        }
        execution = {
            "id": self.execution_id,
            "workflow_id": self.workflow_id,
            "created_by": self.created_by,
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
        }
        return {
            **self.parameters,
            **actions,
            "parameters": self.parameters,
            "actions": actions,
            "execution": execution,
        }

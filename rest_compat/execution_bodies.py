"""The documented bodies of executions: plain JSON, which callbacks and the command line give too, without a server."""

from typing import Any

from models.entities import ExecutionDetail, ExecutionSummary, WaitingAction
from models.logs import LogLine, log_lines

MAX_LOG_LINES = 200
"""The newest lines that an execution's status shows (decision E9); GraphQL pages through all of them."""
Body = dict[str, Any]


def execution_item(execution: ExecutionSummary) -> Body:
    """A list item of executions; `fault` is there only where it is set aside."""
    item = {
        "execution_id": execution.id,
        "workflow_id": execution.workflow_id,
        "workflow_version": execution.version,
        "status": execution.status,
        "created_by": execution.created_by,
        "created_at": execution.created_at,
        "started_at": execution.started_at,
        "completed_at": execution.completed_at,
        "duration_seconds": execution.duration_seconds,
    }
    return item if execution.fault is None else item | {"fault": execution.fault}


def accepted_body(execution: ExecutionDetail) -> Body:
    """The answer to execute: what was accepted, and the outcome where the execution has ended (E2, E6)."""
    body = {
        "execution_id": execution.id,
        "workflow_id": execution.workflow_id,
        "workflow_version": execution.version,
        "status": execution.status,
        "created_at": execution.created_at,
        "parameters": execution.parameters,
    }
    return body | _outcome(execution)


def execution_body(execution: ExecutionDetail) -> Body:
    """The status of an execution with progress and log (E6-E9)."""
    progress = execution.progress
    body = {
        **execution_item(execution),
        "parameters": execution.parameters,
        "progress": {
            "completed_actions": progress.completed_actions,
            "total_actions": progress.total_actions,
            "current_action": progress.current_action,
            "percentage": progress.percentage,
        },
        "current_step": progress.current_action,
        "waiting": [_waiting(action) for action in execution.waiting],
        "logs": [_log_line(line) for line in log_lines(execution.events)][-MAX_LOG_LINES:],
    }
    if execution.stopping is not None:
        body["stopping"] = execution.stopping
    return body | _outcome(execution)


def cancelled_body(execution: ExecutionDetail) -> Body:
    """The answer to cancel: an execution that has a clean-up is only cancelled when that is over."""
    if execution.stopping is not None:
        return {
            "execution_id": execution.id,
            "status": execution.status,
            "stopping": execution.stopping,
            "cancelled_at": None,
            "message": f"Execution is stopping: it will be {execution.stopping} when its clean-up is over",
        }
    return {
        "execution_id": execution.id,
        "status": execution.status,
        "cancelled_at": execution.completed_at,
        "message": "Execution cancelled by user",
    }


def _outcome(execution: ExecutionDetail) -> Body:
    if not execution.status.is_terminal:
        return {}
    outcome: Body = {"completed_at": execution.completed_at, "result": execution.result}
    if execution.outputs is not None:
        outcome["outputs"] = execution.outputs
    return outcome | {"error": execution.error} if execution.error else outcome


def _waiting(action: WaitingAction) -> Body:
    return {
        "action_id": action.action_id,
        "wait_reason": action.reason,
        "depends_on": action.depends_on,
        "until": action.until,
    }


def _log_line(line: LogLine) -> Body:
    return {
        "timestamp": line.timestamp,
        "level": line.level,
        "message": line.message,
        "action_id": line.action_id,
    }

"""The documented bodies of executions: plain JSON, which callbacks and the command line give too, without a server."""

from models.entities.executions import ExecutionDetail
from models.entities.logs import log_lines
from models.words import ExecutionStatus, FaultCode, WaitReason
from rest_compat.bodies import Body, BodyTable, Shown, is_empty, is_none
from rest_compat.openapi_forms import (
    ANY_OBJECT,
    COUNT,
    DATE_TIME,
    ENDING,
    MAYBE_DATE_TIME,
    MAYBE_TEXT,
    TEXT,
    Schema,
    array,
    obj,
    ref,
    words,
)

MAX_LOG_LINES = 200
"""The newest lines that an execution's status shows (decision E9); GraphQL pages through all of them."""

FAULT = obj(
    {
        "code": words(FaultCode),
        "message": TEXT,
        "since": MAYBE_DATE_TIME,
        "tries": COUNT,
        "next_try_at": MAYBE_DATE_TIME,
    }
)
LABELS: Schema = {"type": "object", "additionalProperties": TEXT}
RESULT: Schema = {"type": "object", "additionalProperties": ref("ActionResult")}
OUTCOME = {
    "result": Shown(RESULT, left_out=is_none),
    "outputs": Shown(ANY_OBJECT, left_out=is_none),
    "error": Shown(ref("ExecutionError"), left_out=is_none),
}
"""What there is once an execution has ended (decision E6)."""

EXECUTION_ITEM = BodyTable(
    {
        "execution_id": Shown(TEXT, "id"),
        "workflow_id": Shown(TEXT),
        "workflow_version": Shown(TEXT, "version"),
        "status": Shown(words(ExecutionStatus)),
        "created_by": Shown(TEXT),
        "created_at": Shown(DATE_TIME),
        "started_at": Shown(MAYBE_DATE_TIME),
        "completed_at": Shown(MAYBE_DATE_TIME),
        "duration_seconds": Shown({"type": ["number", "null"]}),
        "labels": Shown(LABELS, left_out=is_empty),
        "rerun_of": Shown(TEXT, left_out=is_none),
        "fault": Shown(FAULT, left_out=is_none),
    }
)
"""A list item; `labels` are there where it has some, `fault` where it is set aside, and
`rerun_of` where it does another one over."""

LABELLED = BodyTable({"execution_id": Shown(TEXT, "id"), "labels": Shown(LABELS)})
"""The answer to a change of labels."""

ACCEPTED_EXECUTION = {
    "execution_id": Shown(TEXT, "id"),
    "workflow_id": Shown(TEXT),
    "workflow_version": Shown(TEXT, "version"),
    "status": Shown(words(ExecutionStatus)),
    "created_at": Shown(DATE_TIME),
    "parameters": Shown(ANY_OBJECT),
    "labels": Shown(LABELS, left_out=is_empty),
    "completed_at": Shown(DATE_TIME, left_out=is_none),
    "rerun_of": Shown(TEXT, left_out=is_none),
    **OUTCOME,
}
ACCEPTED = BodyTable(
    {
        **{key: shown.within("execution", key) for key, shown in ACCEPTED_EXECUTION.items()},
        "warnings": Shown(array(TEXT), left_out=is_empty),
    }
)
"""The answer to execute: what was accepted, the outcome where the execution has ended (E2, E6), and what was odd."""

WAITING_ACTION = BodyTable(
    {
        "action_id": Shown(TEXT),
        "wait_reason": Shown(words(WaitReason), "reason"),
        "depends_on": Shown(array(TEXT)),
        "until": Shown(MAYBE_DATE_TIME),
    }
)
PROGRESS = BodyTable(
    {
        "completed_actions": Shown(COUNT),
        "total_actions": Shown(COUNT),
        "current_action": Shown(MAYBE_TEXT),
        "percentage": Shown({"type": "number", "minimum": 0, "maximum": 100}),
    }
)
PAUSE = BodyTable({"at": Shown(DATE_TIME), "user_id": Shown(TEXT), "reason": Shown(MAYBE_TEXT)})
LOG_LINE = BodyTable(
    {
        "timestamp": Shown(DATE_TIME),
        "level": Shown({"type": "string", "enum": ["INFO", "WARNING", "ERROR"]}),
        "message": Shown(TEXT),
        "action_id": Shown(MAYBE_TEXT),
    }
)


def _waiting(execution: ExecutionDetail) -> list[Body]:
    return [WAITING_ACTION.of(action) for action in execution.waiting]


def _pause(execution: ExecutionDetail) -> Body | None:
    return None if execution.pause is None else PAUSE.of(execution.pause)


def _logs(execution: ExecutionDetail) -> list[Body]:
    return [LOG_LINE.of(line) for line in log_lines(execution.events)][-MAX_LOG_LINES:]


EXECUTION = BodyTable(
    {
        **EXECUTION_ITEM.keys,
        "parameters": Shown(ANY_OBJECT),
        "progress": Shown(ref("Progress"), lambda execution: PROGRESS.of(execution.progress)),
        "current_step": Shown(MAYBE_TEXT, "progress.current_action"),
        "waiting": Shown(array(ref("WaitingAction")), _waiting),
        "logs": Shown(array(ref("LogLine")), _logs),
        "stopping": Shown(ENDING, left_out=is_none),
        "pause": Shown(PAUSE.schema, _pause, left_out=is_none),
        **OUTCOME,
    }
)
"""The status of an execution with progress and log (E6-E9)."""


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

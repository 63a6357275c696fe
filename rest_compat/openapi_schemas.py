"""The JSON Schemas of the REST edge: requests from the commands themselves, answers written out."""

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from models.commands.workflows import (
    CleanUpTestData,
    CreateFromTemplate,
    CreateWorkflow,
    ExecuteWorkflow,
    MockService,
    SetUpTestData,
    UpdateWorkflow,
)
from models.error_codes import ErrorCode
from models.words import (
    ActivityType,
    Backoff,
    CircuitState,
    ExecutionStatus,
    FaultCode,
    OnLimit,
    ParameterType,
    RunIf,
    WaitReason,
    WorkflowStatus,
)
from rest_compat.openapi_forms import (
    ANY_OBJECT,
    COUNT,
    DATE_TIME,
    ENDING,
    FLAG,
    MAYBE_DATE_TIME,
    MAYBE_TEXT,
    NUMBER,
    TEXT,
    Schema,
    array,
    obj,
    ref,
    words,
)

REQUESTS: tuple[type[BaseModel], ...] = (
    CreateWorkflow,
    UpdateWorkflow,
    ExecuteWorkflow,
    CreateFromTemplate,
    SetUpTestData,
    CleanUpTestData,
    MockService,
)


def schemas() -> dict[str, Schema]:
    """All named schemas."""
    return _request_schemas() | _response_schemas()


def _request_schemas() -> dict[str, Schema]:
    _, top = models_json_schema(
        [(model, "validation") for model in REQUESTS], ref_template="#/components/schemas/{model}"
    )
    definitions: dict[str, Schema] = top["$defs"]
    # A default that an update must not fill in is no default (see `UpdateWorkflow`).
    for value in definitions["UpdateWorkflow"]["properties"].values():
        value.pop("default", None)
    definitions["UpdateWorkflow"].pop("required", None)
    return definitions


def _response_schemas() -> dict[str, Schema]:
    item = {
        "workflow_id": TEXT,
        "name": TEXT,
        "description": MAYBE_TEXT,
        "status": words(WorkflowStatus),
        "created_by": TEXT,
        "created_at": DATE_TIME,
        "tags": array(TEXT),
        "version": TEXT,
    }
    parameter = {
        "name": TEXT,
        "type": words(ParameterType),
        "description": MAYBE_TEXT,
        "required": FLAG,
        "default_value": {},
        "allowed_values": {"type": ["array", "null"]},
    }
    action = {
        "action_id": TEXT,
        "action_type": TEXT,
        "name": MAYBE_TEXT,
        "description": MAYBE_TEXT,
        "config": ANY_OBJECT,
        "depends_on": array(TEXT),
        "timeout_seconds": {"type": ["integer", "null"]},
        "retry": {"oneOf": [ref("RetryPolicy"), {"type": "null"}]},
        "on_error": {"type": "string", "enum": ["fail", "continue"]},
        "when": {"type": ["boolean", "string", "null"]},
        "run_if": {"oneOf": [words(RunIf), {"type": "null"}]},
        "for_each": {"oneOf": [ref("ForEach"), {"type": "null"}]},
        "repeat": {"oneOf": [ref("Repeat"), {"type": "null"}]},
        "output": {},
        "compensate": {"oneOf": [ref("Compensation"), {"type": "null"}]},
    }
    compensation = {key: action[key] for key in ("action_type", "config", "timeout_seconds", "retry")}
    clean_up = {
        "on_failure": array(ref("Action")),
        "on_exit": array(ref("Action")),
        "outputs": ANY_OBJECT,
    }
    for_each = {
        "in": {"type": ["array", "string"]},
        "as": TEXT,
        "index_as": TEXT,
        "max_concurrency": {"type": "integer"},
        "tolerated_failure_percentage": {"type": "number"},
    }
    repeat = {"until": TEXT, "max_iterations": {"type": "integer"}, "delay_seconds": {"type": "number"}}
    retry_policy = {
        "max_attempts": {"type": "integer"},
        "backoff": words(Backoff),
        "initial_delay_seconds": {"type": "number"},
        "backoff_rate": {"type": "number"},
        "max_delay_seconds": {"type": "number"},
        "jitter": FLAG,
        "max_total_seconds": {"type": ["number", "null"]},
        "retry_on": {"type": ["array", "null"], "items": TEXT},
        "never_retry_on": array(TEXT),
        "respect_retry_after": FLAG,
    }
    accepted = {
        "execution_id": TEXT,
        "workflow_id": TEXT,
        "workflow_version": TEXT,
        "status": words(ExecutionStatus),
        "created_at": DATE_TIME,
        "parameters": ANY_OBJECT,
        "completed_at": DATE_TIME,
        "result": {"type": "object", "additionalProperties": ref("ActionResult")},
        "outputs": ANY_OBJECT,
        "error": ref("ExecutionError"),
    }
    tried = {"since": MAYBE_DATE_TIME, "tries": COUNT, "next_try_at": MAYBE_DATE_TIME}
    execution_item = {
        "execution_id": TEXT,
        "workflow_id": TEXT,
        "workflow_version": TEXT,
        "status": words(ExecutionStatus),
        "created_by": TEXT,
        "created_at": DATE_TIME,
        "started_at": MAYBE_DATE_TIME,
        "completed_at": MAYBE_DATE_TIME,
        "duration_seconds": {"type": ["number", "null"]},
        "fault": obj({"code": words(FaultCode), "message": TEXT, **tried}),
    }
    return {
        "WorkflowItem": obj(item),
        "Parameter": obj(parameter, optional=("description", "required", "default_value", "allowed_values")),
        "RetryPolicy": obj(retry_policy, optional=tuple(retry_policy)),
        "ForEach": obj(for_each, optional=tuple(for_each)[1:]),
        "Compensation": obj(compensation, optional=tuple(compensation)[1:]),
        "Repeat": obj(repeat, optional=tuple(repeat)[1:]),
        "Action": obj(action, optional=tuple(key for key in action if key not in ("action_id", "action_type"))),
        "Workflow": obj(
            {
                **item,
                "updated_at": DATE_TIME,
                "parameters": array(ref("Parameter")),
                "actions": array(ref("Action")),
                **clean_up,
                "timeout_seconds": {"type": ["integer", "null"]},
                "queue_timeout_seconds": {"type": ["integer", "null"]},
                "concurrency": {"oneOf": [ref("WorkflowConcurrency"), {"type": "null"}]},
                "execution_count": COUNT,
                "last_execution": MAYBE_DATE_TIME,
                "warnings": array(TEXT),
            },
            optional=("warnings", *clean_up),
        ),
        "WorkflowConcurrency": obj({"key": MAYBE_TEXT, "limit": COUNT, "on_limit": words(OnLimit)}),
        "Pagination": obj(
            {
                "page": COUNT,
                "page_size": COUNT,
                "total_items": COUNT,
                "total_pages": COUNT,
                "has_next": FLAG,
                "has_previous": FLAG,
            }
        ),
        "WorkflowList": obj({"workflows": array(ref("WorkflowItem")), "pagination": ref("Pagination")}),
        "WorkflowSearch": obj({"workflows": array(ref("WorkflowItem")), "total": COUNT, "query": TEXT, "limit": COUNT}),
        "TemplateList": obj({"templates": array(ref("Template"))}),
        "Template": obj(
            {
                "template_name": TEXT,
                "title": TEXT,
                "description": TEXT,
                "parameters": array(ref("Parameter")),
                "actions": array(ref("Action")),
                "tags": array(TEXT),
            }
        ),
        "ExecutionError": obj(
            {
                "code": TEXT,
                "message": TEXT,
                "action_id": MAYBE_TEXT,
                "retryable": FLAG,
                "attempt": COUNT,
                "http_status": {"type": ["integer", "null"]},
                "compensation_failed": array(TEXT),
            },
            optional=("attempt", "http_status", "compensation_failed"),
        ),
        "ActionResult": obj(
            {
                "status": {"type": "string", "enum": ["success", "failed", "skipped", "cancelled"]},
                "response": {},
                "error": ref("ExecutionError"),
            },
            optional=("error",),
        ),
        "AcceptedExecution": obj(accepted, optional=("completed_at", "result", "outputs", "error")),
        "ExecutionItem": obj(execution_item, optional=("fault",)),
        "ExecutionList": obj({"executions": array(ref("ExecutionItem")), "pagination": ref("Pagination")}),
        "LogLine": obj(
            {
                "timestamp": DATE_TIME,
                "level": {"type": "string", "enum": ["INFO", "WARNING", "ERROR"]},
                "message": TEXT,
                "action_id": MAYBE_TEXT,
            }
        ),
        "WaitingAction": obj(
            {"action_id": TEXT, "wait_reason": words(WaitReason), "depends_on": array(TEXT), "until": MAYBE_DATE_TIME}
        ),
        "Progress": obj(
            {
                "completed_actions": COUNT,
                "total_actions": COUNT,
                "current_action": MAYBE_TEXT,
                "percentage": {"type": "number", "minimum": 0, "maximum": 100},
            }
        ),
        "Execution": obj(
            {
                **execution_item,
                "parameters": ANY_OBJECT,
                "progress": ref("Progress"),
                "current_step": MAYBE_TEXT,
                "waiting": array(ref("WaitingAction")),
                "logs": array(ref("LogLine")),
                "stopping": ENDING,
                "result": accepted["result"],
                "outputs": ANY_OBJECT,
                "error": ref("ExecutionError"),
            },
            optional=("fault", "stopping", "result", "outputs", "error"),
        ),
        "CancelledExecution": obj(
            {
                "execution_id": TEXT,
                "status": words(ExecutionStatus),
                "stopping": ENDING,
                "cancelled_at": MAYBE_DATE_TIME,
                "message": TEXT,
            },
            optional=("stopping",),
        ),
        "Statistics": obj(
            {
                "total_workflows": COUNT,
                "active_workflows": COUNT,
                "total_executions": COUNT,
                "successful_executions": COUNT,
                "failed_executions": COUNT,
                "average_execution_time": NUMBER,
                "popular_tags": array(obj({"tag": TEXT, "count": COUNT})),
            }
        ),
        "Health": obj(
            {
                "status": {"type": "string", "enum": ["healthy", "degraded", "unhealthy"]},
                "timestamp": DATE_TIME,
                "version": TEXT,
                "services": obj(
                    {
                        "database": TEXT,
                        "redis": TEXT,
                        "external_services": {"type": "object", "additionalProperties": TEXT},
                        "wake_ups": TEXT,
                    },
                    optional=("wake_ups",),
                ),
                "metrics": obj(
                    {
                        "uptime_seconds": NUMBER,
                        **{key: {"type": ["integer", "null"]} for key in ("active_executions", "queued_executions")},
                        "set_aside_executions": COUNT,
                    },
                    optional=("set_aside_executions",),
                ),
                "service_gates": {"type": "object", "additionalProperties": ref("ServiceGate")},
            },
            optional=("service_gates",),
        ),
        "ServiceGate": obj(
            {
                "circuit": words(CircuitState),
                "open_until": MAYBE_DATE_TIME,
                "consecutive_failures": COUNT,
                "running": COUNT,
                "waiting": COUNT,
            }
        ),
        "Probe": obj({"status": TEXT}),
        "ActivityFeed": obj({"activities": array(ref("Activity"))}),
        "Activity": obj(
            {
                "id": TEXT,
                "type": words(ActivityType),
                "timestamp": DATE_TIME,
                "user_id": TEXT,
                "details": ANY_OBJECT,
            }
        ),
        "Metrics": obj(
            {
                "timestamp": DATE_TIME,
                "system": obj({"cpu_usage_percent": NUMBER, "memory_usage_mb": NUMBER, "disk_usage_percent": NUMBER}),
                "application": obj(
                    {"active_connections": COUNT, "requests_per_second": NUMBER, "average_response_time_ms": NUMBER}
                ),
                "workflows": obj(
                    {
                        "active_executions": COUNT,
                        "queued_executions": COUNT,
                        "completed_today": COUNT,
                        "failed_today": COUNT,
                    }
                ),
            }
        ),
        "MockedService": obj(
            {
                "service_name": TEXT,
                "endpoint": TEXT,
                "method": MAYBE_TEXT,
                "response": {},
                "status_code": COUNT,
                "delay_ms": COUNT,
                "times": {"type": ["integer", "null"]},
                "error": MAYBE_TEXT,
            }
        ),
        "TestData": obj(
            {
                "scenario": TEXT,
                "created": array(ref("NamedWorkflow")),
                "removed": array(ref("NamedWorkflow")),
                "mocks": array(ref("MockedService")),
            },
            optional=("scenario",),
        ),
        "NamedWorkflow": obj({"workflow_id": TEXT, "name": TEXT}),
        "Fault": obj({"loc": array({"type": ["string", "integer"]}), "msg": TEXT, "type": TEXT}),
        "Error": obj(
            {
                "detail": {"oneOf": [TEXT, array(ref("Fault"))]},
                "error_code": words(ErrorCode),
                "timestamp": DATE_TIME,
                "request_id": TEXT,
                "path": TEXT,
                "method": TEXT,
                "error_id": TEXT,
            },
            optional=("error_id",),
        ),
    }

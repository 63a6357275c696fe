"""The JSON Schemas of the REST edge: requests from the commands themselves, answers written out."""

import msgspec
from pydantic.json_schema import models_json_schema

from models.commands.workflows import WorkflowChanges
from models.error_codes import ErrorCode
from models.words import (
    ActivityType,
    CircuitState,
    ExecutionStatus,
)
from rest_compat.definition_schemas import definition_schemas, limit_schema, retention_schema
from rest_compat.execution_bodies import (
    ACCEPTED,
    EXECUTION,
    EXECUTION_ITEM,
    LABELLED,
    LOG_LINE,
    PROGRESS,
    WAITING_ACTION,
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
from rest_compat.openapi_operations import OPERATIONS
from rest_compat.responses import WARNING, WORKFLOW, WORKFLOW_ITEM

STEP: Schema = {"description": "A key, or an index from 0."}
"""Text or integer, but not told by a type: generated clients cannot read a choice (`Fault`) within one (`Error`)."""

REQUESTS = dict.fromkeys(operation.takes for operation in OPERATIONS if operation.takes is not None)


def schemas() -> dict[str, Schema]:
    """All named schemas."""
    return _request_schemas() | _response_schemas()


def _request_schemas() -> dict[str, Schema]:
    _, top = models_json_schema(
        [(model, "validation") for model in REQUESTS], ref_template="#/components/schemas/{model}"
    )
    definitions: dict[str, Schema] = top["$defs"]
    changes: list[type[WorkflowChanges]] = [WorkflowChanges, *WorkflowChanges.__subclasses__()]
    names_of_changes = {model.__name__ for model in changes}
    for name, definition in definitions.items():
        definition.pop("title", None)  # generators name types by titles where there are some
        for value in definition.get("properties", {}).values():
            _tidy(value, is_filled_in=name not in names_of_changes)
    return definitions


def _tidy(value: Schema, *, is_filled_in: bool) -> None:
    """Leave of what Pydantic says what generators of clients understand alike; its descriptions are for GraphQL."""
    for word in ("title", "description"):
        value.pop(word, None)
    default = value.pop("default", None)  # they take a property that has one for always there
    if is_filled_in and default not in (None, "", [], {}):
        value["description"] = f"Default: `{msgspec.json.encode(default).decode()}`."
    if value.get("type") == "object":
        value.setdefault("additionalProperties", True)  # they take it for empty otherwise


def _response_schemas() -> dict[str, Schema]:
    return {
        "WorkflowItem": WORKFLOW_ITEM.schema,
        **definition_schemas(),
        "Workflow": WORKFLOW.schema,
        "WorkflowWarning": WARNING.schema,
        "WorkflowConcurrency": limit_schema(),
        "WorkflowRetention": retention_schema(),
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
                "own_code": TEXT,
                "compensation_failed": array(TEXT),
            },
            optional=("attempt", "http_status", "own_code", "compensation_failed"),
        ),
        "ActionResult": obj(
            {
                "status": {"type": "string", "enum": ["success", "failed", "skipped", "cancelled"]},
                "response": {},
                "error": ref("ExecutionError"),
                "resolved_by": obj({"user_id": TEXT, "reason": TEXT, "at": DATE_TIME}),
                "reused_from": TEXT,
                "given": FLAG,
            },
            optional=("error", "resolved_by", "reused_from", "given"),
        ),
        "AcceptedExecution": ACCEPTED.schema,
        "ExecutionItem": EXECUTION_ITEM.schema,
        "ExecutionList": obj({"executions": array(ref("ExecutionItem")), "pagination": ref("Pagination")}),
        "LogLine": LOG_LINE.schema,
        "WaitingAction": WAITING_ACTION.schema,
        "Progress": PROGRESS.schema,
        "Execution": EXECUTION.schema,
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
        "LabelledExecution": LABELLED.schema,
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
                        "paused_executions": COUNT,
                        "set_aside_executions": COUNT,
                    },
                    optional=("paused_executions", "set_aside_executions"),
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
        "Fault": obj({"loc": array(STEP), "msg": TEXT, "type": TEXT}),
        "Error": obj(
            {
                "detail": {"oneOf": [TEXT, array(ref("Fault"))]},
                "error_code": words(ErrorCode),
                "timestamp": DATE_TIME,
                "request_id": TEXT,
                "path": TEXT,
                "method": TEXT,
                "error_id": TEXT,
                "hint": TEXT,
            },
            optional=("error_id", "hint"),
        ),
    }

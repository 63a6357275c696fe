"""Every REST operation: its path, what it takes, what it answers, and where its answer leads."""

from typing import Any

import msgspec
from pydantic import BaseModel

from models.commands.by_hand import GivenReason
from models.commands.labels import LabelChanges
from models.commands.reruns import RerunExecution
from models.commands.test_environment import CleanUpTestData, MockService, SetUpTestData
from models.commands.workflows import CreateFromTemplate, CreateWorkflow, ExecuteWorkflow, UpdateWorkflow
from models.words import ExecutionStatus
from rest_compat.openapi_forms import DATE_TIME, FLAG, TEXT, Schema, words

READING = (401, 404)


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation. `answers` maps a status to a schema's name; `errors` are statuses with the error envelope."""

    method: str
    path: str
    id: str
    summary: str
    tag: str
    answers: dict[int, str | None]
    errors: tuple[int, ...] = (401,)
    takes: type[BaseModel] | None = None
    takes_example: Any = None
    body_is_optional: bool = False
    parameters: tuple[Schema, ...] = ()
    links: dict[str, Schema] = {}
    open: bool = False


def query(name: str, schema: Schema, description: str, *, required: bool = False) -> Schema:
    """A parameter of the query."""
    return {"name": name, "in": "query", "schema": schema, "description": description, "required": required}


def path(name: str, example: str, description: str) -> Schema:
    """A parameter of the path."""
    parameter = {"name": name, "in": "path", "schema": TEXT, "description": description, "required": True}
    return {**parameter, "example": example}


def header(name: str, schema: Schema, example: str, description: str) -> Schema:
    """A header of the request."""
    parameter = {"name": name, "in": "header", "schema": schema, "description": description, "required": False}
    return {**parameter, "example": example}


def link(operation_id: str, parameter: str, pointer: str) -> Schema:
    """What an answer leads to: another operation, given a value from the answer."""
    return {"operationId": operation_id, "parameters": {parameter: f"$response.body#/{pointer}"}}


# The page that documents the API puts real ids in the place of examples that end with `...`.
WORKFLOW_ID = path("workflow_id", "wf_...", "The workflow's id.")
EXECUTION_ID = path("execution_id", "exec_...", "The execution's id.")
IF_MATCH = header("If-Match", TEXT, "*", "The version that is to be changed, as in the ETag; `*`: any.")
PAGE = query("page", {"type": "integer", "minimum": 1, "maximum": 2**31, "default": 1}, "Page number.")
PAGE_SIZE = query("page_size", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "Items per page.")
LIMIT = {"type": "integer", "minimum": 1, "maximum": 100}
STATUS = {"type": "string", "enum": ["active", "inactive", "draft"]}
RUN_STATUS = words(ExecutionStatus)

KEY = {"type": "string", "minLength": 1, "maxLength": 255}
IDEMPOTENCY_KEY = header(
    "Idempotency-Key", KEY, "order-...", "Repeating the request with the same key gives the same execution."
)

WORKFLOW_LINKS = {
    "read": link("readWorkflow", "workflow_id", "workflow_id"),
    "update": link("updateWorkflow", "workflow_id", "workflow_id"),
    "execute": link("executeWorkflow", "workflow_id", "workflow_id"),
    "executions": link("listExecutions", "workflow_id", "workflow_id"),
    "delete": link("deleteWorkflow", "workflow_id", "workflow_id"),
}
EXECUTION_LINKS = {
    "status": link("readExecution", "execution_id", "execution_id"),
    "cancel": link("cancelExecution", "execution_id", "execution_id"),
}
GREETING = {
    "name": "Greeting",
    "description": "Says hello",
    "parameters": [{"name": "who", "type": "string", "required": True}],
    "actions": [
        {"action_id": "greet", "action_type": "notification", "name": "Greet", "config": {"message": "Hello, {{who}}!"}}
    ],
    "tags": ["example"],
    "timeout_seconds": 300,
}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="post",
        path="/workflows",
        id="createWorkflow",
        summary="Create a workflow.",
        tag="Workflows",
        takes=CreateWorkflow,
        takes_example=GREETING,
        answers={201: "Workflow"},
        errors=(400, 401, 403, 409, 413, 415, 422),
        links=WORKFLOW_LINKS,
    ),
    Operation(
        method="get",
        path="/workflows",
        id="listWorkflows",
        summary="List workflows, newest first.",
        tag="Workflows",
        parameters=(
            PAGE,
            PAGE_SIZE,
            query("status", STATUS, "Only those in this status."),
            query("created_by", TEXT, "Only those of this owner."),
            query("tags", TEXT, "Only those with these tags, separated by commas; `\\,` is a comma of a tag."),
            query("tags_mode", {"type": "string", "enum": ["all", "any"], "default": "all"}, "All tags, or any."),
            query("search", TEXT, "Only those with this text in the name or the description, in any case."),
        ),
        answers={200: "WorkflowList"},
        errors=(401, 422),
    ),
    Operation(
        method="get",
        path="/workflows/{workflow_id}",
        id="readWorkflow",
        summary="Get a workflow with its definition.",
        tag="Workflows",
        parameters=(WORKFLOW_ID,),
        answers={200: "Workflow"},
        errors=READING,
    ),
    Operation(
        method="put",
        path="/workflows/{workflow_id}",
        id="updateWorkflow",
        summary="Change the fields that are sent; a changed definition gets a new version.",
        tag="Workflows",
        parameters=(WORKFLOW_ID, IF_MATCH),
        takes=UpdateWorkflow,
        takes_example={"description": "Updated description", "tags": ["updated", "v2"], "timeout_seconds": 600},
        answers={200: "Workflow"},
        errors=(400, 401, 403, 404, 409, 413, 415, 422),
    ),
    Operation(
        method="delete",
        path="/workflows/{workflow_id}",
        id="deleteWorkflow",
        summary="Delete a workflow; its executions stay readable.",
        tag="Workflows",
        parameters=(WORKFLOW_ID, query("cancel_running", FLAG, "Cancel its executions as well.")),
        answers={204: None},
        errors=(401, 403, 404, 422),
    ),
    Operation(
        method="post",
        path="/workflows/from-template",
        id="createFromTemplate",
        summary="Create a workflow from a template.",
        tag="Workflows",
        takes=CreateFromTemplate,
        takes_example={
            "template_name": "document_analysis",
            "customizations": {
                "name": "Custom Document Analysis",
                "parameters": [
                    {"name": "document_url", "type": "string", "default_value": "https://example.com/report.pdf"}
                ],
            },
        },
        answers={201: "Workflow"},
        errors=(400, 401, 403, 404, 409, 413, 415, 422),
        links=WORKFLOW_LINKS,
    ),
    Operation(
        method="get",
        path="/workflows/templates",
        id="listTemplates",
        summary="List the templates.",
        tag="Workflows",
        answers={200: "TemplateList"},
    ),
    Operation(
        method="get",
        path="/workflows/search",
        id="searchWorkflows",
        summary="Search workflows by words; the best match comes first.",
        tag="Workflows",
        parameters=(
            {**query("q", {"type": "string", "minLength": 1}, "The words.", required=True), "example": "greeting"},
            query("limit", {**LIMIT, "default": 50}, "At most so many."),
        ),
        answers={200: "WorkflowSearch"},
        errors=(401, 422),
    ),
    Operation(
        method="post",
        path="/workflows/{workflow_id}/execute",
        id="executeWorkflow",
        summary="Execute a workflow: 202 where it goes on, 200 where it has ended.",
        tag="Executions",
        parameters=(
            WORKFLOW_ID,
            IDEMPOTENCY_KEY,
        ),
        takes=ExecuteWorkflow,
        takes_example={"parameters": {"who": "Ada"}, "async_execution": True},
        body_is_optional=True,
        answers={200: "AcceptedExecution", 202: "AcceptedExecution"},
        errors=(400, 401, 403, 404, 409, 413, 415, 422, 503),
        links=EXECUTION_LINKS,
    ),
    Operation(
        method="get",
        path="/workflows/{workflow_id}/executions",
        id="listExecutions",
        summary="List a workflow's executions, newest first.",
        tag="Executions",
        parameters=(WORKFLOW_ID, PAGE, PAGE_SIZE, query("status", RUN_STATUS, "Only those in this status.")),
        answers={200: "ExecutionList"},
        errors=(401, 404, 422),
    ),
    Operation(
        method="get",
        path="/workflows/executions/{execution_id}",
        id="readExecution",
        summary="Get an execution with its progress, log and result.",
        tag="Executions",
        parameters=(EXECUTION_ID,),
        answers={200: "Execution"},
        errors=READING,
    ),
    Operation(
        method="patch",
        path="/workflows/executions/{execution_id}/labels",
        id="labelExecution",
        summary="Change labels of an execution; what is not named stays as it is.",
        tag="Executions",
        parameters=(EXECUTION_ID,),
        takes=LabelChanges,
        takes_example={"set": {"team": "billing"}, "remove": ["draft"]},
        answers={200: "LabelledExecution"},
        errors=(400, 401, 403, 404, 413, 415, 422),
    ),
    Operation(
        method="post",
        path="/workflows/executions/{execution_id}/pause",
        id="pauseExecution",
        summary="Pause an execution: nothing of it begins, what is under way ends, and its time-out does not run on.",
        tag="Executions",
        parameters=(EXECUTION_ID,),
        takes=GivenReason,
        takes_example={"reason": "The billing service is being repaired"},
        body_is_optional=True,
        answers={200: "Execution"},
        errors=(400, 401, 403, 404, 409, 413, 415, 422),
        links={"resume": link("resumeExecution", "execution_id", "execution_id")},
    ),
    Operation(
        method="post",
        path="/workflows/executions/{execution_id}/resume",
        id="resumeExecution",
        summary="Have a paused execution go on.",
        tag="Executions",
        parameters=(EXECUTION_ID,),
        takes=GivenReason,
        takes_example={"reason": "It is repaired"},
        body_is_optional=True,
        answers={200: "Execution"},
        errors=(400, 401, 403, 404, 409, 413, 415, 422),
    ),
    Operation(
        method="post",
        path="/workflows/executions/{execution_id}/cancel",
        id="cancelExecution",
        summary="Cancel an execution; its work in flight is aborted.",
        tag="Executions",
        parameters=(EXECUTION_ID,),
        answers={200: "CancelledExecution"},
        errors=(401, 403, 404, 409),
    ),
    Operation(
        method="post",
        path="/workflows/executions/{execution_id}/rerun",
        id="rerunExecution",
        summary="Do an execution that has ended over, by another one that reuses what holds of it.",
        tag="Executions",
        parameters=(EXECUTION_ID, IDEMPOTENCY_KEY),
        takes=RerunExecution,
        takes_example={"from": "failed", "reason": "The service is back", "async_execution": True},
        body_is_optional=True,
        answers={200: "AcceptedExecution", 202: "AcceptedExecution"},
        errors=(400, 401, 403, 404, 409, 413, 415, 422, 503),
        links=EXECUTION_LINKS,
    ),
    Operation(
        method="get",
        path="/workflows/statistics",
        id="readStatistics",
        summary="Get the tenant's totals.",
        tag="Monitoring",
        answers={200: "Statistics"},
    ),
    Operation(
        method="get",
        path="/workflows/activity",
        id="listActivity",
        summary="Get the activity feed.",
        tag="Monitoring",
        parameters=(
            query("limit", {**LIMIT, "default": 20}, "At most so many."),
            query("since", DATE_TIME, "Only what came after this moment; without a zone it is UTC."),
            query("order", {"type": "string", "enum": ["asc", "desc"], "default": "desc"}, "Oldest or newest first."),
        ),
        answers={200: "ActivityFeed"},
        errors=(401, 422),
    ),
    Operation(
        method="get",
        path="/workflows/health",
        id="readHealth",
        summary="Check the service and what it depends on.",
        tag="Monitoring",
        answers={200: "Health", 503: "Health"},
        open=True,
    ),
    Operation(
        method="get",
        path="/healthz",
        id="isAlive",
        summary="Say that the process is alive.",
        tag="Monitoring",
        answers={200: "Probe"},
        errors=(),
        open=True,
    ),
    Operation(
        method="get",
        path="/readyz",
        id="isReady",
        summary="Say whether requests can be sent here.",
        tag="Monitoring",
        answers={200: "Probe", 503: "Probe"},
        errors=(),
        open=True,
    ),
    Operation(
        method="get",
        path="/metrics",
        id="readMetrics",
        summary="Get the figures of this process: JSON, or Prometheus' text where Accept asks for it.",
        tag="Monitoring",
        answers={200: "Metrics"},
        errors=(401, 503),
        open=True,
    ),
    Operation(
        method="post",
        path="/test/setup",
        id="setUpTestData",
        summary="Create a scenario's data. Only in the test environment.",
        tag="Test environment",
        takes=SetUpTestData,
        takes_example={"scenario": "greeting", "cleanup_existing": True},
        answers={200: "TestData"},
        errors=(400, 401, 403, 404, 413, 415, 422),
    ),
    Operation(
        method="post",
        path="/test/cleanup",
        id="cleanUpTestData",
        summary="Remove test data. Only in the test environment.",
        tag="Test environment",
        takes=CleanUpTestData,
        takes_example={"cleanup_all": False},
        body_is_optional=True,
        answers={200: "TestData"},
        errors=(400, 401, 403, 404, 413, 415, 422),
    ),
    Operation(
        method="post",
        path="/test/mock-service",
        id="mockService",
        summary="Configure what a service answers. Only in the test environment.",
        tag="Test environment",
        takes=MockService,
        takes_example={
            "service_name": "analysis_service",
            "endpoint": "/analyze",
            "response": {"status": "success", "data": {"quality_score": 0.85, "issues": []}},
            "delay_ms": 100,
        },
        answers={200: "MockedService"},
        errors=(400, 401, 404, 413, 415, 422),
    ),
)

"""Every route of the REST edge: a request, and who may send it."""

from typing import Any, NamedTuple

from tests.authorization.actors import EVERYBODY, MEMBERS, NARROW
from tests.authorization.fields import CREATORS, OVERSEERS, READERS, RUNNERS


class Route(NamedTuple):
    """A request with `{workflow}`, `{execution}`, ... for ids; see `fields.Case` for the rest."""

    method: str
    path: str
    may: frozenset[str]
    body: Any = None
    aims: bool = False


ROUTES: dict[str, Route] = {
    "createWorkflow": Route("POST", "/workflows", CREATORS, {"name": "{fresh}"}),
    "listWorkflows": Route("GET", "/workflows", READERS),
    "readWorkflow": Route("GET", "/workflows/{workflow}", MEMBERS | {NARROW}, aims=True),
    "updateWorkflow": Route("PUT", "/workflows/{workflow}", OVERSEERS, {"description": "{fresh}"}, aims=True),
    "deleteWorkflow": Route("DELETE", "/workflows/{workflow}", OVERSEERS, aims=True),
    "createFromTemplate": Route(
        "POST",
        "/workflows/from-template",
        CREATORS,
        {"template_name": "document_analysis", "customizations": {"name": "{fresh}"}},
    ),
    "listTemplates": Route("GET", "/workflows/templates", READERS),
    "searchWorkflows": Route("GET", "/workflows/search?q=target", READERS),
    "executeWorkflow": Route("POST", "/workflows/{workflow}/execute", RUNNERS, {}, aims=True),
    "listExecutions": Route("GET", "/workflows/{workflow}/executions", MEMBERS, aims=True),
    "readExecution": Route("GET", "/workflows/executions/{execution}", MEMBERS, aims=True),
    "cancelExecution": Route("POST", "/workflows/executions/{waiting}/cancel", OVERSEERS, aims=True),
    "labelExecution": Route(
        "PATCH", "/workflows/executions/{execution}/labels", OVERSEERS, {"set": {"team": "{fresh}"}}, aims=True
    ),
    "pauseExecution": Route("POST", "/workflows/executions/{waiting}/pause", OVERSEERS, aims=True),
    "resumeExecution": Route("POST", "/workflows/executions/{waiting}/resume", OVERSEERS, aims=True),
    "rerunExecution": Route("POST", "/workflows/executions/{execution}/rerun", RUNNERS, {}, aims=True),
    "readStatistics": Route("GET", "/workflows/statistics", READERS),
    "listActivity": Route("GET", "/workflows/activity", READERS),
    "readHealth": Route("GET", "/workflows/health", EVERYBODY),
    "isAlive": Route("GET", "/healthz", EVERYBODY),
    "isReady": Route("GET", "/readyz", EVERYBODY),
    "readMetrics": Route("GET", "/metrics", EVERYBODY),
}

ABSENT_IN_PRODUCTION = {"setUpTestData", "cleanUpTestData", "mockService"}

"""All controllers of the REST edge."""

from litestar import Controller
from litestar.handlers import HTTPRouteHandler

from rest_compat.activity import ActivityController
from rest_compat.executions import ExecutionController
from rest_compat.openapi_route import openapi_route
from rest_compat.probes import PROBES
from rest_compat.statistics import StatisticsController
from rest_compat.test_environment import TestEnvironmentController
from rest_compat.workflow_search import SearchController
from rest_compat.workflow_templates import TemplateController
from rest_compat.workflows import WorkflowController

CONTROLLERS: list[type[Controller]] = [
    WorkflowController,
    ExecutionController,
    TemplateController,
    SearchController,
    StatisticsController,
    ActivityController,
    *PROBES,
]


def rest_routes(*, test_environment: bool, served_at: str) -> list[type[Controller] | HTTPRouteHandler]:
    """The handlers; what belongs to the test environment is not even there elsewhere (FAULTS S11).

    `served_at` is the address that the OpenAPI document names, or the path below which the service is.
    """
    only_there = [TestEnvironmentController] if test_environment else []
    return [*CONTROLLERS, *only_there, openapi_route(served_at)]

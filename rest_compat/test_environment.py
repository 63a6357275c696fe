"""The documented paths under `/test`, registered in the test environment alone (decision X3)."""

from typing import Any

from litestar import Controller, Response, post

from engine.services.mocks import Mock
from models.commands.test_environment import CleanUpTestData, MockService, SetUpTestData
from models.commands.validation import parse
from resolvers import test_environment
from resolvers.test_environment import TestData
from rest_compat.requests import RestRequest, caller, json_object
from rest_compat.responses import json_response


class TestEnvironmentController(Controller):
    """`/test`."""

    path = "/test"

    @post("/setup", status_code=200)
    async def set_up(self, request: RestRequest) -> Response[bytes]:
        """Create a scenario's data."""
        ctx = await caller(request)
        command = parse(SetUpTestData, await json_object(request))
        data = await test_environment.set_up_test_data(ctx, command)
        return json_response({"scenario": command.scenario, **_data(data)})

    @post("/cleanup", status_code=200)
    async def clean_up(self, request: RestRequest) -> Response[bytes]:
        """Remove test data."""
        ctx = await caller(request)
        body = await json_object(request) if await request.body() else {}
        return json_response(_data(await test_environment.clean_up_test_data(ctx, parse(CleanUpTestData, body))))

    @post("/mock-service", status_code=200)
    async def mock_service(self, request: RestRequest) -> Response[bytes]:
        """Configure what a service answers."""
        ctx = await caller(request)
        mock = await test_environment.mock_service(ctx, parse(MockService, await json_object(request)))
        return json_response(_mock(mock))


def _data(data: TestData) -> dict[str, Any]:
    return {
        "created": [{"workflow_id": workflow.id, "name": workflow.name} for workflow in data.created],
        "removed": [{"workflow_id": workflow.id, "name": workflow.name} for workflow in data.removed],
        "mocks": [_mock(mock) for mock in data.mocks],
    }


def _mock(mock: Mock) -> dict[str, Any]:
    return {
        "service_name": mock.service,
        "endpoint": mock.endpoint,
        "method": mock.method,
        "response": mock.response,
        "status_code": mock.status_code,
        "delay_ms": mock.delay_ms,
        "times": mock.times,
        "error": mock.error,
    }

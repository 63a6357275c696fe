"""The mutations that exist in the test environment alone: set up, clean up, mock a service."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from engine.services.mocks import Mock
from models.commands.test_environment import CleanUpTestData, MockService, SetUpTestData
from models.commands.validation import parse
from resolvers import test_environment
from resolvers.test_environment import TestData
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.derivation import input_of
from schema.errors import USER_ERRORS, UserError, payload
from schema.mirrors import Mirror
from schema.mutations.root import Mutation
from schema.types.scalars import raw
from schema.types.workflows import Workflow, workflow_type


@input_of(SetUpTestData, "A scenario of test data.")
class SetUpTestDataInput:
    """See `SetUpTestData`."""


@input_of(CleanUpTestData, "Which test data to remove.")
class CleanUpTestDataInput:
    """See `CleanUpTestData`."""


@input_of(MockService, "What a service is to answer at an endpoint.")
class MockServiceInput:
    """See `MockService`."""


@strawberry.type(description="What a mocked service answers.")
class ServiceMock:
    """A mock as it is configured."""

    service_name: str = strawberry.field(description="The service.")
    endpoint: str = strawberry.field(description="The path.")
    method: str | None = strawberry.field(description="The method; null is any.")
    response: JSON | None = strawberry.field(description="The JSON body.")
    status_code: int = strawberry.field(description="The status.")
    delay_ms: int = strawberry.field(description="Milliseconds before it answers.")
    times: int | None = strawberry.field(description="For so many calls; null is for ever.")
    error: str | None = strawberry.field(description="What comes in place of an answer.")


SERVICE_MOCK = Mirror(ServiceMock, Mock, "service_name")


@strawberry.type(description="What a change of the test data did.")
class TestDataPayload:
    """Created, removed, mocked."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    created: list[Workflow] = strawberry.field(default_factory=list, description="The workflows that were created.")
    removed_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The workflows that were deleted."
    )
    mocks: list[ServiceMock] = strawberry.field(
        default_factory=list, description="The mocks that were installed, or removed by a clean-up."
    )


@strawberry.type(description="The answer to a mocked service.")
class MockServicePayload:
    """The mock as it is configured."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    mock: ServiceMock | None = strawberry.field(default=None, description="The mock as it is configured.")


@strawberry.type(name="Mutation", description="All that can be done.")
class TestEnvironmentMutation(Mutation):
    """The mutations with those of the test environment."""

    @strawberry.mutation(description="Create a scenario's workflows and mocks. Only in the test environment.")
    async def set_up_test_data(self, info: GraphQLInfo, input: Given[SetUpTestDataInput]) -> TestDataPayload:
        """Set up."""

        async def work() -> dict[str, Any]:
            return _data(await test_environment.set_up_test_data(info.context.ctx, parse(SetUpTestData, raw(input))))

        return await payload(info, input, TestDataPayload, work)

    @strawberry.mutation(
        description="Delete workflows, yours unless another user is named, and all mocks. Only in the test environment."
    )
    async def clean_up_test_data(self, info: GraphQLInfo, input: Given[CleanUpTestDataInput]) -> TestDataPayload:
        """Clean up."""

        async def work() -> dict[str, Any]:
            return _data(
                await test_environment.clean_up_test_data(info.context.ctx, parse(CleanUpTestData, raw(input)))
            )

        return await payload(info, input, TestDataPayload, work)

    @strawberry.mutation(
        description="Let a mock answer for a service, registered or not, until it is cleaned up or the orchestrator "
        "restarts. Only in the test environment."
    )
    async def mock_service(self, info: GraphQLInfo, input: Given[MockServiceInput]) -> MockServicePayload:
        """Mock."""

        async def work() -> dict[str, Any]:
            mock = await test_environment.mock_service(info.context.ctx, parse(MockService, raw(input)))
            return {"mock": _mock(mock)}

        return await payload(info, input, MockServicePayload, work)


def _data(data: TestData) -> dict[str, Any]:
    return {
        "created": [workflow_type(workflow) for workflow in data.created],
        "removed_ids": [strawberry.ID(workflow.id) for workflow in data.removed],
        "mocks": [_mock(mock) for mock in data.mocks],
    }


def _mock(mock: Mock) -> ServiceMock:
    return SERVICE_MOCK.of(mock, service_name=mock.service)

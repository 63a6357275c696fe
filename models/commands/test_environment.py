"""What may be asked of the test environment alone (decisions X9 and X10)."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from models.commands.validation import PATH, Command
from models.commands.workflows import UserId


class SetUpTestData(Command):
    """`POST /test/setup` and `setUpTestData` (decision X9)."""

    scenario: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="`document_analysis`, `failure`, `greeting` or `pagination`."
    )
    user_id: UserId | None = Field(default=None, description="Who owns what is created; default: you.")
    cleanup_existing: bool = Field(default=False, description="Delete that user's workflows first. Default: false.")


class CleanUpTestData(Command):
    """`POST /test/cleanup` and `cleanUpTestData` (decision X9)."""

    user_id: UserId | None = Field(default=None, description="Whose workflows; default: yours.")
    cleanup_all: bool = Field(default=False, description="Everybody's in the tenant. Default: false.")


class MockService(Command):
    """`POST /test/mock-service` and `mockService` (decision X10)."""

    service_name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="The service that workflows name."
    )
    endpoint: Annotated[str, StringConstraints(pattern=PATH, max_length=2048)] = Field(
        description="The path, beginning with `/`, such as `/analyze`."
    )
    response: Any = Field(default=None, description="The JSON body.")
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = Field(
        default=None, description="GET, POST, PUT, PATCH or DELETE; default: any of them."
    )
    status_code: int = Field(default=200, ge=200, le=599, description="200 to 599; default: 200.")
    delay_ms: int = Field(default=0, ge=0, le=600_000, description="Milliseconds before it answers: 0 to 600000.")
    times: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="For so many calls, then the service is as before; default: for ever."
    )
    error: Literal["connection_error", "timeout"] | None = Field(
        default=None, description="`connection_error` or `timeout` in place of an answer."
    )

"""The commands: what a caller may ask for, validated once for both edges (limits: decision W13)."""

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from models.commands.concurrency import ConcurrencyLimit
from models.commands.control_flow import ForEach, Repeat
from models.commands.json_equality import same
from models.commands.retry_policy import RetryPolicy
from models.commands.validation import IDENTIFIER, PATH, Command
from models.moments import Moment
from models.words import ActivityType, ErrorPolicy, ExecutionStatus, ParameterType, RunIf, TagsMode, WorkflowStatus

MAX_TIMEOUT_SECONDS = 604_800
MAX_ACTIONS = 500
MAX_PARAMETERS = 100
MAX_CLEAN_UP_ACTIONS = 100
MAX_OUTPUTS = 100
MAX_TAGS = 50
MAX_KEY = 255
MAX_PAGE_SIZE = 100

RESERVED_NAMES = frozenset({"parameters", "actions", "execution", "secrets"})
"""The explicit roots of a template path (decision W4)."""

READ_ONLY_FIELDS = frozenset(
    {
        "workflow_id",
        "version",
        "created_by",
        "created_at",
        "updated_at",
        "execution_count",
        "last_execution",
        "warnings",
    }
)
"""What an answer adds to a workflow: ignored in a request, so that GET -> PUT round-trips (decision W5)."""

SCHEMA_FIELD = "$schema"
"""Where a file in JSON tells an editor which schema it has: ignored in a request too."""

WEB_ADDRESS = re.compile(r"https?://[!-\[\]-~]+", re.IGNORECASE)
"""Printable ASCII without white space and backslash, which clients read in different ways."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Description = Annotated[str, StringConstraints(max_length=4000)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ActionType = Annotated[str, StringConstraints(min_length=1, max_length=64)]
TimeoutSeconds = Annotated[int, Field(ge=1, le=MAX_TIMEOUT_SECONDS)]
Outputs = Annotated[dict[Identifier, Any], Field(max_length=MAX_OUTPUTS)]
UserId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=MAX_KEY)]
# Words of a closed set arrive as JSON strings, which strict mode alone would not take for an enum.
ParameterTypeWord = Annotated[ParameterType, Field(strict=False)]
ActivityTypeWord = Annotated[ActivityType, Field(strict=False)]
RunIfWord = Annotated[RunIf, Field(strict=False)]
ErrorPolicyWord = Annotated[ErrorPolicy, Field(strict=False)]
ExecutionStatusWord = Annotated[ExecutionStatus, Field(strict=False)]
WorkflowStatusWord = Annotated[WorkflowStatus, Field(strict=False)]


class ParameterDefinition(Command):
    """One parameter of a workflow (decision E3)."""

    name: Identifier
    type: ParameterTypeWord
    description: Description | None = None
    required: bool = False
    default_value: Any = None
    allowed_values: list[Any] | None = None

    @field_validator("name")
    @classmethod
    def _name_is_free(cls, name: str) -> str:
        return _not_reserved(name)

    @model_validator(mode="after")
    def _values_fit(self) -> Self:
        for value in self.allowed_values or ():
            if not fits(self.type, value):
                raise ValueError(f"allowed_values holds {value!r}, which is no {self.type}")
        if self.default_value is not None:
            if not fits(self.type, self.default_value):
                raise ValueError(f"default_value is no {self.type}")
            if self.allowed_values is not None and not among(self.default_value, self.allowed_values):
                raise ValueError("default_value is not among allowed_values")
        return self


class Compensation(Command):
    """What undoes an action that succeeded, where its execution then fails or is cancelled; it runs once.

    `config` is checked by its action type; its templates see all results, that of the action among them.
    """

    action_type: ActionType
    config: dict[str, Any] = Field(default_factory=dict)
    timeout_seconds: TimeoutSeconds | None = None
    retry: RetryPolicy | None = None


class ActionDefinition(Command):
    """One action of a workflow; `config` is checked by its action type.

    It is skipped where `when`, one whole `{{expression}}`, is false, or where `run_if` does not hold. `output`, any
    JSON with `{{expressions}}` in it, makes what is kept of its `response`.
    """

    action_id: Identifier
    action_type: ActionType
    name: Name | None = None
    description: Description | None = None
    config: dict[str, Any] = Field(default_factory=dict)
    depends_on: list[Identifier] = Field(default_factory=list)
    timeout_seconds: TimeoutSeconds | None = None
    retry: RetryPolicy | None = None
    on_error: ErrorPolicyWord = ErrorPolicy.FAIL
    when: bool | str | None = None
    run_if: RunIfWord | None = None
    for_each: ForEach | None = None
    repeat: Repeat | None = None
    output: Any = None
    compensate: Compensation | None = None

    @field_validator("action_id")
    @classmethod
    def _id_is_free(cls, action_id: str) -> str:
        return _not_reserved(action_id)


CleanUpActions = Annotated[list[ActionDefinition], Field(max_length=MAX_CLEAN_UP_ACTIONS)]


class WorkflowFields(Command):
    """What create and update share: the rules of the single fields."""

    @model_validator(mode="before")
    @classmethod
    def _drop_read_only_fields(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            ignored = READ_ONLY_FIELDS | {SCHEMA_FIELD}
            return {key: value for key, value in raw.items() if key not in ignored}
        return raw

    @field_validator("name", check_fields=False)
    @classmethod
    def _name_is_not_blank(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("name must not be blank")
        return name

    @field_validator("tags", check_fields=False)
    @classmethod
    def _tags_are_a_set(cls, tags: list[str]) -> list[str]:
        return list(dict.fromkeys(tags))


class CreateWorkflow(WorkflowFields):
    """`POST /workflows` and `createWorkflow`."""

    name: Name
    description: Description | None = None
    parameters: Annotated[list[ParameterDefinition], Field(max_length=MAX_PARAMETERS)] = []
    actions: Annotated[list[ActionDefinition], Field(max_length=MAX_ACTIONS)] = []
    on_failure: CleanUpActions = []
    on_exit: CleanUpActions = []
    outputs: Outputs = {}
    status: WorkflowStatusWord = WorkflowStatus.ACTIVE
    tags: Annotated[list[Tag], Field(max_length=MAX_TAGS)] = []
    timeout_seconds: TimeoutSeconds | None = None
    queue_timeout_seconds: TimeoutSeconds | None = None
    concurrency: ConcurrencyLimit | None = None


class WorkflowChanges(WorkflowFields):
    """Some of a workflow's fields: only the keys that are present count."""

    name: Name = ""
    description: Description | None = None
    parameters: Annotated[list[ParameterDefinition], Field(max_length=MAX_PARAMETERS)] = []
    actions: Annotated[list[ActionDefinition], Field(max_length=MAX_ACTIONS)] = []
    on_failure: CleanUpActions = []
    on_exit: CleanUpActions = []
    outputs: Outputs = {}
    status: WorkflowStatusWord = WorkflowStatus.ACTIVE
    tags: Annotated[list[Tag], Field(max_length=MAX_TAGS)] = []
    timeout_seconds: TimeoutSeconds | None = None
    queue_timeout_seconds: TimeoutSeconds | None = None
    concurrency: ConcurrencyLimit | None = None


class UpdateWorkflow(WorkflowChanges):
    """`PUT /workflows/{id}` and `updateWorkflow`: only the keys that are present change (decision W5)."""

    expected_version: str | None = None


class CreateFromTemplate(Command):
    """`POST /workflows/from-template` and `createWorkflowFromTemplate` (decision W11)."""

    template_name: Name
    customizations: WorkflowChanges | None = None


class ExecuteWorkflow(Command):
    """`POST /workflows/{id}/execute` and `executeWorkflow`."""

    parameters: dict[str, Any] = Field(default_factory=dict)
    async_execution: bool = True
    callback_url: Annotated[str, StringConstraints(max_length=2048)] | None = None
    idempotency_key: IdempotencyKey | None = None

    @field_validator("callback_url")
    @classmethod
    def _is_web_address(cls, url: str | None) -> str | None:
        if url is not None and not is_web_address(url):
            raise ValueError("callback_url must be an http or https URL with a host, and without a user")
        return url


class PageOf(Command):
    """A numbered page (decision W8)."""

    page: Annotated[int, Field(ge=1, le=2**31)] = 1
    page_size: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = 50


class ListWorkflows(PageOf):
    """The query of `GET /workflows` (decision W9); what is absent does not filter."""

    status: WorkflowStatusWord | None = None
    created_by: str | None = None
    tags: list[str] = Field(default_factory=list)
    tags_mode: Annotated[TagsMode, Field(strict=False)] = TagsMode.ALL
    search: str | None = None


class SearchWorkflows(Command):
    """The query of `GET /workflows/search` and of `searchWorkflows` (decision W10)."""

    q: Annotated[str, StringConstraints(max_length=200)]
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = 50

    @field_validator("q")
    @classmethod
    def _is_not_blank(cls, q: str) -> str:
        if not q.strip():
            raise ValueError("must not be blank: send the words to search for")
        return q


class ListExecutions(PageOf):
    """The query of `GET /workflows/{id}/executions`."""

    status: ExecutionStatusWord | None = None


class ListActivities(Command):
    """The query of `GET /workflows/activity` (decision X8): those after `since`, itself excluded."""

    since: Moment | None = None
    type: ActivityTypeWord | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = 20
    order: Literal["asc", "desc"] = "desc"


class SetUpTestData(Command):
    """`POST /test/setup` and `setUpTestData` (decision X9)."""

    scenario: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    user_id: UserId | None = None
    cleanup_existing: bool = False


class CleanUpTestData(Command):
    """`POST /test/cleanup` and `cleanUpTestData` (decision X9)."""

    user_id: UserId | None = None
    cleanup_all: bool = False


class MockService(Command):
    """`POST /test/mock-service` and `mockService` (decision X10)."""

    service_name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    endpoint: Annotated[str, StringConstraints(pattern=PATH, max_length=2048)]
    response: Any = None
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = None
    status_code: Annotated[int, Field(ge=200, le=599)] = 200
    delay_ms: Annotated[int, Field(ge=0, le=600_000)] = 0
    times: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    error: Literal["connection_error", "timeout"] | None = None


def is_web_address(url: str) -> bool:
    """Whether `url` is an absolute http(s) URL that every client reads alike."""
    if not WEB_ADDRESS.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return bool(parts.hostname and parts.hostname.strip(".")) and parts.username is None and port != 0


def fits(kind: ParameterType, value: object) -> bool:
    """Whether a JSON value is of a parameter type, without coercion: `true` is no integer (decision E3)."""
    match kind:
        case ParameterType.STRING:
            return isinstance(value, str)
        case ParameterType.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case ParameterType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ParameterType.BOOLEAN:
            return isinstance(value, bool)
        case ParameterType.OBJECT:
            return isinstance(value, dict)
        case ParameterType.ARRAY:
            return isinstance(value, list)


def among(value: object, allowed: list[Any]) -> bool:
    """Whether `value` equals one of `allowed` as JSON, where `1` and `true` differ at every depth."""
    return any(same(value, other) for other in allowed)


def _not_reserved(name: str) -> str:
    if name in RESERVED_NAMES:
        raise ValueError(f"'{name}' is reserved for template paths: choose another name")
    return name

"""The commands: what a caller may ask for, validated once for both edges (limits: decision W13)."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from models.commands.concurrency import ConcurrencyLimit
from models.commands.control_flow import ForEach, Repeat
from models.commands.labels import Labels
from models.commands.parameters import Description, Identifier, ParameterDefinition, not_reserved
from models.commands.retention import WorkflowRetention
from models.commands.retry_policy import RetryPolicy
from models.commands.validation import Command
from models.moments import Moment
from models.words import ActivityType, ErrorPolicy, ExecutionStatus, RunIf, TagsMode, WorkflowStatus

MAX_TIMEOUT_SECONDS = 604_800
MAX_ACTIONS = 500
MAX_PARAMETERS = 100
MAX_CLEAN_UP_ACTIONS = 100
MAX_OUTPUTS = 100
MAX_TAGS = 50
MAX_KEY = 255
MAX_PAGE_SIZE = 100

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
        "warning_details",
    }
)
"""What an answer adds to a workflow: ignored in a request, so that GET -> PUT round-trips (decision W5)."""

SCHEMA_FIELD = "$schema"
"""Where a file in JSON tells an editor which schema it has: ignored in a request too."""

WEB_ADDRESS = re.compile(r"https?://[!-\[\]-~]+", re.IGNORECASE)
"""Printable ASCII without white space and backslash, which clients read in different ways."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ActionType = Annotated[str, StringConstraints(min_length=1, max_length=64)]
TimeoutSeconds = Annotated[int, Field(ge=1, le=MAX_TIMEOUT_SECONDS)]
Outputs = Annotated[dict[Identifier, Any], Field(max_length=MAX_OUTPUTS)]
UserId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
VersionWord = Annotated[str, StringConstraints(min_length=1, max_length=32)]
IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=MAX_KEY)]
# Words of a closed set arrive as JSON strings, which strict mode alone would not take for an enum.
ActivityTypeWord = Annotated[ActivityType, Field(strict=False)]
RunIfWord = Annotated[RunIf, Field(strict=False)]
ErrorPolicyWord = Annotated[ErrorPolicy, Field(strict=False)]
ExecutionStatusWord = Annotated[ExecutionStatus, Field(strict=False)]
WorkflowStatusWord = Annotated[WorkflowStatus, Field(strict=False)]


RETRY_SAYS = "When a failed attempt is repeated; null: three attempts where repeating can do no harm."


class Compensation(Command):
    """What undoes an action that succeeded, where its execution then fails or is cancelled; it runs once.

    `config` is checked by its action type; its templates see all results, that of the action among them.
    """

    action_type: ActionType = Field(description="As of an action.")
    config: dict[str, Any] = Field(
        default_factory=dict,
        description="As of an action of this type. Templates see all results, that of the action among them, and "
        "`{{execution.error.code}}`, `{{execution.error.message}}` and `{{execution.status}}`.",
    )
    timeout_seconds: TimeoutSeconds | None = Field(
        default=None, description="The total time of one attempt, 1 to 604800."
    )
    retry: RetryPolicy | None = Field(default=None, description=RETRY_SAYS)


class ActionDefinition(Command):
    """One action of a workflow; `config` is checked by its action type.

    It is skipped where `when`, one whole `{{expression}}`, is false, or where `run_if` does not hold. `output`, any
    JSON with `{{expressions}}` in it, makes what is kept of its `response`.
    """

    action_id: Identifier = Field(
        description="Unique in the workflow, and no parameter's name; at most 128 letters, digits, `_` and `-`, "
        "a letter or `_` first."
    )
    action_type: ActionType = Field(description="The word for what it does.")
    name: Name | None = Field(default=None, description="A name for people.")
    description: Description | None = Field(default=None, description="What it is for.")
    config: dict[str, Any] = Field(
        default_factory=dict, description="An object; strings in it may hold `{{...}}`. It has, by its type:"
    )
    depends_on: list[Identifier] = Field(
        default_factory=list,
        fail_fast=True,
        description="Actions that must end first; a template that uses an action adds it by itself.",
    )
    timeout_seconds: TimeoutSeconds | None = Field(
        default=None,
        description="The total time of one attempt, 1 to 604800. Default: for a service call that of the service, 30 "
        "unless it has its own.",
    )
    retry: RetryPolicy | None = Field(default=None, description=RETRY_SAYS)
    on_error: ErrorPolicyWord = Field(
        default=ErrorPolicy.FAIL, description="What its failure does to the execution. Default: FAIL."
    )
    when: bool | str | None = Field(
        default=None,
        description="A boolean, or one whole expression such as `{{check.response.score > 0.5}}`: where it is false "
        "the action is skipped, and what depends on it runs all the same.",
    )
    run_if: RunIfWord | None = Field(
        default=None,
        description="What must have come of the actions in `dependsOn`, or it is skipped. Default: it runs once all of "
        "them have ended.",
    )
    cancel_losers: bool = Field(
        default=False,
        description="With `run_if: first_success`: once one of `depends_on` has succeeded, those that have not ended "
        "are cancelled. Default: false.",
    )
    success_when: str | None = Field(
        default=None,
        description="One whole expression over the answer, `response` and `http`, which decides whether it succeeded, "
        "whatever the status: `{{http.status in [200, 404]}}`. Default: what the action type says.",
    )
    for_each: ForEach | None = Field(default=None, description="Runs it once for each item of a list.")
    repeat: Repeat | None = Field(default=None, description="Runs it again until it is done.")
    output: Any = Field(
        default=None,
        description='What is kept of its response, any JSON: `{ "total": "{{response.sum}}" }`. Default: all.',
    )
    compensate: Compensation | None = Field(
        default=None, description="What undoes it where the execution fails or is cancelled."
    )

    @field_validator("action_id")
    @classmethod
    def _id_is_free(cls, action_id: str) -> str:
        return not_reserved(action_id)


CleanUpActions = Annotated[list[ActionDefinition], Field(max_length=MAX_CLEAN_UP_ACTIONS)]


class WorkflowFields(Command):
    """What a workflow is made of, with the rules of the single fields: all that may be sent, but for its name at will.

    The tables, the entities and both edges are held against these fields by `tests/unit/house/test_places.py`.
    """

    name: Name = Field(default="", description="1 to 200 characters, unique among your workflows.")
    description: Description | None = Field(default=None, description="What it is for.")
    parameters: list[ParameterDefinition] = Field(
        default=[], max_length=MAX_PARAMETERS, description="What an execution is given: at most 100."
    )
    actions: list[ActionDefinition] = Field(
        default=[], max_length=MAX_ACTIONS, description="What it does: at most 500."
    )
    on_failure: CleanUpActions = Field(
        default=[],
        description="Where the execution fails, after the compensations: a graph of its own, at most 100. Its "
        "templates see all results, `{{execution.status}}`, `{{execution.error.code}}` and "
        "`{{execution.error.message}}`.",
    )
    on_exit: CleanUpActions = Field(default=[], description="The same, last and however the execution ends.")
    outputs: Outputs = Field(
        default={},
        description='An object of names and templates, filled in when it completes: `{ "total": '
        '"{{sum.response.total}}" }`.',
    )
    status: WorkflowStatusWord = Field(default=WorkflowStatus.ACTIVE, description="Default: ACTIVE.")
    tags: list[Tag] = Field(default=[], max_length=MAX_TAGS, description="By which it can be found: at most 50.")
    timeout_seconds: TimeoutSeconds | None = Field(
        default=None, description="The total time of an execution, 1 to 604800. Default: 3600."
    )
    queue_timeout_seconds: TimeoutSeconds | None = Field(
        default=None,
        description="How long an execution may wait for its start, 1 to 604800. Default: as long as it takes.",
    )
    concurrency: ConcurrencyLimit | None = Field(
        default=None, description="How many of its executions may run at once. Default: any number."
    )
    retention: WorkflowRetention | None = Field(
        default=None, description="How long its executions are kept after their end. Default: as the operator has set."
    )

    @model_validator(mode="before")
    @classmethod
    def _drop_read_only_fields(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            ignored = READ_ONLY_FIELDS | {SCHEMA_FIELD}
            return {key: value for key, value in raw.items() if key not in ignored}
        return raw

    @field_validator("name")
    @classmethod
    def _name_is_not_blank(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("name must not be blank")
        return name

    @field_validator("tags")
    @classmethod
    def _tags_are_a_set(cls, tags: list[str]) -> list[str]:
        return list(dict.fromkeys(tags))


class CreateWorkflow(WorkflowFields):
    """`POST /workflows` and `createWorkflow`."""

    name: Name = Field(description="1 to 200 characters, unique among your workflows.")


class WorkflowChanges(WorkflowFields):
    """Some of a workflow's fields: only the keys that are present count."""


class UpdateWorkflow(WorkflowChanges):
    """`PUT /workflows/{id}` and `updateWorkflow`: only the keys that are present change (decision W5)."""

    expected_version: str | None = Field(
        default=None,
        description="Refuse the change with VERSION_MISMATCH unless the workflow is at this version, such as `1.0`.",
    )


class CreateFromTemplate(Command):
    """`POST /workflows/from-template` and `createWorkflowFromTemplate` (decision W11)."""

    template_name: Name = Field(description="One of `workflowTemplates`.")
    customizations: WorkflowChanges | None = Field(default=None, description="What is to be different.")


class ExecuteWorkflow(Command):
    """`POST /workflows/{id}/execute` and `executeWorkflow`."""

    parameters: dict[str, Any] = Field(
        default_factory=dict,
        description='An object: the value of each parameter, such as `{"who": "Ada"}`. What no parameter takes is a '
        "warning in the log.",
    )
    async_execution: bool = Field(default=True, description="Answer at once. Else when it has ended, or after 60 s.")
    callback_url: Annotated[str, StringConstraints(max_length=2048)] | None = Field(
        default=None,
        description="Where its end is to be reported by a POST: an http or https URL, in production https alone.",
    )
    idempotency_key: IdempotencyKey | None = Field(
        default=None,
        description="1 to 255 characters: repeating your request with the same key gives the same execution.",
    )
    version: VersionWord | None = Field(
        default=None,
        description="The version that is executed, such as `1.2`, with the present settings of the workflow. Default: "
        "the present one.",
    )

    labels: Labels = Field(
        default={},
        description='By which it is found again: an object of texts such as `{"team": "billing"}`, at most 32.',
    )

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

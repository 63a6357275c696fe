"""The inputs of mutations: they only carry values; the commands validate them, as they do for REST."""

import strawberry
from strawberry.scalars import JSON

from schema.spellings import renamed
from schema.types.enums import Backoff, ErrorPolicy, OnLimit, ParameterType, RunIf, WorkflowStatus

ABSENT = strawberry.UNSET


@strawberry.input(description="One parameter of a workflow.")
class ParameterInput:
    """See `ParameterDefinition`."""

    name: str = strawberry.field(
        description="At most 128 letters, digits, `_` and `-`, a letter or `_` first; templates use it as `{{name}}`."
    )
    type: ParameterType = strawberry.field(description="The JSON type that a value must have.")
    description: str | None = strawberry.field(default=ABSENT, description="What it is for.")
    required: bool | None = strawberry.field(
        default=ABSENT, description="Whether an execution must give it. Default: false."
    )
    default_value: JSON | None = strawberry.field(
        default=ABSENT, description="The value where none is given, of the parameter's type."
    )
    allowed_values: list[JSON | None] | None = strawberry.field(
        default=ABSENT, description="The only values to take, all of the parameter's type."
    )


@strawberry.input(description="When a failed attempt is repeated. Delays in seconds.")
class RetryPolicyInput:
    """See `RetryPolicy`."""

    max_attempts: int | None = strawberry.field(default=ABSENT, description="1 to 100, the first included. Default: 3.")
    backoff: Backoff | None = strawberry.field(default=ABSENT, description="Default: EXPONENTIAL.")
    initial_delay_seconds: float | None = strawberry.field(
        default=ABSENT, description="Before the second attempt. Default: 1."
    )
    backoff_rate: float | None = strawberry.field(
        default=ABSENT, description="By which an exponential delay grows. Default: 2."
    )
    max_delay_seconds: float | None = strawberry.field(default=ABSENT, description="No delay is longer. Default: 300.")
    jitter: bool | None = strawberry.field(
        default=ABSENT, description="Whether delays are spread, from half to all of it. Default: true."
    )
    max_total_seconds: float | None = strawberry.field(
        default=ABSENT, description="No attempt starts later than this after the first one."
    )
    retry_on: list[str] | None = strawberry.field(
        default=ABSENT,
        description="Error codes and statuses (`503`, `5xx`). Left out: connection errors, time-outs, 429, 502-504.",
    )
    never_retry_on: list[str] | None = strawberry.field(default=ABSENT, description="Goes over `retryOn`.")
    respect_retry_after: bool | None = strawberry.field(
        default=ABSENT, description="Whether the service's `Retry-After` is the least delay. Default: true."
    )


@strawberry.input(description="Runs an action once for each item of a list; its response is the list of all responses.")
class ForEachInput:
    """See `ForEach`."""

    in_: JSON = strawberry.field(
        name="in", description="A list, or one whole expression such as `{{list.response.entries}}` that gives one."
    )
    as_: str | None = strawberry.field(
        name="as", default=ABSENT, description="The name under which its templates see the item. Default: `item`."
    )
    index_as: str | None = strawberry.field(
        default=ABSENT, description="The same of the item's index, from 0. Default: `index`."
    )
    max_concurrency: int | None = strawberry.field(
        default=ABSENT, description="So many items at once, 1 to 1000. Default: 10."
    )
    tolerated_failure_percentage: float | None = strawberry.field(
        default=ABSENT, description="It fails once more of its items have failed. Default: 0."
    )


@strawberry.input(description="Runs an action again after it succeeded, until it is done: to poll a slow job.")
class RepeatInput:
    """See `Repeat`."""

    until: str = strawberry.field(
        description="One whole expression that may look at the response: `{{response.state == 'done'}}`."
    )
    max_iterations: int | None = strawberry.field(
        default=ABSENT, description="It fails where `until` is not true by then, 1 to 10000. Default: 100."
    )
    delay_seconds: float | None = strawberry.field(
        default=ABSENT, description="Between two iterations, 0 to 86400. Default: 1."
    )


@strawberry.input(
    description="Undoes an action that succeeded, where its execution then fails, is cancelled or times out. Runs once."
)
class CompensationInput:
    """See `Compensation`."""

    action_type: str = strawberry.field(description="As of an action.")
    config: JSON | None = strawberry.field(
        default=ABSENT,
        description="As of an action of this type. Templates see all results, that of the action among them, and "
        "`{{execution.error.code}}`, `{{execution.error.message}}` and `{{execution.status}}`.",
    )
    timeout_seconds: int | None = strawberry.field(
        default=ABSENT, description="The total time of one attempt, 1 to 604800."
    )
    retry: RetryPolicyInput | None = strawberry.field(
        default=ABSENT,
        description="When a failed attempt is repeated; null: three attempts where repeating can do no harm.",
    )


@strawberry.input(description="One action of a workflow.")
class ActionInput:
    """See `ActionDefinition`."""

    action_id: str = strawberry.field(
        description="Unique in the workflow, and no parameter's name; at most 128 letters, digits, `_` and `-`, "
        "a letter or `_` first."
    )
    action_type: str = strawberry.field(description="`service_call`, `notification`, `transform`, or a plug-in's word.")
    name: str | None = strawberry.field(default=ABSENT, description="A name for people.")
    description: str | None = strawberry.field(default=ABSENT, description="What it is for.")
    config: JSON | None = strawberry.field(
        default=ABSENT,
        description="An object; strings in it may hold `{{...}}`. Of a `notification`: `message`, and if need be "
        "`level` (`info`, `warning`, `error`) and `data`. Of a `transform`: `output`, any JSON. Of a `service_call`: "
        "`service`, `endpoint` (a path), and if need be `method` (default: POST), `parameters` (the query of a GET or "
        "DELETE, else the JSON body) and `headers`.",
    )
    depends_on: list[str] | None = strawberry.field(
        default=ABSENT, description="Actions that must end first; a template that uses an action adds it by itself."
    )
    timeout_seconds: int | None = strawberry.field(
        default=ABSENT,
        description="The total time of one attempt, 1 to 604800. Default: for a service call that of the service, 30 "
        "unless it has its own.",
    )
    retry: RetryPolicyInput | None = strawberry.field(
        default=ABSENT,
        description="When a failed attempt is repeated; null: three attempts where repeating can do no harm.",
    )
    on_error: ErrorPolicy | None = strawberry.field(
        default=ABSENT, description="What its failure does to the execution. Default: FAIL."
    )
    when: JSON | None = strawberry.field(
        default=ABSENT,
        description="A boolean, or one whole expression such as `{{check.response.score > 0.5}}`: where it is false "
        "the action is skipped, and what depends on it runs all the same.",
    )
    run_if: RunIf | None = strawberry.field(
        default=ABSENT,
        description="What must have come of the actions in `dependsOn`, or it is skipped. Default: it runs once all of "
        "them have ended.",
    )
    for_each: ForEachInput | None = strawberry.field(
        default=ABSENT, description="Runs it once for each item of a list."
    )
    repeat: RepeatInput | None = strawberry.field(default=ABSENT, description="Runs it again until it is done.")
    output: JSON | None = strawberry.field(
        default=ABSENT,
        description='What is kept of its response, any JSON: `{ "total": "{{response.sum}}" }`. Default: all.',
    )
    compensate: CompensationInput | None = strawberry.field(
        default=ABSENT, description="What undoes it where the execution fails or is cancelled."
    )


ON_FAILURE = (
    "Where the execution fails, after the compensations: a graph of its own, at most 100. Its templates see all "
    "results, `{{execution.status}}`, `{{execution.error.code}}` and `{{execution.error.message}}`."
)
ON_EXIT = "The same, last and however the execution ends."
OUTPUTS = 'An object of names and templates, filled in when it completes: `{ "total": "{{sum.response.total}}" }`.'


@strawberry.input(description="How many executions of a workflow may run at once.")
class ConcurrencyLimitInput:
    """See `ConcurrencyLimit`."""

    key: str | None = strawberry.field(
        default=ABSENT,
        description="A template over the parameters, such as `{{customer_id}}`: the limit is for each of its values. "
        "Left out: all executions of the workflow share it.",
    )
    limit: int = strawberry.field(description="1 to 10000.")
    on_limit: OnLimit | None = strawberry.field(
        default=ABSENT, description="What becomes of an execution that is one too many. Default: QUEUE."
    )


@strawberry.input(description="A new workflow.")
class CreateWorkflowInput:
    """See `CreateWorkflow`."""

    name: str = strawberry.field(description="1 to 200 characters, unique among your workflows.")
    description: str | None = strawberry.field(default=ABSENT, description="What it is for.")
    parameters: list[ParameterInput] | None = strawberry.field(
        default=ABSENT, description="What an execution is given: at most 100."
    )
    actions: list[ActionInput] | None = strawberry.field(default=ABSENT, description="What it does: at most 500.")
    on_failure: list[ActionInput] | None = strawberry.field(default=ABSENT, description=ON_FAILURE)
    on_exit: list[ActionInput] | None = strawberry.field(default=ABSENT, description=ON_EXIT)
    outputs: JSON | None = strawberry.field(default=ABSENT, description=OUTPUTS)
    status: WorkflowStatus | None = strawberry.field(default=ABSENT, description="Default: ACTIVE.")
    tags: list[str] | None = strawberry.field(default=ABSENT, description="By which it can be found: at most 50.")
    timeout_seconds: int | None = strawberry.field(
        default=ABSENT, description="The total time of an execution, 1 to 604800. Default: 3600."
    )
    queue_timeout_seconds: int | None = strawberry.field(
        default=ABSENT,
        description="How long an execution may wait for its start, 1 to 604800. Default: as long as it takes.",
    )
    concurrency: ConcurrencyLimitInput | None = strawberry.field(
        default=ABSENT, description="How many of its executions may run at once. Default: any number."
    )


@strawberry.input(description="Changes to a workflow: what is left out stays as it is.")
class UpdateWorkflowInput:
    """See `UpdateWorkflow`. A null where no null can be stored is refused, not ignored."""

    id: strawberry.ID = strawberry.field(description="The workflow.")
    name: str | None = strawberry.field(default=ABSENT, description="A new name.")
    description: str | None = strawberry.field(default=ABSENT, description="A new description; null clears it.")
    parameters: list[ParameterInput] | None = strawberry.field(
        default=ABSENT, description="All parameters anew; the version rises."
    )
    actions: list[ActionInput] | None = strawberry.field(
        default=ABSENT, description="All actions anew; the version rises."
    )
    on_failure: list[ActionInput] | None = strawberry.field(default=ABSENT, description=f"All anew. {ON_FAILURE}")
    on_exit: list[ActionInput] | None = strawberry.field(default=ABSENT, description=f"All anew. {ON_EXIT}")
    outputs: JSON | None = strawberry.field(default=ABSENT, description=f"All anew. {OUTPUTS}")
    status: WorkflowStatus | None = strawberry.field(default=ABSENT, description="A new status.")
    tags: list[str] | None = strawberry.field(default=ABSENT, description="All tags anew.")
    timeout_seconds: int | None = strawberry.field(default=ABSENT, description="A new limit; null: 3600.")
    queue_timeout_seconds: int | None = strawberry.field(default=ABSENT, description="A new limit; null: none.")
    concurrency: ConcurrencyLimitInput | None = strawberry.field(
        default=ABSENT,
        description="A new limit of how many run at once, for what is queued too; null: none. The version stays.",
    )
    expected_version: str | None = strawberry.field(
        default=ABSENT,
        description="Refuse the change with VERSION_MISMATCH unless the workflow is at this version, such as `1.0`.",
    )


@strawberry.input(description="A workflow to delete.")
class DeleteWorkflowInput:
    """See `delete_workflow`."""

    id: strawberry.ID = strawberry.field(description="The workflow.")
    cancel_running: bool | None = strawberry.field(
        default=False, description="Cancel its executions as well; otherwise they finish on their snapshot."
    )


@strawberry.input(description="A workflow to execute.")
class ExecuteWorkflowInput:
    """See `ExecuteWorkflow`."""

    id: strawberry.ID | None = strawberry.field(default=ABSENT, description="The workflow.")
    workflow_id: strawberry.ID | None = strawberry.field(
        default=ABSENT, description="The workflow.", deprecation_reason=renamed("id")
    )
    parameters: JSON | None = strawberry.field(
        default=ABSENT,
        description='An object: the value of each parameter, such as `{"who": "Ada"}`. What no parameter takes is a '
        "warning in the log.",
    )
    wait: bool | None = strawberry.field(
        default=False, description="Answer when the execution has ended, or after 60 s with its present state."
    )
    callback_url: str | None = strawberry.field(
        default=ABSENT,
        description="Where its end is to be reported by a POST: an http or https URL, in production https alone.",
    )
    idempotency_key: str | None = strawberry.field(
        default=ABSENT,
        description="1 to 255 characters: repeating your request with the same key gives the same execution.",
    )


@strawberry.input(description="A callback to deliver again.")
class RedeliverCallbackInput:
    """See `redeliver_callback`."""

    id: strawberry.ID | None = strawberry.field(
        default=ABSENT, description="The delivery: the `webhook-id` of its attempts."
    )
    delivery_id: strawberry.ID | None = strawberry.field(
        default=ABSENT, description="The delivery.", deprecation_reason=renamed("id")
    )


@strawberry.input(description="An execution to cancel.")
class CancelExecutionInput:
    """See `cancel_execution`."""

    id: strawberry.ID = strawberry.field(description="The execution.")

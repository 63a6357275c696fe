"""What workflows are made of, as GraphQL types."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry
from strawberry.scalars import JSON

from engine.actions.descriptions import type_words
from engine.actions.installed import installed_actions
from engine.definition.parameters_schema import parameters_schema
from models.commands import concurrency, control_flow, parameters, retention, retry_policy
from models.commands import workflows as commands
from schema.mirrors import SentMirror
from schema.types.enums import Backoff, ErrorPolicy, OnLimit, ParameterType, RunIf, ValueFormat


@strawberry.type(description="One parameter of a workflow.")
class ParameterDefinition:
    """As it was sent."""

    name: str = strawberry.field(description="The name; templates use it as `{{name}}`.")
    type: ParameterType = strawberry.field(description="The JSON type that a value must have.")
    description: str | None = strawberry.field(description="What it is for.")
    required: bool = strawberry.field(description="Whether an execution must give it, unless it has a default.")
    minimum: float | None = strawberry.field(description="No value is less.")
    maximum: float | None = strawberry.field(description="No value is more.")
    min_length: int | None = strawberry.field(description="So many characters, or entries of an array, at least.")
    max_length: int | None = strawberry.field(description="So many characters, or entries of an array, at most.")
    pattern: str | None = strawberry.field(description="A pattern of RE2 that is found somewhere in a value.")
    format: ValueFormat | None = strawberry.field(description="What a value has to be.")
    multiline: bool = strawberry.field(description="Whether a form has room for several lines.")
    secret_hint: bool = strawberry.field(
        description="Whether a form hides what is typed. Its value is stored and shown like any other one."
    )
    schema_: JSON | None = strawberry.field(
        name="schema", description="What is in an object or an array, by words of JSON Schema (draft 2020-12)."
    )
    default_value: JSON | None = strawberry.field(description="The value where an execution gives none.")
    allowed_values: JSON | None = strawberry.field(description="The only values that are taken, if limited.")


@strawberry.type(description="When a failed attempt is repeated. Delays in seconds.")
class RetryPolicy:
    """As it was sent, with the defaults filled in."""

    max_attempts: int = strawberry.field(description="The first included.")
    backoff: Backoff = strawberry.field(description="How the delay grows.")
    initial_delay_seconds: float = strawberry.field(description="Before the second attempt.")
    backoff_rate: float = strawberry.field(description="By which an exponential delay grows.")
    max_delay_seconds: float = strawberry.field(description="No delay is longer.")
    jitter: bool = strawberry.field(description="Whether delays are spread, from half to all of it.")
    max_total_seconds: float | None = strawberry.field(description="No attempt starts later after the first one.")
    retry_on: list[str] | None = strawberry.field(description="What is repeated; null: what may be better next time.")
    never_retry_on: list[str] = strawberry.field(description="What is not, whatever `retryOn` says.")
    respect_retry_after: bool = strawberry.field(description="Whether `Retry-After` is the least delay.")
    when: str | None = strawberry.field(description="The expression that says whether a failure is repeated.")


@strawberry.type(description="For which items an action runs. Its response is the list of all responses.")
class ForEach:
    """As it was sent, with the defaults filled in."""

    in_: JSON = strawberry.field(name="in", description="A list, or an expression that gives one.")
    as_: str = strawberry.field(name="as", description="The name under which its templates see the item.")
    index_as: str = strawberry.field(description="The same of the item's index, from 0.")
    when: JSON | None = strawberry.field(
        description="A boolean or an expression over the item: where it is false the item is skipped. Null: none is."
    )
    max_concurrency: int = strawberry.field(description="So many items at once.")
    tolerated_failure_percentage: float = strawberry.field(description="It fails once more of its items have failed.")


@strawberry.type(description="How an action is run again after it succeeded, until it is done.")
class Repeat:
    """As it was sent, with the defaults filled in."""

    until: str = strawberry.field(description="The expression that ends it.")
    max_iterations: int = strawberry.field(description="It fails where `until` is not true by then.")
    delay_seconds: float = strawberry.field(description="Between two iterations.")
    collect: JSON | None = strawberry.field(description="What is kept of each iteration; null: the last response.")


@strawberry.type(description="What undoes an action that succeeded, where its execution fails or is cancelled.")
class Compensation:
    """As it was sent."""

    action_type: str = strawberry.field(description="What it does.")
    config: JSON = strawberry.field(description="The configuration that its type asks for, templates included.")
    timeout_seconds: int | None = strawberry.field(description="The total time of one attempt.")
    retry: RetryPolicy | None = strawberry.field(
        description="When a failed attempt is repeated; null: three attempts where repeating can do no harm."
    )


@strawberry.type(description="One action of a workflow.")
class ActionDefinition:
    """As it was sent."""

    action_id: str = strawberry.field(description="The id; templates use it as `{{action_id.response...}}`.")
    action_type: str = strawberry.field(description=f"What it does: {type_words(installed_actions())}, or a plug-in.")
    name: str | None = strawberry.field(description="A name for people.")
    description: str | None = strawberry.field(description="What it is for.")
    config: JSON = strawberry.field(description="The configuration that its type asks for, templates included.")
    depends_on: list[str] = strawberry.field(
        description="Actions that must end first, as sent. Templates add edges of their own: see `dag`."
    )
    timeout_seconds: int | None = strawberry.field(description="The total time of one attempt.")
    retry: RetryPolicy | None = strawberry.field(
        description="When a failed attempt is repeated; null: three attempts where repeating can do no harm."
    )
    on_error: ErrorPolicy = strawberry.field(description="What its failure does to the execution.")
    when: JSON | None = strawberry.field(
        description="A boolean or an expression: where it is false the action is skipped. Null: it always runs."
    )
    run_if: RunIf | None = strawberry.field(
        description="What must have come of the actions in `dependsOn`, or it is skipped. Null: that they have ended."
    )
    cancel_losers: bool = strawberry.field(
        description="Whether those in `dependsOn` are cancelled that have not ended when one of them has succeeded."
    )
    success_when: str | None = strawberry.field(
        description="The expression that says whether an answer is a success; null: as the action type says."
    )
    for_each: ForEach | None = strawberry.field(description="For which items it runs; null: it runs once.")
    repeat: Repeat | None = strawberry.field(description="How it is run again; null: it is not.")
    output: JSON | None = strawberry.field(description="What is kept of its response; null: all of it.")
    compensate: Compensation | None = strawberry.field(
        description="What undoes it where the execution fails or is cancelled."
    )


@strawberry.type(description="How many executions of a workflow may run at once.")
class ConcurrencyLimit:
    """As it was sent, with the defaults filled in."""

    key: str | None = strawberry.field(
        description="A template over the parameters: the limit is for each of its values. Null: for all executions."
    )
    limit: int = strawberry.field(description="So many at once.")
    on_limit: OnLimit = strawberry.field(description="What becomes of an execution that is one too many.")


@strawberry.type(description="How long the executions of a workflow are kept after their end.")
class WorkflowRetention:
    """As it was sent."""

    completed: str | None = strawberry.field(
        description="Of those that completed or were cancelled, such as `7d`, or `forever`; null: as the operator set."
    )
    failed: str | None = strawberry.field(description="Of those that failed, likewise.")


RETRY_POLICY = SentMirror(RetryPolicy, retry_policy.RetryPolicy)
FOR_EACH = SentMirror(ForEach, control_flow.ForEach)
REPEAT = SentMirror(Repeat, control_flow.Repeat)
LIMIT = SentMirror(ConcurrencyLimit, concurrency.ConcurrencyLimit)
RETENTION = SentMirror(WorkflowRetention, retention.WorkflowRetention)
PARAMETER = SentMirror(ParameterDefinition, parameters.ParameterDefinition)
COMPENSATION = SentMirror(Compensation, commands.Compensation, retry=RETRY_POLICY)
ACTION = SentMirror(
    ActionDefinition,
    commands.ActionDefinition,
    retry=RETRY_POLICY,
    for_each=FOR_EACH,
    repeat=REPEAT,
    compensate=COMPENSATION,
)


def schema_of_values(sent: Sequence[Mapping[str, Any]]) -> JSON:
    """The JSON Schema of the values of parameters, or of a form's fields, as they were sent."""
    return JSON(parameters_schema(parameters.ParameterDefinition.model_validate(one, extra="ignore") for one in sent))

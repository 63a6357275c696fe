"""The inputs about workflows and executions, made of their commands: they only carry values, which those validate."""

import strawberry

from engine.actions.descriptions import config_texts, type_words
from engine.actions.installed import installed_actions
from models.commands.concurrency import ConcurrencyLimit
from models.commands.control_flow import ForEach, Repeat
from models.commands.labels import LabelChanges
from models.commands.parameters import ParameterDefinition
from models.commands.retention import WorkflowRetention
from models.commands.retry_policy import RetryPolicy
from models.commands.versions import RestoreWorkflowVersion, SaveWorkflowText
from models.commands.workflows import (
    ActionDefinition,
    Compensation,
    CreateFromTemplate,
    CreateWorkflow,
    ExecuteWorkflow,
    UpdateWorkflow,
    WorkflowChanges,
)
from schema.derivation import description_of, input_of
from schema.spellings import renamed

ABSENT = strawberry.UNSET
ACTION_TYPES = installed_actions()
ON_FAILURE, ON_EXIT, OUTPUTS = (description_of(CreateWorkflow, name) for name in ("on_failure", "on_exit", "outputs"))


@input_of(ParameterDefinition, "One parameter of a workflow.")
class ParameterInput:
    """See `ParameterDefinition`."""


@input_of(RetryPolicy, "When a failed attempt is repeated. Delays in seconds.")
class RetryPolicyInput:
    """See `RetryPolicy`."""


@input_of(ForEach, "Runs an action once for each item of a list; its response is the list of all responses.")
class ForEachInput:
    """See `ForEach`."""


@input_of(Repeat, "Runs an action again after it succeeded, until it is done: to poll a slow job.")
class RepeatInput:
    """See `Repeat`."""


@input_of(
    Compensation,
    "Undoes an action that succeeded, where its execution then fails, is cancelled or times out. Runs once.",
)
class CompensationInput:
    """See `Compensation`."""


@input_of(
    ActionDefinition,
    "One action of a workflow.",
    says={
        "action_type": f"{type_words(ACTION_TYPES)}, or a plug-in's word.",
        "config": f"{description_of(ActionDefinition, 'config')} {' '.join(config_texts(ACTION_TYPES))}",
    },
)
class ActionInput:
    """See `ActionDefinition`."""


@input_of(ConcurrencyLimit, "How many executions of a workflow may run at once.")
class ConcurrencyLimitInput:
    """See `ConcurrencyLimit`."""


@input_of(WorkflowRetention, "How long the executions of a workflow are kept after their end.")
class WorkflowRetentionInput:
    """See `WorkflowRetention`."""


@input_of(CreateWorkflow, "A new workflow.")
class CreateWorkflowInput:
    """See `CreateWorkflow`."""


@input_of(
    UpdateWorkflow,
    "Changes to a workflow: what is left out stays as it is, and so does what is null, but where null is said to "
    "clear it. What a query answers of these fields can be sent back as it is, which changes nothing.",
    clears=True,
    says={
        "name": "A new name.",
        "description": "A new description; null clears it.",
        "parameters": "All parameters anew; the version rises.",
        "actions": "All actions anew; the version rises.",
        "on_failure": f"All anew. {ON_FAILURE}",
        "on_exit": f"All anew. {ON_EXIT}",
        "outputs": f"All anew. {OUTPUTS}",
        "status": "A new status.",
        "tags": "All tags anew.",
        "timeout_seconds": "A new limit; null: 3600.",
        "queue_timeout_seconds": "A new limit; null: none.",
        "concurrency": "A new limit of how many run at once, for what is queued too; null: none. The version stays.",
        "retention": "New periods, for what has ended too; null: as the operator has set. The version stays.",
    },
)
class UpdateWorkflowInput:
    """See `UpdateWorkflow`."""

    id: strawberry.ID = strawberry.field(description="The workflow.")


@input_of(
    WorkflowChanges,
    "Changes to a template's workflow: what is left out is as in the template, and so is what is null, but where "
    "null is said to be something else.",
    clears=True,
    says={
        "name": 'Left out: the template\'s name, with " (2)" and so on where that is taken.',
        "description": "What it is for; null clears it.",
        "parameters": "One of the same name is replaced, the others are added.",
        "actions": "One of the same id is replaced, the others are added.",
        "on_failure": f"Merged alike. {ON_FAILURE}",
        "on_exit": f"Merged alike. {ON_EXIT}",
        "outputs": f"Merged by their names. {OUTPUTS}",
        "tags": "Further tags.",
        "timeout_seconds": "The total time of an execution; null: 3600.",
        "queue_timeout_seconds": "How long an execution may wait for its start; null: as long as it takes.",
        "concurrency": "How many of its executions may run at once; null: any number.",
        "retention": "How long its executions are kept after their end; null: as the operator has set.",
    },
)
class WorkflowCustomizationsInput:
    """See `WorkflowChanges`."""


@input_of(CreateFromTemplate, "A template to create a workflow from.")
class CreateWorkflowFromTemplateInput:
    """See `CreateFromTemplate`."""


@input_of(RestoreWorkflowVersion, "A version to restore.")
class RestoreWorkflowVersionInput:
    """See `RestoreWorkflowVersion`."""

    id: strawberry.ID = strawberry.field(description="The workflow.")


@input_of(SaveWorkflowText, "A workflow as a text.")
class SaveWorkflowTextInput:
    """See `SaveWorkflowText`."""

    id: strawberry.ID | None = strawberry.field(
        default=None, description="The workflow that it is from now on. Left out: a new one."
    )


@strawberry.input(description="A workflow to delete.")
class DeleteWorkflowInput:
    """See `delete_workflow`."""

    id: strawberry.ID = strawberry.field(description="The workflow.")
    cancel_running: bool | None = strawberry.field(
        default=False, description="Cancel its executions as well; otherwise they finish on their snapshot."
    )


@input_of(ExecuteWorkflow, "A workflow to execute.", instead={"async_execution": "wait"})
class ExecuteWorkflowInput:
    """See `ExecuteWorkflow`."""

    id: strawberry.ID | None = strawberry.field(default=ABSENT, description="The workflow.")
    workflow_id: strawberry.ID | None = strawberry.field(
        default=ABSENT, description="The workflow.", deprecation_reason=renamed("id")
    )
    wait: bool | None = strawberry.field(
        default=False, description="Answer when the execution has ended, or after 60 s with its present state."
    )


@input_of(LabelChanges, "Changes to the labels of an execution: what is not named stays as it is.")
class LabelExecutionInput:
    """See `LabelChanges`."""

    id: strawberry.ID = strawberry.field(description="The execution.")


@strawberry.input(description="A callback to deliver again.")
class RedeliverCallbackInput:
    """See `redeliver_callback`."""

    id: strawberry.ID | None = strawberry.field(
        default=ABSENT, description="The delivery: the `webhook-id` of its attempts."
    )
    delivery_id: strawberry.ID | None = strawberry.field(
        default=ABSENT, description="The delivery.", deprecation_reason=renamed("id")
    )


@strawberry.input(description="An execution to delete.")
class DeleteExecutionInput:
    """See `delete_execution`."""

    id: strawberry.ID = strawberry.field(description="The execution, which has ended.")


@strawberry.input(description="An execution to cancel.")
class CancelExecutionInput:
    """See `cancel_execution`."""

    id: strawberry.ID = strawberry.field(description="The execution.")

"""The action type `sub_workflow`: executes another workflow and waits for its end."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Self

import msgspec
from pydantic import Field, StringConstraints, field_validator, model_validator

from engine.actions.objects import ObjectOrTemplate
from engine.actions.protocol import ActionCall, ActionResources, ChildLabels, Message, NamesWorkflow, Suspended
from engine.core.failure import ActionFailed
from engine.core.run import child_address
from engine.expressions.braces import OPEN
from engine.expressions.shapes import Shape, keys
from models.commands.labels import Labels
from models.commands.validation import Command
from models.words import ActionErrorCode, ExecutionStatus, OnParentEnd, WaitReason

MAX_PARAMETERS_BYTES = 1_048_576
"""As the body of a request: what executions are given cannot grow from one to the next."""


class SubWorkflowConfig(Command):
    """Which workflow of the same tenant is executed, by id or name, at which version, and with which parameters."""

    workflow_id: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=200), NamesWorkflow()] | None,
        Field(description="The workflow, of the same tenant.", examples=["wf_0123456789abcdef"]),
    ] = None
    workflow: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=200)] | None,
        Field(
            description="Its name in place of its id, which is found out when this is saved and stands beside it then. "
            "A workflow may name itself.",
            examples=["Nightly import"],
        ),
    ] = None
    version: Annotated[
        str | None, Field(description="The version that is executed. Default: the present one.", examples=["1.2"])
    ] = None
    parameters: Annotated[
        ObjectOrTemplate,
        Field(description="What the execution is given: an object, or one whole expression that gives one."),
    ] = {}
    on_parent_end: Annotated[
        Annotated[OnParentEnd, Field(strict=False)],
        Field(description="What becomes of it where this execution ends, or its time is over, before it does."),
    ] = OnParentEnd.CANCEL
    labels: Annotated[Labels, Field(description="Labels of its own.", examples=[{"region": "{{region}}"}])] = {}
    inherit_labels: Annotated[
        bool, Field(description="Give it the labels of this execution too; its own go over them. Default: false.")
    ] = False

    @field_validator("workflow")
    @classmethod
    def _is_plain(cls, name: str | None) -> str | None:
        if name is not None and OPEN in name:
            raise ValueError("is found out when the workflow is saved: give an expression by workflow_id")
        return name

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.workflow_id is None and self.workflow is None:
            raise ValueError("name the workflow that is executed, by workflow_id or by workflow")
        return self


class SubWorkflow:
    """The execution is made in the transaction that waits for it: there is one, or the action has not begun."""

    action_type = "sub_workflow"
    config_model = SubWorkflowConfig
    reaches_out = True  # it asks the database, which may be away for a while

    def __init__(self, resources: ActionResources) -> None:
        self._resources = resources

    def gate(self, _call: ActionCall) -> None:
        """It asks nobody."""

    def response_shape(self, _config: Mapping[str, Any]) -> Shape:
        """See `resume`."""
        return keys("execution_id", "status", "result", "outputs")

    async def run(self, call: ActionCall) -> Suspended:
        """Start the execution."""
        children = self._resources.children
        if children is None:
            raise RuntimeError("this node starts no executions")
        config: SubWorkflowConfig = call.config
        if config.workflow_id is None or isinstance(config.parameters, str):
            what = "its workflow was not found out" if config.workflow_id is None else "its parameters are a text"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, f"{what}: save the workflow that executes it again")
        if len(msgspec.json.encode(config.parameters)) > MAX_PARAMETERS_BYTES:
            message = f"its parameters come to more than {MAX_PARAMETERS_BYTES:,} bytes: no execution is given more"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
        child, opening = await children.prepare(
            call,
            config.workflow_id,
            config.version,
            config.parameters,
            config.on_parent_end,
            ChildLabels(config.labels, config.inherit_labels),
        )
        limit = call.timeout_seconds
        return Suspended(
            reason=WaitReason.EXECUTION,
            address=child_address(child.execution_id),
            until=None if limit is None else self._resources.clock.now() + timedelta(seconds=limit),
            notes={"execution_id": child.execution_id},
            starts=child,
            opening=opening,
        )

    def resume(self, call: ActionCall, notes: Mapping[str, Any], message: Message | None) -> dict[str, Any]:
        """The end of the execution: `{execution_id, status, result}`.

        Raises `ActionFailed`: SUB_WORKFLOW_FAILED where it failed or was cancelled, TIMEOUT.
        """
        execution_id = notes["execution_id"]
        if message is None:
            text = f"execution {execution_id} did not end within {call.timeout_seconds} s"
            raise ActionFailed(ActionErrorCode.TIMEOUT, text, response={"execution_id": execution_id})
        response = {"execution_id": execution_id, **message.data}
        error = response.pop("error", None)
        if message.data["status"] != ExecutionStatus.COMPLETED:
            why = f": {error['code']}: {error['message']}" if error else ""
            text = f"execution {execution_id} {message.data['status']}{why}"
            raise ActionFailed(ActionErrorCode.SUB_WORKFLOW_FAILED, text, response=response)
        return response


def sub_workflow(resources: ActionResources) -> SubWorkflow:
    """Build the action type."""
    return SubWorkflow(resources)

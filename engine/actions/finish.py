"""The action type `finish`: ends the execution as completed, before all its actions have run."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from engine.actions.protocol import ActionCall, ActionResources
from engine.expressions.shapes import Shape, shape_of
from models.commands.validation import Command
from models.commands.workflows import Outputs
from models.words import EndingType


class FinishConfig(Command):
    """`outputs` are those of the execution, in place of the workflow's own."""

    outputs: Outputs = Field(
        default={},
        description="The outputs of the execution, in place of those of the workflow. Default: none.",
        examples=[{"state": "nothing to do"}],
    )


class FinishAction:
    """That it has succeeded is what ends the execution: see `engine.core.decide`."""

    action_type = EndingType.FINISH.value
    config_model = FinishConfig
    reaches_out = False

    def gate(self, _call: ActionCall) -> None:
        """It asks nobody."""

    def response_shape(self, config: Mapping[str, Any]) -> Shape:
        """The outputs."""
        return shape_of(config.get("outputs", {}))

    async def run(self, call: ActionCall) -> dict[str, Any]:
        """Return the outputs."""
        config: FinishConfig = call.config
        return config.outputs


def finish(_resources: ActionResources) -> FinishAction:
    """Build the action type; it needs nothing from the engine."""
    return FinishAction()

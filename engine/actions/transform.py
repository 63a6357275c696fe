"""The action type `transform`: reshapes data by its templates, and calls nobody."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from engine.actions.protocol import ActionCall, ActionResources
from engine.expressions.shapes import Shape, shape_of
from models.commands.validation import Command


class TransformConfig(Command):
    """`output` is any JSON with `{{expressions}}` in it; with these filled in, it is the response."""

    output: Any = Field(
        description="Any JSON with expressions in it; with these filled in, it is the response.",
        examples=[{"total": "{{order.response.price * order.response.count}}"}],
    )


class Transform:
    """What is to be computed is computed by the time that the configuration is rendered."""

    action_type = "transform"
    config_model = TransformConfig
    reaches_out = False

    def gate(self, _call: ActionCall) -> None:
        """It asks nobody."""

    def response_shape(self, config: Mapping[str, Any]) -> Shape:
        """That of the output."""
        return shape_of(config.get("output"))

    async def run(self, call: ActionCall) -> Any:
        """Return the rendered output."""
        return call.config.output


def transform(_resources: ActionResources) -> Transform:
    """Build the action type; it needs nothing from the engine."""
    return Transform()

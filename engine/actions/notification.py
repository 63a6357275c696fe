"""The action type `notification`: recorded in the journal and so pushed to subscribers (decision E14)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.actions.protocol import ActionCall, ActionResources
from engine.actions.secret_fields import MayNameSecrets
from engine.expressions.shapes import Keys, Shape, shape_of
from models.commands.validation import Command


class NotificationConfig(Command):
    """What to tell. `data` is any JSON value that goes with the message."""

    message: Annotated[str, MayNameSecrets()] = Field(description="What to tell.", examples=["Hello, {{who}}!"])
    channel: Literal["log"] = Field("log", description="Where it is told: in the execution's log.")
    level: Literal["info", "warning", "error"] = Field("info", description="How much it matters.")
    data: Annotated[Any, MayNameSecrets()] = Field(
        None, description="Any JSON that goes with the message.", examples=[{"order": "{{order_id}}"}]
    )


class Notification:
    """Always succeeds, offline too: the journal entry is the notification."""

    action_type = "notification"
    config_model = NotificationConfig
    reaches_out = False

    def gate(self, _call: ActionCall) -> None:
        """It asks nobody."""

    def response_shape(self, config: Mapping[str, Any]) -> Shape:
        """What was told, and how."""
        return Keys({"channel": None, "level": None, **{key: shape_of(value) for key, value in config.items()}})

    async def run(self, call: ActionCall) -> dict[str, Any]:
        """Return what subscribers and the log show."""
        response: dict[str, Any] = call.config.model_dump(exclude_unset=True)
        return {"channel": call.config.channel, "level": call.config.level, **response}


def notification(_resources: ActionResources) -> Notification:
    """Build the action type; it needs nothing from the engine."""
    return Notification()

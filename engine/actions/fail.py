"""The action type `fail`: ends the execution as failed, by the workflow's own word."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from engine.actions.protocol import ActionCall, ActionResources
from engine.core.failure import ActionFailed
from engine.expressions.braces import OPEN
from engine.expressions.shapes import Shape, shape_of
from models.commands.validation import Command
from models.words import ActionErrorCode, EndingType

MAX_CODE, MAX_MESSAGE = 200, 4_000


class FailConfig(Command):
    """What is to be said of the failure: a `message`, a `code` of the workflow's own, and `data`, which is any JSON."""

    message: Annotated[str, StringConstraints(min_length=1, max_length=MAX_MESSAGE)] = Field(
        description="Why, for a person to read.", examples=["{{order.response.id}} is out of stock"]
    )
    code: Annotated[str, StringConstraints(min_length=1, max_length=MAX_CODE)] | None = Field(
        default=None,
        description="The workflow's own word for it, without templates: `own_code` of the error.",
        examples=["NO_STOCK"],
    )
    data: Any = Field(
        default=None, description="Any JSON: the response of the action.", examples=[{"missing": "{{missing}}"}]
    )

    @field_validator("code")
    @classmethod
    def _is_plain(cls, code: str | None) -> str | None:
        if code is not None and OPEN in code:
            raise ValueError("takes no template, for it is seen by those who do not see the data: say that in the message")
        return code


class FailAction:
    """It is never tried again: nothing that it could wait for would change its mind."""

    action_type = EndingType.FAIL.value
    config_model = FailConfig
    reaches_out = False

    def gate(self, _call: ActionCall) -> None:
        """It asks nobody."""

    def response_shape(self, config: Mapping[str, Any]) -> Shape:
        """That of the data."""
        return shape_of(config.get("data"))

    async def run(self, call: ActionCall) -> None:
        """Raises `ActionFailed` with RAISED."""
        config: FailConfig = call.config
        raise ActionFailed(ActionErrorCode.RAISED, config.message, response=config.data, own_code=config.code)


def fail(_resources: ActionResources) -> FailAction:
    """Build the action type; it needs nothing from the engine."""
    return FailAction()

"""The action type `wait`: for a time, until a moment, or for a signal; nothing of it is in memory meanwhile."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, field_validator, model_validator

from engine.actions.protocol import ActionCall, ActionResources, Message, Suspended
from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.expressions.shapes import Shape, keys
from engine.expressions.templates import Constant, parse
from models.commands.validation import Command
from models.moments import Moment, spelled
from models.words import ActionErrorCode, WaitReason

MAX_SECONDS = 604_800
SIGNAL_PREFIX = "signal:"

Seconds = Annotated[float, Field(ge=0, le=MAX_SECONDS)]
MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


class WaitConfig(Command):
    """One of three: `seconds` (0 to 604800), `until` (a moment by RFC 3339), or the name of a `signal`.

    The action's `timeout_seconds` says how long it waits for a signal at most.
    """

    seconds: Annotated[
        Seconds | str | None,
        Field(description="So long: 0 to 604800, or a template that gives it.", examples=[60, "{{pause}}"]),
    ] = None
    until: Annotated[
        str | None,
        Field(
            description="Until this moment, by RFC 3339, or a template that gives it.",
            examples=["2026-01-31T12:00:00Z"],
        ),
    ] = None
    signal: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=200)] | None,
        Field(description="For a signal of this name, `timeout_seconds` of the action at most.", examples=["paid"]),
    ] = None

    @field_validator("seconds")
    @classmethod
    def _seconds_are_a_number(cls, seconds: float | str | None) -> float | str | None:
        if isinstance(seconds, str) and _is_plain(seconds):
            raise ValueError("seconds must be a number, or a template that gives one")
        return seconds

    @field_validator("until")
    @classmethod
    def _until_is_a_moment(cls, until: str | None) -> str | None:
        if until is not None and _is_plain(until):
            _moment(until)
        return until

    @model_validator(mode="after")
    def _is_one_of_three(self) -> Self:
        if len([given for given in (self.seconds, self.until, self.signal) if given is not None]) != 1:
            raise ValueError("needs one of seconds, until and signal")
        return self


class Wait:
    """How long to wait is known when it begins, and journaled: no later change of a clock or a template moves it."""

    action_type = "wait"
    config_model = WaitConfig
    reaches_out = False

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def gate(self, _call: ActionCall) -> None:
        """It asks nobody."""

    def response_shape(self, config: Mapping[str, Any]) -> Shape:
        """See `resume`."""
        if config.get("signal") is None:
            return keys("waited_until")
        return keys("signal", "payload", "sent_by", "sent_at")

    async def run(self, call: ActionCall) -> Suspended:
        """Begin to wait."""
        config: WaitConfig = call.config
        if config.signal is not None:
            limit = call.timeout_seconds
            return Suspended(
                reason=WaitReason.SIGNAL,
                address=SIGNAL_PREFIX + config.signal,
                until=None if limit is None else self._clock.now() + timedelta(seconds=limit),
                notes={"signal": config.signal},
            )
        return Suspended(reason=WaitReason.TIMER, until=self._end(config))

    def _end(self, config: WaitConfig) -> datetime:
        if isinstance(config.seconds, int | float):
            return self._clock.now() + timedelta(seconds=config.seconds)
        if config.until is None:
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, "after rendering, seconds is no number")
        try:
            return _moment(config.until)
        except ValueError as error:
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, f"after rendering, {error}") from None

    def resume(self, call: ActionCall, _notes: Mapping[str, Any], message: Message | None) -> dict[str, Any]:
        """The end of the wait: `{waited_until}`, or what came with the signal: `{signal, payload, sent_by, sent_at}`.

        Raises `ActionFailed` (TIMEOUT) where no signal came in time.
        """
        config: WaitConfig = call.config
        if message is not None:
            return {
                "signal": config.signal,
                "payload": message.data.get("payload"),
                "sent_by": message.sent_by,
                "sent_at": spelled(message.sent_at),
            }
        if config.signal is not None:
            text = f"the signal '{config.signal}' did not come within {call.timeout_seconds} s"
            raise ActionFailed(ActionErrorCode.TIMEOUT, text)
        return {"waited_until": spelled(self._clock.now())}


def _is_plain(text: str) -> bool:
    return isinstance(parse(text), Constant)


def _moment(text: str) -> datetime:
    try:
        return MOMENT.validate_python(text)
    except ValidationError:
        raise ValueError("until must be a moment such as 2026-01-31T12:00:00Z, or a template that gives one") from None


def wait(resources: ActionResources) -> Wait:
    """Build the action type."""
    return Wait(resources.clock)

"""The action type `notification`: recorded in the journal (decision E14), and delivered to a service or by mail."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from engine.actions.endpoints import ENDPOINT_SAYS, safe_endpoint
from engine.actions.protocol import ActionCall, ActionResources, Delivery, EndpointField, NamesService, WithDeliveries
from engine.actions.secret_fields import MayNameSecrets
from engine.core.failure import ActionFailed
from engine.expressions.shapes import Keys, Shape, shape_of
from engine.expressions.templates import Constant, parse
from engine.secrets.redaction import without_labels
from models.commands.mail_addresses import MAX_RECIPIENTS, MAX_SUBJECT, NO_MAIL, is_address, is_line
from models.commands.validation import Command
from models.moments import spelled
from models.words import ActionErrorCode, DeliveryChannel

MAIL = "email"
MAY_BE_TOLD = MayNameSecrets(links_only_by=("channel", MAIL))
SUBJECT_LENGTH = 100
"""Characters of the first line of a message that are its subject where none is given: without secrets, as subjects are
in the logs of mail servers.
"""

TOLD = ("message", "data")
"""What is told as it is configured, by whichever channel."""

CHANNEL_OF: Mapping[str, str] = {"service": "webhook", "endpoint": "webhook", "to": "email", "subject": "email"}
"""Which channel takes what beside the message."""

REQUIRED: Mapping[str, str] = {"webhook": "service", "email": "to"}

Address = Annotated[str, StringConstraints(min_length=1, max_length=2048)]


class NotificationConfig(Command):
    """What to tell, and by which `channel`; `data` is any JSON value that goes with the message."""

    message: Annotated[str, MAY_BE_TOLD] = Field(description="What to tell.", examples=["Hello, {{who}}!"])
    channel: Literal["log", "webhook", "email"] = Field(
        "log",
        description="Where it is told: in the execution's log alone, or also to a registered service or by mail.",
    )
    level: Literal["info", "warning", "error"] = Field("info", description="How much it matters.")
    data: Annotated[Any, MAY_BE_TOLD] = Field(
        None, description="Any JSON that goes with the message.", examples=[{"order": "{{order_id}}"}]
    )
    service: Annotated[Annotated[str, StringConstraints(min_length=1, max_length=200)] | None, NamesService()] = Field(
        None, description="`webhook`: the name of the registered service that is told.", examples=["chat"]
    )
    endpoint: Annotated[Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None, EndpointField()] = (
        Field(None, description=f"`webhook`: {ENDPOINT_SAYS} Default: `/`.", examples=["/alerts"])
    )
    to: Address | Annotated[list[Address], Field(min_length=1, max_length=MAX_RECIPIENTS)] | None = Field(
        None, description="`email`: the address to write to, or a list of 50 at most.", examples=["ann@example.com"]
    )
    subject: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None,
        MAY_BE_TOLD,
    ] = Field(
        None, description="`email`: one line; default: the first of the message.", examples=["Order {{order_id}}"]
    )

    @field_validator("to", mode="before")
    @classmethod
    def _are_addresses(cls, to: Any) -> Any:
        """Before the kinds are told apart: so there is one fault, at the field."""
        for address in _listed(to) if isinstance(to, str | list | None) else [to]:
            if not isinstance(address, str) or (_is_plain(address) and not is_address(address)):
                raise ValueError("must be an address such as ann@example.com, or a list of such")
        if isinstance(to, list) and not 1 <= len(to) <= MAX_RECIPIENTS:
            raise ValueError(f"must be 1 to {MAX_RECIPIENTS} addresses")
        return to

    @field_validator("subject")
    @classmethod
    def _is_one_line(cls, subject: str | None) -> str | None:
        if subject is not None and _is_plain(subject) and (not is_line(subject) or len(subject) > MAX_SUBJECT):
            raise ValueError(f"must be one line of {MAX_SUBJECT} characters at most")
        return subject

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        needed = REQUIRED.get(self.channel)
        if needed is not None and getattr(self, needed) is None:
            raise ValueError(f"the channel {self.channel} needs {needed}")
        for name in sorted(self.model_fields_set & CHANNEL_OF.keys()):
            if CHANNEL_OF[name] != self.channel and getattr(self, name) is not None:
                raise ValueError(f"{name} is for the channel {CHANNEL_OF[name]}, and this is {self.channel}")
        return self


class Notification:
    """It succeeds once it is on disk, offline too: what is to be delivered is stored with its journal entry."""

    action_type = "notification"
    config_model = NotificationConfig
    reaches_out = False

    def __init__(self, resources: ActionResources) -> None:
        self._resources = resources

    def gate(self, _call: ActionCall) -> None:
        """It asks nobody."""

    def response_shape(self, config: Mapping[str, Any]) -> Shape:
        """What was told, and how."""
        return Keys({"channel": None, "level": None, **{key: shape_of(value) for key, value in config.items()}})

    async def run(self, call: ActionCall) -> dict[str, Any] | WithDeliveries:
        """Return what subscribers and the log show, and what is to be delivered. Raises `ActionFailed`."""
        config: NotificationConfig = call.config
        given: dict[str, Any] = config.model_dump(exclude_unset=True)
        response = {"channel": config.channel, "level": config.level, **given}
        if config.channel == "log":
            return response
        said = {
            "execution_id": call.execution_id,
            "workflow_id": call.workflow_id,
            "action_id": call.action_id,
            "timestamp": spelled(self._resources.clock.now()),
            "level": config.level,
            "message": config.message,
            "data": config.data,
        }
        if config.channel == "webhook":
            return WithDeliveries(response, (await self._webhook(call, config, said),))
        return WithDeliveries(response, tuple(self._mails(call, config, said)))

    def warnings(self, config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what a configuration will fail with as this node is set, each with its field."""
        if config.get("channel") == MAIL and self._resources.sends_mail is False:
            yield "channel", NO_MAIL

    async def _webhook(self, call: ActionCall, config: NotificationConfig, said: dict[str, Any]) -> Delivery:
        name, endpoint = config.service or "", safe_endpoint(config.endpoint or "/")
        url = await self._resources.services.address(call.tenant, name, endpoint)
        return Delivery(
            channel=DeliveryChannel.WEBHOOK, url=url, content=said, service=name, endpoint=endpoint, fields=TOLD
        )

    def _mails(self, call: ActionCall, config: NotificationConfig, said: dict[str, Any]) -> Iterator[Delivery]:
        """One for each recipient, so that what one of them refuses is no matter of the others."""
        mocks = self._resources.mocks
        if not self._resources.sends_mail and not (mocks and mocks.look(call.tenant, MAIL, "/", "POST")):
            raise ActionFailed(ActionErrorCode.EMAIL_NOT_CONFIGURED, NO_MAIL)
        to = list(dict.fromkeys(_listed(config.to)))
        first_line = without_labels(config.message).strip().partition("\n")[0]
        subject = config.subject or first_line.strip()[:SUBJECT_LENGTH] or "(no subject)"
        if not is_line(subject) or len(subject) > MAX_SUBJECT:
            message = f"the subject must be one line of {MAX_SUBJECT} characters at most: give another one"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
        if wrong := [address for address in to if not is_address(address)]:
            # What a value has brought in may look like a template, which nobody has judged by then.
            message = f"after rendering, to: {wrong[0][:200]!r} is no address such as ann@example.com"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
        fields = TOLD if config.subject is None else (*TOLD, "subject")
        for address in to:
            content = {"to": to, "subject": subject, **said}
            yield Delivery(
                channel=DeliveryChannel.EMAIL,
                url=f"mailto:{address}",
                content=content,
                fields=fields,
                links_only=True,
            )


def _listed(to: str | list[str] | None) -> list[str]:
    return [] if to is None else [to] if isinstance(to, str) else to


def _is_plain(text: str) -> bool:
    return isinstance(parse(text), Constant)


def notification(resources: ActionResources) -> Notification:
    """Build the action type."""
    return Notification(resources)

"""What an action type is: the contract for the built-in ones and for plug-ins."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, Protocol, get_args, runtime_checkable

import msgspec
from pydantic import BaseModel

from engine.core.clock import Clock
from engine.core.opening import Opening
from engine.core.run import Run
from engine.expressions.shapes import Shape
from engine.secrets.redaction import Redactor
from engine.services.directory import ServiceDirectory
from engine.services.gates import Gate
from engine.services.mocks import MockServices
from engine.services.outbound import Outbound
from models.words import DeliveryChannel, OnParentEnd, WaitReason


class EndpointField:
    """Marks a field of a configuration, by `Annotated`, as the path and query of a URL.

    What an expression within its text brings is percent-encoded, so that it stays where it was put; a text that is one
    whole expression is not.
    """


class NamesService:
    """Marks a field of a configuration, by `Annotated`, as the name of a registered service."""


class NamesWorkflow:
    """Marks a field of a configuration, by `Annotated`, as the id of a workflow."""


FILLED_IN: Mapping[str, bool] = {"is_filled_in": True}
"""The context in which a configuration is validated once it is filled in: what looks like a template then is none."""


@cache
def fields_marked(config_model: type[BaseModel], mark: type[object]) -> frozenset[str]:
    """The names of the fields of a configuration that are marked so, they or a part of their type."""
    return frozenset(
        name
        for name, field in config_model.model_fields.items()
        if any(isinstance(found, mark) for found in (*field.metadata, *_parts(field.annotation)))
    )


def _parts(annotation: Any) -> Iterator[Any]:
    for part in get_args(annotation):
        yield part
        yield from _parts(part)


def endpoint_fields(config_model: type[BaseModel]) -> frozenset[str]:
    """The names of the fields of a configuration that are paths and queries."""
    return fields_marked(config_model, EndpointField)


def idempotency_key(execution_id: str, action_id: str, item: int | None, iteration: int) -> str:
    """By what a target recognises one piece of work; see `ActionCall.idempotency_key`."""
    parts = [execution_id, action_id]
    if item is not None:
        parts.append(str(item))
    if iteration > 1:
        parts.append(f"r{iteration}")
    return ":".join(parts)


class ActionCall(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt of one action. `config` is rendered and valid; `timeout_seconds` is the action's own, if any.

    `item` is the index of the item for which it runs, if it runs for each of a list, and `iteration` counts from 1 how
    often it has been repeated. `created_by` started the execution; `depth` executions are above it, of which `root_id`
    is the topmost, or itself. `cleans_up` in the clean-up after a cancel. `rerun_of` is the execution that its own does
    over; what it starts goes on from `again`, where that is there. What undoes a reused result is the work of the
    execution that had the result, `work_of`, so that it is known as the same wherever it is done.

    `redactor` hides the secrets that are used in whatever the attempt leaves behind: response, failure, log. An action
    type that comes by another credential adds it.
    """

    execution_id: str
    workflow_id: str
    tenant: str
    action_id: str
    attempt: int
    config: Any
    timeout_seconds: int | None
    item: int | None = None
    iteration: int = 1
    created_by: str = ""
    root_id: str = ""
    depth: int = 0
    cleans_up: bool = False
    rerun_of: str | None = None
    again: "Again | None" = None
    work_of: str | None = None
    redactor: Redactor = msgspec.field(default_factory=Redactor)

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt and every crash replay of one piece of work, so that a target can recognise it."""
        return idempotency_key(self.work_of or self.execution_id, self.action_id, self.item, self.iteration)

    @property
    def traceparent(self) -> str:
        """The W3C trace context: one trace for the whole execution, a span for each attempt."""
        trace = sha256(self.execution_id.encode()).hexdigest()[:32]
        span = sha256(f"{self.idempotency_key}:{self.attempt}".encode()).hexdigest()[:16]
        return f"00-{trace}-{span}-01"


class ChildLabels(msgspec.Struct, frozen=True):
    """The labels of an execution that an action starts: `own` ones, and where it `inherits` those that the execution
    of the action has at that moment, over which its own go.
    """

    own: Mapping[str, str] = {}
    inherits: bool = False


class Again(msgspec.Struct, frozen=True):
    """An execution from which the one goes on that an action starts; `keeps_version` where it runs on the same one, and
    `reuses_approvals` where what people have decided still holds.
    """

    execution_id: str
    keeps_version: bool
    reuses_approvals: bool


class Children(Protocol):
    """Makes the executions that actions start."""

    async def prepare(
        self,
        parent: "ActionCall",
        workflow_id: str,
        version: str | None,
        values: Mapping[str, Any],
        on_parent_end: OnParentEnd,
        labels: ChildLabels = ChildLabels(),  # noqa: B008 - it is frozen
    ) -> tuple[Run, Opening]:
        """A run of a workflow of the tenant of the action that starts it, and with what its journal begins; nothing has
        been written of it yet. Where the action starts it `again`, it goes on from what failed then, as far as it can.

        `version` is the word for one of its versions; None: its present one. Raises `ActionFailed`.
        """
        ...


class Suspended(msgspec.Struct, frozen=True, kw_only=True):
    """What an attempt returns that has to wait for the outside: until then nothing of it is in memory.

    It goes on at `until`, or with a message to its `address`, where it has one. `notes`, a JSON object, are kept for it
    and shown to whoever may see payloads. `starts` is an execution that begins with the wait, or not at all, and
    `opening` with what its journal does.
    """

    reason: WaitReason
    until: datetime | None = None
    address: str | None = None
    notes: Mapping[str, Any] = {}
    starts: Run | None = None
    opening: Opening = Opening()


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be delivered: stored with the end of its attempt, and sent from there until it is taken.

    `url` says where it goes, for people; `content` is a JSON object. A webhook goes to a `service` at an `endpoint`.
    `fields` are the keys of the content that are fields of the configuration as they are: what these name of secrets is
    added at each attempt to deliver, with `links_only` that of links to approvals alone. Until then `withheld`, which
    the engine sees to, is kept in its place.
    """

    channel: DeliveryChannel
    url: str
    content: Mapping[str, Any]
    service: str | None = None
    endpoint: str | None = None
    fields: tuple[str, ...] = ()
    links_only: bool = False
    withheld: Mapping[str, Any] | None = None


class WithDeliveries(msgspec.Struct, frozen=True):
    """What an attempt returns that has something delivered: its response, and that, which is on disk with it or not at
    all.
    """

    response: Any
    deliveries: tuple[Delivery, ...]


class Answered(msgspec.Struct, frozen=True):
    """What an attempt returns that was answered by HTTP: its response, and the status and headers that came with it."""

    response: Any
    http: Mapping[str, Any]


class Message(msgspec.Struct, frozen=True):
    """What was sent to an address of an execution, by whom and when; `data` is a JSON object."""

    id: str
    address: str
    data: Mapping[str, Any]
    sent_by: str
    sent_at: datetime


class Action(Protocol):
    """One action type."""

    action_type: str
    """The word in `action_type`."""

    config_model: type[BaseModel]
    """Checks `config` when the workflow is saved (templates are still strings) and once more when rendered.

    Secrets may stand in the fields alone that say so; see `engine.actions.secret_fields.MayHoldSecrets`.
    """

    reaches_out: bool
    """Whether running it may be seen outside. All that came before is on disk before such an action starts."""

    def gate(self, call: ActionCall) -> Gate | None:
        """The gate whose leave the engine asks before it starts this attempt; None: nobody's."""
        ...

    async def run(self, call: ActionCall) -> Any:
        """Carry out one attempt. Raises `ActionFailed`.

        Returns its JSON response, or that within `Answered` or `WithDeliveries`, or `Suspended`.
        """
        ...


@runtime_checkable
class ResumableAction(Action, Protocol):
    """An action type whose attempts may wait for the outside."""

    def resume(self, call: ActionCall, notes: Mapping[str, Any], message: Message | None) -> Any:
        """Go on where `notes` say that the attempt stands, with a message, or because its moment has come.

        Returns the response, or `Suspended` to wait on. Raises `ActionFailed`. It asks nobody and changes nothing:
        after a crash it is done over.
        """
        ...


@runtime_checkable
class ShapedAction(Action, Protocol):
    """An action type that knows what its response looks like before it runs."""

    def response_shape(self, config: Mapping[str, Any]) -> Shape:
        """The shape of the response to a configuration as it was saved, with its templates still in it."""
        ...


@runtime_checkable
class KeyedAction(Action, Protocol):
    """An action type whose configuration may have an idempotency key of its own, which goes over the engine's."""

    def own_key(self, config: Any) -> str | None:
        """The key that a filled in configuration brings; None: none."""
        ...


@runtime_checkable
class DemandingAction(Action, Protocol):
    """An action type that refuses, when they are saved, configurations which it still carries out where they were."""

    def faults(self, config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield the field of a configuration that its model takes, as it is saved, and what is wrong with it."""
        ...


@runtime_checkable
class WarningAction(Action, Protocol):
    """An action type that knows of configurations which will fail as the service is set up."""

    def warnings(self, config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield the field of a configuration, as it is saved, and what is to be said of it."""
        ...


class ActionResources(msgspec.Struct, frozen=True):
    """What the engine lends to action types when it builds them."""

    outbound: Outbound
    services: ServiceDirectory
    clock: Clock
    mocks: MockServices | None = None
    children: Children | None = None
    sends_mail: bool | None = None
    """Whether there is a server that mail goes out by; None where nobody knows."""


class ActionFactory(Protocol):
    """What an entry point names: builds the action type from the engine's resources."""

    def __call__(self, resources: ActionResources) -> Action:
        """Return the action type."""
        ...

"""One attempt of one action: its place at a gate, its secrets, its time-out, and what came of it."""

import asyncio
import logging
import traceback
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from engine.actions.protocol import (
    Action,
    ActionCall,
    Answered,
    Delivery,
    Message,
    ResumableAction,
    Suspended,
    WithDeliveries,
    endpoint_fields,
)
from engine.actions.registry import checked_config
from engine.actions.secret_fields import fields_for_labels
from engine.core.failure import ActionFailed
from engine.core.plan import PlannedAction
from engine.core.run import Run
from engine.core.state import Expected, slot
from engine.core.storable import storable
from engine.expressions.budget import Budget
from engine.expressions.references import SECRETS
from engine.running.filling_in import config_of
from engine.running.rendering import Renderer
from engine.secrets.approval_links import WantedLinks
from engine.secrets.redaction import Redactor
from engine.secrets.scope import HiddenSecrets, RevealedSecrets
from engine.secrets.values import SecretStore
from engine.secrets.withheld import Withheld, any_secrets, only_links, withheld_texts
from engine.services.gates import Gate
from models.log_context import facts
from models.words import ActionErrorCode

log = logging.getLogger("orchestrator.engine.attempt")

OVERTIME_SECONDS = 0.25
"""What an attempt gets beyond its time-out: an action type that keeps it by itself knows better what it waited for."""

LARGE_BYTES = 65_536
"""What is larger is searched for secrets in a thread: a hostile text can take seconds."""


class PreparedAttempt(msgspec.Struct, frozen=True):
    """One attempt of one action, or of one item of it, and at whose gate it asks for leave.

    `scope` is what its templates see. `hidden` are the secrets that must not show in what it leaves behind: where it
    uses any or reaches out, as a service may remember, all of its workflow.
    """

    planned: PlannedAction
    action: Action
    call: ActionCall
    gate: Gate | None
    scope: Mapping[str, Any]
    hidden: frozenset[str]
    links: WantedLinks = WantedLinks()
    """The links to approvals among those secrets."""
    size: int = 0
    """About how many bytes of memory were filled in for it."""

    @property
    def slot(self) -> str:
        """What tells it from the attempts of other actions and items."""
        return slot(self.planned.action_id, self.call.item)


class Ended(msgspec.Struct, frozen=True):
    """What came of an attempt: its response, its failure, or that it waits."""

    attempt: PreparedAttempt
    response: Any = None
    answered: Mapping[str, Any] | None = None
    """The status and the headers of the answer that it succeeded with, if there was one."""
    suspended: Suspended | None = None
    failure: ActionFailed | None = None
    deliveries: tuple[Delivery, ...] = ()
    """What is to be delivered where its success is recorded."""

    @property
    def http(self) -> Mapping[str, Any] | None:
        """The status and the headers of the answer that it came to, however it ended."""
        return self.answered if self.failure is None else self.failure.http


class GatePlace:
    """The place that an attempt took at a gate, given back once, by whatever way the attempt comes to its end."""

    def __init__(self, gate: Gate | None) -> None:
        self._gate = gate

    def give_back(self, ended: Ended | None) -> None:
        """Let the next one in; None: the attempt was cut off, which says nothing about the service."""
        gate, self._gate = self._gate, None
        if gate is None:
            return
        if ended is None:
            gate.abandon()
        else:
            gate.leave(ended.failure)


async def run_attempt(attempt: PreparedAttempt, secrets: SecretStore, renderer: Renderer) -> Ended:
    """Carry an attempt out within its time-out; whatever it fails with is its outcome, and none of ours."""
    action, call = attempt.action, attempt.call
    redactor = call.redactor
    limit = None if call.timeout_seconds is None else call.timeout_seconds + OVERTIME_SECONDS
    is_begun = False
    try:
        if log.isEnabledFor(logging.DEBUG):
            log.debug("An attempt begins", extra=facts(action_id=call.action_id, action_type=action.action_type))
        async with asyncio.timeout(limit):
            if attempt.hidden:
                call = await _with_secrets(attempt, secrets, renderer)
            is_begun = True
            response = await action.run(call)
        if isinstance(response, Suspended):
            return await _suspended(attempt, response)
        deliveries: tuple[Delivery, ...] = ()
        answered: Mapping[str, Any] | None = None
        if isinstance(response, Answered):
            response, answered = response.response, response.http
        elif isinstance(response, WithDeliveries):
            response, deliveries = response.response, response.deliveries
            if attempt.planned.secrets:
                deliveries = tuple([await _withheld_from(delivery, attempt, renderer) for delivery in deliveries])
        if redactor:
            response, answered = await _redacted([response, answered], redactor)
            deliveries = tuple([await _without_secrets_in(delivery, redactor) for delivery in deliveries])
        return Ended(attempt, response=storable(response), answered=answered, deliveries=deliveries)
    except ActionFailed as error:
        failure = error
    except TimeoutError:
        failure = _late(call) if is_begun else _without_secrets(call)
    except Exception as error:
        failure = _bug(attempt, error)
    if log.isEnabledFor(logging.DEBUG):
        log.debug("An attempt failed", extra=facts(action_id=call.action_id, code=failure.code))
    await _make_storable(failure, redactor)
    return Ended(attempt, failure=failure)


async def _suspended(attempt: PreparedAttempt, suspended: Suspended) -> Ended:
    """What is kept of a wait and given to an execution that starts with it. Raises `ActionFailed`."""
    notes, starts, redactor = dict(suspended.notes), suspended.starts, attempt.call.redactor
    if redactor:
        notes = await _redacted(notes, redactor)
        if suspended.address is not None and redactor.text(suspended.address) != suspended.address:
            message = "it would wait for a message at an address that holds a secret"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
        if starts is not None:
            starts = await _started_without_secrets(starts, redactor)
    return Ended(attempt, suspended=msgspec.structs.replace(suspended, notes=storable(notes), starts=starts))


async def _started_without_secrets(run: Run, redactor: Redactor) -> Run:
    parameters = await _redacted(dict(run.parameters), redactor)
    key = None if run.concurrency_key is None else redactor.text(run.concurrency_key)
    labels = {name: redactor.text(value) for name, value in run.labels.items()}
    return msgspec.structs.replace(run, parameters=parameters, concurrency_key=key, labels=labels)


def resume_attempt(attempt: PreparedAttempt, wait: Expected, message: Message | None) -> Ended:
    """Go on with an attempt that waits; see `ResumableAction.resume`."""
    action = attempt.action
    try:
        if not isinstance(action, ResumableAction):
            raise TypeError(f"the action type '{action.action_type}' waited, and cannot go on")
        outcome = action.resume(attempt.call, wait.notes, message)
        if isinstance(outcome, Suspended):
            return Ended(attempt, suspended=msgspec.structs.replace(outcome, notes=storable(dict(outcome.notes))))
        return Ended(attempt, response=storable(outcome))
    except ActionFailed as failure:
        return Ended(attempt, failure=failure)
    except Exception as error:
        return Ended(attempt, failure=_bug(attempt, error))


def _bug(attempt: PreparedAttempt, error: Exception) -> ActionFailed:
    _log_bug(attempt.call, error)
    message = f"the action type '{attempt.action.action_type}' broke: the server's log has the details"
    return ActionFailed(ActionErrorCode.INTERNAL_ERROR, message)


async def _with_secrets(attempt: PreparedAttempt, secrets: SecretStore, renderer: Renderer) -> ActionCall:
    """The call with its secrets in it: rendered anew from the template, since a value is never read as one.

    Where they are only told, they need to be there, and their labels stay.
    """
    planned, call = attempt.planned, attempt.call
    values = await secrets.values(call.tenant, planned.secrets, attempt.hidden)
    values |= await secrets.link_values(attempt.links)
    scope = {**attempt.scope, SECRETS: RevealedSecrets(values, call.redactor)}
    if isinstance(attempt.scope.get(SECRETS), HiddenSecrets):
        return call
    config = await renderer.render(partial(rendered_config, planned, attempt.action, scope))
    return msgspec.structs.replace(call, config=config)


def rendered_config(planned: PlannedAction, action: Action, scope: Mapping[str, Any], budget: Budget) -> Any:
    """The configuration of an action as its type's own model, its templates filled in. Raises `ActionFailed`."""
    return checked_config(action, config_of(planned, endpoint_fields(action.config_model), scope, budget))


def measured_config(
    planned: PlannedAction, action: Action, scope: Mapping[str, Any], budget: Budget
) -> tuple[Any, int]:
    """The rendered configuration, and about how many bytes it takes: no more than were made. Raises `ActionFailed`."""
    config = config_of(planned, endpoint_fields(action.config_model), scope, budget)
    size = budget.bytes if budget.bytes <= LARGE_BYTES else min(budget.bytes, len(msgspec.json.encode(config)))
    return checked_config(action, config), size


def _late(call: ActionCall) -> ActionFailed:
    allowed = "in time" if call.timeout_seconds is None else f"within {call.timeout_seconds} s"
    return ActionFailed(ActionErrorCode.TIMEOUT, f"the attempt did not end {allowed}", retryable=True)


def _without_secrets(call: ActionCall) -> ActionFailed:
    """Nobody was called, so this says nothing about a service, and to try again does no harm."""
    message = f"the database did not give the secrets within {call.timeout_seconds} s"
    return ActionFailed(ActionErrorCode.SECRET_UNREADABLE, message, retryable=True, repeatable=True)


async def _redacted(response: Any, redactor: Redactor) -> Any:
    """The response without secrets."""
    try:
        encoded = msgspec.json.encode(response)
    except (TypeError, ValueError, RecursionError):
        return response  # which is no JSON, and will be refused

    def redact() -> Any:
        return redactor.redact(msgspec.json.decode(encoded)) if redactor.may_find(encoded) else response

    return await asyncio.to_thread(redact) if len(encoded) > LARGE_BYTES else redact()


async def _withheld_from(delivery: Delivery, attempt: PreparedAttempt, renderer: Renderer) -> Delivery:
    """With what its secrets are found by when it is sent. Raises `ActionFailed`."""
    fields = [name for name in delivery.fields if name in fields_for_labels(attempt.action.config_model)]
    brings = only_links if delivery.links_only else any_secrets
    texts = await renderer.render(partial(withheld_texts, attempt.planned.config, fields, attempt.scope, brings))
    if not texts:
        return delivery
    withheld = Withheld(texts, attempt.hidden, attempt.links)
    return msgspec.structs.replace(delivery, withheld=msgspec.to_builtins(withheld, order="deterministic"))


async def _without_secrets_in(delivery: Delivery, redactor: Redactor) -> Delivery:
    """What is stored of a delivery. Raises `ActionFailed` where a secret says where it goes, which is told as well."""
    for place in (delivery.url, delivery.service, delivery.endpoint):
        if place is not None and redactor.text(place) != place:
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, "it would be delivered to a place that holds a secret")
    content, withheld = await _redacted(dict(delivery.content), redactor), delivery.withheld
    if withheld is not None:
        withheld = {**withheld, "texts": await _redacted(withheld["texts"], redactor)}
    return msgspec.structs.replace(delivery, content=content, withheld=withheld)


async def _make_storable(failure: ActionFailed, redactor: Redactor) -> None:
    """Take from a failure what is secret, and what not every database can hold."""
    if redactor:
        failure.message = redactor.message(failure.message)
        failure.http_headers = await _redacted(failure.http_headers, redactor)
        failure.response = await _redacted(failure.response, redactor)
    try:
        failure.response = storable(failure.response)
    except ActionFailed as unstorable:
        failure.response = unstorable.message


def _log_bug(call: ActionCall, error: Exception) -> None:
    known = {"execution_id": call.execution_id, "action_id": call.action_id}
    if not call.redactor:
        log.error("An action broke", exc_info=error, extra=facts(**known))
        return
    trace = call.redactor.message("".join(traceback.format_exception(error)))
    log.error("An action broke", extra={**facts(**known), "trace": trace})

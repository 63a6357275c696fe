"""One attempt of one action: its place at a gate, its secrets, its time-out, and what came of it."""

import asyncio
import logging
import traceback
from collections.abc import Mapping
from typing import Any

import msgspec

from engine import templates
from engine.actions.protocol import Action, ActionCall, Message, Suspended, WaitingAction
from engine.actions.registry import checked_config
from engine.approval_links import WantedLinks
from engine.dag import PlannedAction
from engine.failure import ActionFailed
from engine.redaction import Redactor
from engine.references import SECRETS, ExpressionError
from engine.secret_scope import RevealedSecrets
from engine.secrets import SecretStore
from engine.service_gates import Gate
from engine.state import Expected, slot
from engine.storable import storable
from models.words import ActionErrorCode

log = logging.getLogger("orchestrator.attempt")

OVERTIME_SECONDS = 0.25
"""What an attempt gets beyond its time-out: an action type that keeps it by itself knows better what it waited for."""

LARGE_BYTES = 65_536
"""What is larger is searched for secrets in a thread: a hostile text can take seconds."""


class Attempt(msgspec.Struct, frozen=True):
    """One attempt of one action, or of one item of it, and at whose gate it asks for leave.

    `scope` is what its templates see. `hidden` are the secrets that must not show in what it leaves behind: those that
    it uses, and where it reaches out, as a service may remember, all of its workflow.
    """

    planned: PlannedAction
    action: Action
    call: ActionCall
    gate: Gate | None
    scope: Mapping[str, Any]
    hidden: frozenset[str]
    links: WantedLinks = WantedLinks()
    """The links to approvals among those secrets."""

    @property
    def slot(self) -> str:
        """What tells it from the attempts of other actions and items."""
        return slot(self.planned.action_id, self.call.item)


class Ended(msgspec.Struct, frozen=True):
    """What came of an attempt: its response, its failure, or that it waits."""

    attempt: Attempt
    response: Any = None
    suspended: Suspended | None = None
    failure: ActionFailed | None = None


class Place:
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


async def run_attempt(attempt: Attempt, secrets: SecretStore) -> Ended:
    """Carry an attempt out within its time-out; whatever it fails with is its outcome, and none of ours."""
    action, call = attempt.action, attempt.call
    redactor = call.redactor
    limit = None if call.timeout_seconds is None else call.timeout_seconds + OVERTIME_SECONDS
    is_begun = False
    try:
        async with asyncio.timeout(limit):
            if attempt.hidden:
                call = await _with_secrets(attempt, secrets)
            is_begun = True
            response = await action.run(call)
        if isinstance(response, Suspended):
            return await _suspended(attempt, response)
        if redactor:
            response = await _redacted(response, redactor)
        return Ended(attempt, response=storable(response))
    except ActionFailed as error:
        failure = error
    except TimeoutError:
        failure = _late(call) if is_begun else _without_secrets(call)
    except Exception as error:
        failure = _bug(attempt, error)
    if redactor:
        await _redact_failure(failure, redactor)
    return Ended(attempt, failure=failure)


async def _suspended(attempt: Attempt, suspended: Suspended) -> Ended:
    notes = dict(suspended.notes)
    if attempt.call.redactor:
        notes = await _redacted(notes, attempt.call.redactor)
    return Ended(attempt, suspended=msgspec.structs.replace(suspended, notes=storable(notes)))


def resume_attempt(attempt: Attempt, wait: Expected, message: Message | None) -> Ended:
    """Go on with an attempt that waits; see `WaitingAction.resume`."""
    action = attempt.action
    try:
        if not isinstance(action, WaitingAction):
            raise TypeError(f"the action type '{action.action_type}' waited, and cannot go on")
        outcome = action.resume(attempt.call, wait.notes, message)
        if isinstance(outcome, Suspended):
            return Ended(attempt, suspended=msgspec.structs.replace(outcome, notes=storable(dict(outcome.notes))))
        return Ended(attempt, response=storable(outcome))
    except ActionFailed as failure:
        return Ended(attempt, failure=failure)
    except Exception as error:
        return Ended(attempt, failure=_bug(attempt, error))


def _bug(attempt: Attempt, error: Exception) -> ActionFailed:
    _log_bug(attempt.call, error)
    message = f"the action type '{attempt.action.action_type}' broke: the server's log has the details"
    return ActionFailed(ActionErrorCode.INTERNAL_ERROR, message)


async def _with_secrets(attempt: Attempt, secrets: SecretStore) -> ActionCall:
    """The call with its secrets in it: rendered anew from the template, since a value is never read as one."""
    planned, call = attempt.planned, attempt.call
    values = await secrets.values(call.tenant, planned.secrets, attempt.hidden)
    values |= await secrets.link_values(attempt.links)
    scope = {**attempt.scope, SECRETS: RevealedSecrets(values, call.redactor)}
    return msgspec.structs.replace(call, config=rendered_config(planned, attempt.action, scope))


def rendered_config(planned: PlannedAction, action: Action, scope: Mapping[str, Any]) -> Any:
    """The configuration of an action as its type's own model, its templates filled in. Raises `ActionFailed`."""
    try:
        config = templates.render(planned.config, scope)
    except ExpressionError as error:
        raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, str(error)) from None
    return checked_config(action, config)


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


async def _redact_failure(failure: ActionFailed, redactor: Redactor) -> None:
    failure.message = redactor.message(failure.message)
    try:
        failure.response = storable(await _redacted(failure.response, redactor))
    except ActionFailed as unstorable:
        failure.response = unstorable.message


def _log_bug(call: ActionCall, error: Exception) -> None:
    if not call.redactor:
        log.error("action %s of %s broke", call.action_id, call.execution_id, exc_info=error)
        return
    trace = call.redactor.message("".join(traceback.format_exception(error)))
    log.error("action %s of %s broke\n%s", call.action_id, call.execution_id, trace)

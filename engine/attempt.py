"""One attempt of one action: its place at a gate, its time-out, and what came of it."""

import asyncio
import logging
from typing import Any

import msgspec

from engine.actions.protocol import Action, ActionCall
from engine.dag import PlannedAction
from engine.failure import ActionFailed
from engine.service_gates import Gate
from engine.storable import storable
from models.words import ActionErrorCode

log = logging.getLogger("orchestrator.attempt")

OVERTIME_SECONDS = 0.25
"""What an attempt gets beyond its time-out: an action type that keeps it by itself knows better what it waited for."""


class Attempt(msgspec.Struct, frozen=True):
    """One attempt of one action, and at whose gate it asks for leave."""

    planned: PlannedAction
    action: Action
    call: ActionCall
    gate: Gate | None


class Ended(msgspec.Struct, frozen=True):
    """What came of an attempt: its response, or its failure."""

    planned: PlannedAction
    attempt: int
    response: Any = None
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


async def run_attempt(attempt: Attempt) -> Ended:
    """Carry an attempt out within its time-out; whatever it fails with is its outcome, and none of ours."""
    action, call = attempt.action, attempt.call
    limit = None if call.timeout_seconds is None else call.timeout_seconds + OVERTIME_SECONDS
    try:
        async with asyncio.timeout(limit):
            return Ended(attempt.planned, call.attempt, response=storable(await action.run(call)))
    except ActionFailed as error:
        failure = error
    except TimeoutError:
        allowed = "in time" if call.timeout_seconds is None else f"within {call.timeout_seconds} s"
        failure = ActionFailed(ActionErrorCode.TIMEOUT, f"the attempt did not end {allowed}", retryable=True)
    except Exception:
        log.exception("action %s of %s broke", call.action_id, call.execution_id)
        message = f"the action type '{action.action_type}' broke: the server's log has the details"
        failure = ActionFailed(ActionErrorCode.INTERNAL_ERROR, message)
    return Ended(attempt.planned, call.attempt, failure=failure)

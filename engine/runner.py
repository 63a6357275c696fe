"""Carries out one execution: asks `decide` what is next, does it, and journals what came of it."""

import asyncio
import logging
from typing import Any

import msgspec

from engine import templates
from engine.actions.protocol import Action, ActionCall
from engine.actions.registry import ActionRegistry, checked_config
from engine.clock import Clock
from engine.dag import PlannedAction
from engine.decide import Begin, Command, Finish, Start, decide
from engine.failure import ActionFailed, error_object
from engine.journal import Stream
from engine.state import ExecutionState
from engine.storable import storable
from models.words import ActionErrorCode, EventType, ExecutionStatus

log = logging.getLogger("orchestrator.runner")

FINAL_EVENTS = {
    ExecutionStatus.COMPLETED: EventType.EXECUTION_COMPLETED,
    ExecutionStatus.FAILED: EventType.EXECUTION_FAILED,
}


class Outcome(msgspec.Struct, frozen=True):
    """What came of one attempt, as it goes into the journal."""

    kind: EventType
    action_id: str
    data: dict[str, Any]


class Runner:
    """The shell around the pure core, for one execution at a time."""

    def __init__(self, stream: Stream, actions: ActionRegistry, clock: Clock) -> None:
        self._stream = stream
        self._actions = actions
        self._clock = clock
        self._outcomes: asyncio.Queue[Outcome | Exception] = asyncio.Queue()
        self._attempts: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> ExecutionState:
        """Go on until the execution has ended on disk. Raises `Fenced` where another owner took over."""
        try:
            while not self._stream.state.status.is_terminal:
                commands = self._decide()
                for command in commands:
                    await self._carry_out(command)
                if not commands:
                    self._stream.commit()
                    await self._gather_outcomes()
            await self._stream.durable()
            return self._stream.state
        finally:
            await self._abort_attempts()

    def _decide(self) -> list[Command]:
        run, state = self._stream.run, self._stream.state
        return decide(run.plan, state, run.deadline(state), self._clock.now())

    def _record(self, kind: EventType, action_id: str | None = None, data: dict[str, Any] | None = None) -> None:
        self._stream.record(kind, self._clock.now(), action_id, data or {})

    async def _carry_out(self, command: Command) -> None:
        match command:
            case Begin():
                self._record(EventType.EXECUTION_STARTED)
            case Start(action, attempt):
                await self._start(action, attempt)
            case Finish(status, error):
                self._record(FINAL_EVENTS[status], data={"error": error} if error else None)

    async def _start(self, planned: PlannedAction, attempt: int) -> None:
        self._record(EventType.ACTION_STARTED, planned.action_id, {"attempt": attempt})
        try:
            action, call = self._prepare(planned, attempt)
        except ActionFailed as failure:
            self._record_outcome(_failed(failure, planned.action_id, attempt))
            return
        if action.reaches_out:
            self._attempts[planned.action_id] = asyncio.create_task(self._attempt(action, call))
        else:
            self._record_outcome(await _outcome(action, call))

    def _prepare(self, planned: PlannedAction, attempt: int) -> tuple[Action, ActionCall]:
        action = self._actions.get(planned.action_type)
        if action is None:
            message = f"the action type '{planned.action_type}' is not installed on this node"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
        run = self._stream.run
        try:
            config = templates.render(planned.config, run.scope(self._stream.state))
        except templates.ExpressionError as error:
            raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, str(error)) from None
        return action, ActionCall(
            execution_id=run.execution_id,
            workflow_id=run.workflow_id,
            tenant=run.tenant,
            action_id=planned.action_id,
            attempt=attempt,
            config=checked_config(action, config),
            timeout_seconds=planned.timeout_seconds,
        )

    async def _attempt(self, action: Action, call: ActionCall) -> None:
        # A crash from here on may repeat this call, so what led to it must be on disk: its inputs are then
        # the same, and its idempotency key is known to belong to an accepted execution.
        try:
            await self._stream.durable()
            self._outcomes.put_nowait(await _outcome(action, call))
        except Exception as error:
            self._outcomes.put_nowait(error)

    async def _gather_outcomes(self) -> None:
        """Wait for the next outcome or the deadline, and record all outcomes that are there."""
        try:
            async with asyncio.timeout(self._seconds_left()):
                outcomes = [await self._outcomes.get()]
        except TimeoutError:
            return
        while not self._outcomes.empty():
            outcomes.append(self._outcomes.get_nowait())
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
            del self._attempts[outcome.action_id]
            self._record_outcome(outcome)

    def _seconds_left(self) -> float | None:
        deadline = self._stream.run.deadline(self._stream.state)
        return None if deadline is None else max(0.0, (deadline - self._clock.now()).total_seconds())

    def _record_outcome(self, outcome: Outcome) -> None:
        self._record(outcome.kind, outcome.action_id, outcome.data)

    async def _abort_attempts(self) -> None:
        for task in self._attempts.values():
            task.cancel()
        await asyncio.gather(*self._attempts.values(), return_exceptions=True)


async def _outcome(action: Action, call: ActionCall) -> Outcome:
    try:
        response = storable(await action.run(call))
    except ActionFailed as failure:
        return _failed(failure, call.action_id, call.attempt)
    except Exception:
        log.exception("action %s of %s broke", call.action_id, call.execution_id)
        message = f"the action type '{action.action_type}' broke: the server's log has the details"
        return _failed(ActionFailed(ActionErrorCode.INTERNAL_ERROR, message), call.action_id, call.attempt)
    return Outcome(EventType.ACTION_SUCCEEDED, call.action_id, {"response": response})


def _failed(failure: ActionFailed, action_id: str, attempt: int) -> Outcome:
    data = {"response": failure.response, "error": error_object(failure, action_id, attempt)}
    return Outcome(EventType.ACTION_FAILED, action_id, data)

"""Carries out one execution: asks `decide` what is next, does it, and journals what came of it."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from engine.actions.protocol import ActionCall
from engine.actions.registry import ActionRegistry
from engine.attempt import Attempt, Ended, Place, rendered_config, run_attempt
from engine.clock import Clock
from engine.dag import PlannedAction
from engine.decide import Begin, Command, Finish, Skip, Start, decide, first_failure, wake_at
from engine.expressions import named
from engine.failure import ActionFailed, error_object
from engine.journal import Stream
from engine.references import SECRETS, ExpressionError
from engine.retry import retry_due_at
from engine.secret_scope import SecretNames
from engine.secrets import SecretStore
from engine.service_gates import Blocked, Gate
from engine.state import ExecutionState
from engine.templates import render
from models.moments import spelled
from models.words import ActionErrorCode, EventType, ExecutionStatus, SkipReason, WaitReason

log = logging.getLogger("orchestrator.runner")

FINAL_EVENTS = {
    ExecutionStatus.COMPLETED: EventType.EXECUTION_COMPLETED,
    ExecutionStatus.FAILED: EventType.EXECUTION_FAILED,
}

PARK_SECONDS = 5.0
"""A wait that is longer than this needs no runner: the timer on the execution's row takes it up again."""

DEFER_SECONDS = 1.0
"""How long an action that met an open circuit stays away at least."""

ABORT_SECONDS = 1.0
"""How long an attempt that was told to stop may take, before it is left to itself."""


class _Admitted(msgspec.Struct, frozen=True):
    """An attempt that waited at its gate and got through, or is `blocked` until a known moment."""

    attempt: Attempt
    blocked: Blocked | None


class Runner:
    """The shell around the pure core, for one execution at a time. `chance` spreads retries, from 0 to 1."""

    def __init__(
        self,
        stream: Stream,
        actions: ActionRegistry,
        secrets: SecretStore,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._stream = stream
        self._actions = actions
        self._secrets = secrets
        self._clock = clock
        self._chance = chance
        self._outcomes: asyncio.Queue[_Admitted | Ended | Exception] = asyncio.Queue()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, Blocked] = {}
        self._decided_at = clock.now()

    @property
    def held(self) -> Mapping[str, Blocked]:
        """The actions that stand at a gate, and what keeps them there."""
        return self._held

    async def run(self) -> ExecutionState:
        """Go on until the execution has ended on disk, or waits for nothing but time and its timer is on disk.

        Raises `Fenced` where another owner took over, and `GroupFull` where it has to wait for its turn.
        """
        try:
            while not self._stream.state.status.is_terminal:
                commands = self._decide()
                for command in commands:
                    await self._carry_out(command)
                if commands:
                    continue
                if self._can_park():
                    break
                self._stream.commit()
                await self._gather_outcomes()
            await self._stream.durable()
            return self._stream.state
        finally:
            await self._abort_tasks()

    def _decide(self) -> list[Command]:
        run, state = self._stream.run, self._stream.state
        self._decided_at = self._clock.now()
        return decide(run.plan, state, run.deadline(state), self._decided_at, self._held)

    def _record(self, kind: EventType, action_id: str | None = None, data: dict[str, Any] | None = None) -> None:
        self._stream.record(kind, self._clock.now(), action_id, data or {})

    async def _carry_out(self, command: Command) -> None:
        match command:
            case Begin():
                self._record(EventType.EXECUTION_STARTED)
                if self._stream.run.group is not None:
                    await self._stream.durable()  # whether there is room for it is known on disk alone
            case Start(action, attempt):
                await self._ask_leave(action, attempt)
            case Skip(action):
                self._skip(action, SkipReason.RUN_IF)
            case Finish(status, error):
                self._record(FINAL_EVENTS[status], data={"error": error} if error else None)

    async def _ask_leave(self, planned: PlannedAction, number: int) -> None:
        try:
            if number == 1 and not self._is_wanted(planned):
                self._skip(planned, SkipReason.WHEN)
                return
            attempt = self._prepare(planned, number)
        except ActionFailed as failure:
            self._record_start(planned, number)
            self._record_end(Ended(planned, number, failure=failure))
            return
        gate = attempt.gate
        blocked = gate.try_enter() if gate is not None else None
        if gate is None or blocked is None:
            await self._start(attempt)
        elif blocked.reason is WaitReason.CIRCUIT_OPEN:
            self._defer(planned, blocked)
        else:
            self._held[planned.action_id] = blocked
            self._tasks[planned.action_id] = asyncio.create_task(self._wait_for_leave(attempt, gate))

    def _defer(self, planned: PlannedAction, blocked: Blocked) -> None:
        soonest = self._clock.now() + timedelta(seconds=DEFER_SECONDS * (1 + self._chance()))
        due_at = soonest if blocked.until is None else max(blocked.until, soonest)
        self._record(
            EventType.ACTION_DEFERRED,
            planned.action_id,
            {"reason": blocked.reason.value, "due_at": spelled(due_at)},
        )

    async def _start(self, attempt: Attempt) -> None:
        planned = attempt.planned
        self._record_start(planned, attempt.call.attempt)
        if attempt.action.reaches_out or attempt.hidden:  # to ask for secrets takes time too
            place = Place(attempt.gate)
            task = asyncio.create_task(self._reach_out(attempt, place))
            task.add_done_callback(lambda _: place.give_back(None))  # it may be cancelled before its first step
            self._tasks[planned.action_id] = task
        else:
            ended = await run_attempt(attempt, self._secrets)
            Place(attempt.gate).give_back(ended)
            self._record_end(ended)

    def _skip(self, planned: PlannedAction, reason: SkipReason) -> None:
        self._record(EventType.ACTION_SKIPPED, planned.action_id, {"reason": reason.value})

    def _is_wanted(self, planned: PlannedAction) -> bool:
        """Whether the condition of an action holds. Raises `ActionFailed` where it has no value, or no truth."""
        if planned.when is None:
            return True
        try:
            condition = render(planned.when, self._stream.run.scope(self._stream.state))
        except ExpressionError as error:
            raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, f"when: {error}") from None
        if not isinstance(condition, bool):
            message = f"when: it is {named(condition)}, and must be true or false: compare it with something"
            raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, message)
        return condition

    def _prepare(self, planned: PlannedAction, number: int) -> Attempt:
        action = self._actions.get(planned.action_type)
        if action is None:
            message = f"the action type '{planned.action_type}' is not installed on this node"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
        run = self._stream.run
        scope = run.scope(self._stream.state)
        if planned.secrets:
            scope[SECRETS] = SecretNames(planned.secrets)
        call = ActionCall(
            execution_id=run.execution_id,
            workflow_id=run.workflow_id,
            tenant=run.tenant,
            action_id=planned.action_id,
            attempt=number,
            config=rendered_config(planned, action, scope),
            timeout_seconds=planned.timeout_seconds,
        )
        hidden = run.plan.secrets if action.reaches_out else planned.secrets
        return Attempt(planned, action, call, action.gate(call), scope, hidden)

    async def _wait_for_leave(self, attempt: Attempt, gate: Gate) -> None:
        try:
            self._outcomes.put_nowait(_Admitted(attempt, await gate.enter()))
        except Exception as error:
            self._outcomes.put_nowait(error)

    async def _reach_out(self, attempt: Attempt, place: Place) -> None:
        # A crash from here on may repeat this call, so what led to it must be on disk: its inputs are then
        # the same, and its idempotency key is known to belong to an accepted execution.
        try:
            await self._stream.durable()
            ended = await run_attempt(attempt, self._secrets)
        except Exception as error:
            self._outcomes.put_nowait(error)
        else:
            place.give_back(ended)
            self._outcomes.put_nowait(ended)

    async def _gather_outcomes(self) -> None:
        """Wait for the next outcome or for time to pass, and act on all outcomes that are there."""
        try:
            async with asyncio.timeout(self._seconds_left()):
                outcome = await self._outcomes.get()
        except TimeoutError:
            return
        await self._act_on(outcome)
        while not self._outcomes.empty():
            await self._act_on(self._outcomes.get_nowait())

    async def _act_on(self, outcome: _Admitted | Ended | Exception) -> None:
        match outcome:
            case Exception():
                raise outcome
            case _Admitted(attempt, blocked):
                del self._held[attempt.planned.action_id], self._tasks[attempt.planned.action_id]
                if blocked is None:
                    await self._start(attempt)
                else:
                    self._defer(attempt.planned, blocked)
            case Ended(planned):
                del self._tasks[planned.action_id]
                self._record_end(outcome)

    def _seconds_left(self) -> float | None:
        """Until time alone makes a difference; what was due already when nothing followed from it makes none."""
        run, state = self._stream.run, self._stream.state
        deadline = run.deadline(state)
        moments = [timer.due_at for timer in state.timers.values() if timer.due_at > self._decided_at]
        moment = min(moments if deadline is None else [*moments, deadline], default=None)
        return None if moment is None else max(0.0, (moment - self._clock.now()).total_seconds())

    def _can_park(self) -> bool:
        if self._tasks:
            return False
        run, state = self._stream.run, self._stream.state
        moment = wake_at(run.plan, state, run.deadline(state))
        return moment is not None and (moment - self._clock.now()).total_seconds() > PARK_SECONDS

    def _record_start(self, planned: PlannedAction, number: int) -> None:
        self._record(EventType.ACTION_STARTED, planned.action_id, {"attempt": number})

    def _record_end(self, ended: Ended) -> None:
        action_id, failure = ended.planned.action_id, ended.failure
        if failure is None:
            self._record(EventType.ACTION_SUCCEEDED, action_id, {"response": ended.response})
            return
        error = error_object(failure, action_id, ended.attempt)
        due_at = self._retry_due_at(ended.planned, failure)
        if due_at is None:
            self._record(EventType.ACTION_FAILED, action_id, {"response": failure.response, "error": error})
        else:
            self._record(
                EventType.ACTION_RETRY_SCHEDULED,
                action_id,
                {
                    "attempt": ended.attempt,
                    "error": error,
                    "reason": WaitReason.RETRY_BACKOFF.value,
                    "due_at": spelled(due_at),
                },
            )

    def _retry_due_at(self, planned: PlannedAction, failure: ActionFailed) -> datetime | None:
        run, state = self._stream.run, self._stream.state
        if first_failure(run.plan, state) is not None:
            return None  # the execution has failed already, and starts nothing any more
        action = state.actions[planned.action_id]
        return retry_due_at(
            planned.retry,
            failure,
            failures=action.failures + 1,
            first_started_at=action.first_started_at or action.started_at,
            deadline=run.deadline(state),
            now=self._clock.now(),
            chance=self._chance(),
        )

    async def _abort_tasks(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=ABORT_SECONDS)
        while not self._outcomes.empty():
            outcome = self._outcomes.get_nowait()
            if isinstance(outcome, _Admitted) and outcome.blocked is None and outcome.attempt.gate is not None:
                outcome.attempt.gate.abandon()

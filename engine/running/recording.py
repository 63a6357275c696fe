"""What a runner writes into the journal of its execution: what became of attempts, and of actions as a whole."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, cast

from engine.actions.protocol import Action, KeyedAction
from engine.core.clock import Clock
from engine.core.decide import first_failure
from engine.core.failure import ActionFailed, error_object
from engine.core.fan_out import lost_items
from engine.core.plan import PlannedAction
from engine.core.retry import retry_due_at
from engine.journal.stream import Stream
from engine.running.attempt import Ended, PreparedAttempt
from engine.running.attempt_outcomes import entry_of_attempt
from engine.running.preparation import Preparation
from engine.services.gates import Blocked
from models.moments import spelled
from models.words import EventType, SkipReason

SUCCESSES = (EventType.ACTION_SUCCEEDED, EventType.ACTION_REPEAT_SCHEDULED)
"""With what an attempt's deliveries are stored: what has failed by its `output` or its size has nothing delivered."""

DEFER_SECONDS = 1.0
"""How long an action that met an open circuit stays away at least."""


@cache
def _gives_keys(kind: type[Action]) -> bool:
    """Whether actions of a type are `KeyedAction`; to ask that of each anew takes longer than to write its entry."""
    return hasattr(kind, KeyedAction.own_key.__name__)


class Recording:
    """`chance` spreads retries, from 0 to 1."""

    def __init__(self, stream: Stream, preparation: Preparation, clock: Clock, chance: Callable[[], float]) -> None:
        self._stream = stream
        self._preparation = preparation
        self._clock = clock
        self._chance = chance
        self._ends: list[Ended] = []
        self.is_failing = False
        """Whether an action has failed whose failure ends the main part, since somebody set this to False."""

    def event(self, kind: EventType, action_id: str | None = None, data: dict[str, Any] | None = None) -> None:
        """Any entry."""
        data = data or {}
        self._stream.record(kind, self._clock.now(), action_id, data)
        if kind is EventType.ACTION_FAILED and "item" not in data and action_id in self._stream.run.plan.decisive:
            self.is_failing = True

    def of_attempt(self, attempt: PreparedAttempt, kind: EventType, data: dict[str, Any]) -> None:
        """An entry of an action, or of the item of it that an attempt is for."""
        self.event(kind, attempt.planned.action_id, data | _of_item(attempt.call.item))

    def started(self, attempt: PreparedAttempt) -> None:
        """It begins."""
        data: dict[str, Any] = {"attempt": attempt.call.attempt}
        action = attempt.action
        key = cast(KeyedAction, action).own_key(attempt.call.config) if _gives_keys(type(action)) else None
        if key is not None:
            data["idempotency_key"] = key
        self.of_attempt(attempt, EventType.ACTION_STARTED, data)

    def skipped(self, planned: PlannedAction, reason: SkipReason, item: int | None = None) -> None:
        """It, or one of its items, is passed by."""
        self.event(EventType.ACTION_SKIPPED, planned.action_id, {"reason": reason.value, **_of_item(item)})

    def deferred(self, attempt: PreparedAttempt, blocked: Blocked) -> None:
        """It met an open circuit."""
        soonest = self._clock.now() + timedelta(seconds=DEFER_SECONDS * (1 + self._chance()))
        due_at = soonest if blocked.until is None else max(blocked.until, soonest)
        data = {"reason": blocked.reason.value, "due_at": spelled(due_at)}
        self.of_attempt(attempt, EventType.ACTION_DEFERRED, data)

    def failure(self, planned: PlannedAction, number: int, item: int | None, failure: ActionFailed) -> None:
        """Its attempt failed for good, without an answer of anybody."""
        error = error_object(failure, planned.action_id, number)
        data = {"response": None, "error": error, **_of_item(item)}
        self.event(EventType.ACTION_FAILED, planned.action_id, data)

    def failure_before_start(
        self, planned: PlannedAction, number: int, item: int | None, failure: ActionFailed
    ) -> None:
        """What it needs could not be filled in."""
        self.event(EventType.ACTION_STARTED, planned.action_id, {"attempt": number, **_of_item(item)})
        self.failure(planned, number, item, failure)

    def conclusion(self, planned: PlannedAction) -> None:
        """All items of an action have ended, or too many have failed."""
        failure = lost_items(planned, self._stream.state.actions[planned.action_id])
        if failure is None:
            self.event(EventType.ACTION_SUCCEEDED, planned.action_id)
        else:
            error = error_object(failure, planned.action_id, 1)
            self.event(EventType.ACTION_FAILED, planned.action_id, {"error": error})

    async def end(self, ended: Ended) -> None:
        """What came of an attempt."""
        if self._stream.is_on_disk:
            self._ends.clear()
        self._ends.append(ended)
        attempt, suspended = ended.attempt, ended.suspended
        rendered = partial(self._preparation.rendered, planned=attempt.planned)
        due_at = partial(self._retry_due_at, attempt)
        kind, data = await entry_of_attempt(ended, self._clock.now(), due_at, rendered, self._stream.state.room)
        starts = None if suspended is None or kind is not EventType.ACTION_WAITING else suspended.starts
        if suspended is not None and starts is not None:
            self._stream.start(starts, suspended.opening)
        self.of_attempt(attempt, kind, data)
        if ended.deliveries and kind in SUCCESSES:
            self._stream.deliver(attempt.planned.action_id, ended.deliveries)
        if starts is not None:
            self._stream.commit()  # each start by itself, for one of them may be one too many

    def taken_back(self) -> Sequence[Ended]:
        """What came of attempts and may not be on disk, for the journal was changed by hand; it is forgotten here."""
        ends, self._ends = self._ends, []
        return ends

    def _retry_due_at(self, attempt: PreparedAttempt, failure: ActionFailed, wanted: bool | None) -> datetime | None:
        run, state = self._stream.run, self._stream.state
        before = self._preparation.before(attempt.planned.action_id, attempt.call.item)
        has_failed = state.stopping is None and first_failure(run.plan.actions, state) is not None
        if has_failed or before is None:
            return None  # the execution has failed already, and starts nothing any more
        return retry_due_at(
            attempt.planned.retry,
            failure,
            failures=before.failures + 1,
            first_started_at=before.first_started_at or before.started_at,
            deadline=run.deadline(state),
            now=self._clock.now(),
            chance=self._chance(),
            wanted=wanted,
        )


def _of_item(item: int | None) -> dict[str, Any]:
    return {} if item is None else {"item": item}

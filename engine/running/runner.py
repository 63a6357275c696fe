"""Carries out one execution: asks `decide` what is next, does it, and journals what came of it."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from engine.actions.protocol import Message
from engine.actions.registry import ActionRegistry
from engine.core.agenda import Agenda
from engine.core.clean_up import Stop, cleans_up
from engine.core.clock import Clock
from engine.core.decide import Begin, Cancel, Command, Finish, Skip, Start, decide, has_ended, is_waiting, wake_at
from engine.core.expectations import waits
from engine.core.failure import ActionFailed
from engine.core.fan_out import Conclude, Expand, StartItem, Wake
from engine.core.plan import PlannedAction
from engine.core.state import ExecutionState, slot
from engine.journal.mailbox import MAX_READ, Mailbox
from engine.journal.refusals import Fenced
from engine.journal.stream import Stream
from engine.running.attempt import Ended, GatePlace, PreparedAttempt, resume_attempt, run_attempt
from engine.running.endings import entry_of_end
from engine.running.preparation import Preparation
from engine.running.recording import Recording
from engine.running.rendering import Renderer
from engine.running.under_way import Admitted, News, Outcome, UnderWay, abandon, has_begun
from engine.secrets.values import SecretStore
from engine.services.gates import Blocked, Gate
from models.log_context import facts
from models.words import ActionStatus, EventType, ExecutionStatus, SkipReason, WaitReason

log = logging.getLogger("orchestrator.engine.runner")

PARK_SECONDS = 5.0
"""A wait that is longer than this needs no runner: the timer on the execution's row takes it up again."""


class Runner:
    """The shell around the pure core, for one execution at a time. `chance` spreads retries, from 0 to 1."""

    def __init__(
        self,
        stream: Stream,
        actions: ActionRegistry,
        secrets: SecretStore,
        mailbox: Mailbox,
        renderer: Renderer,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._stream = stream
        self._agenda = Agenda(stream.run.plan)
        self._preparation = Preparation(stream, actions, renderer, clock)
        self._recording = Recording(stream, self._preparation, clock, chance)
        self._secrets = secrets
        self._mailbox = mailbox
        self._renderer = renderer
        self._clock = clock
        self._under_way = UnderWay()
        self._outcomes = self._under_way.outcomes
        self._adopted = asyncio.Event()
        self._may_have_messages = True
        self._taken: set[str] = set()
        self._decided_at = stream.run.created_at

    @property
    def held(self) -> Mapping[str, Blocked]:
        """The actions, and items of them, that stand at a gate, and what keeps them there."""
        return self._under_way.held

    @property
    def may_be_stopped(self) -> bool:
        """Whether its main part is going on, and has a clean-up that a cancel begins."""
        run, state = self._stream.run, self._stream.state
        return state.stopping is None and cleans_up(run.plan, ExecutionStatus.CANCELLED)

    async def run(self) -> ExecutionState:
        """Go on until the execution has ended on disk, or waits for nothing but time.

        Raises `Fenced` where another owner took over, `GroupFull` where it has to wait for its turn, and `StartRefused`
        where it may not start another one.
        """
        try:
            if self._stream.is_counted:
                await self._unless_changed(self._stream.durable())  # recorded at the taking up, before any work
            while True:
                is_there = await self._unless_changed(self._go_on())
                if is_there:
                    return self._stream.state
        finally:
            await self._under_way.abort()

    async def _unless_changed(self, work: Awaitable[None]) -> bool:
        """Do some work; where the journal was changed by hand meanwhile, read that and return False."""
        try:
            await work
        except Fenced:
            await self._adopt()
            return False
        return True

    async def _go_on(self) -> None:
        while not self._stream.state.status.is_terminal:
            if await self._carry_out_all(self._decide()) or await self._take_messages():
                continue
            if self._can_park():
                # What was sent meanwhile is seen by the transaction that lets go of it.
                self._stream.commit(parks_at=self.wake_at() or self._clock.now())
                break
            self._stream.commit()
            await self._gather_outcomes()
        await self._stream.durable()

    async def _adopt(self) -> None:
        """Go on with what is under way, from a journal that was changed by hand. Raises `Fenced`: see `Stream.adopt`.

        What was recorded and is not on disk is decided anew, but for what came of attempts whose start is: that is
        recorded again, and nobody is called a second time.
        """
        await self._stream.adopt()
        run, state = self._stream.run, self._stream.state
        await self._under_way.adopt(state)
        self._agenda = Agenda(run.plan)
        self._taken.clear()
        self._may_have_messages = True
        for ended in self._recording.taken_back():
            if has_begun(ended.attempt, state):
                await self._end_attempt(ended)
        if not self._under_way and any(action.is_under_way for action in self._stream.state.actions.values()):
            self._recording.event(EventType.EXECUTION_RESUMED)  # it was taken up, and that is what was forgotten
        self._adopted.set()
        self._adopted = asyncio.Event()

    def _decide(self) -> list[Command]:
        run, state = self._stream.run, self._stream.state
        self._decided_at = self._clock.now()
        actions = self._agenda.actions(state)
        return decide(run.plan, state, run.deadline(state), self._decided_at, self.held, actions)

    async def _carry_out_all(self, commands: Sequence[Command]) -> bool:
        """Do what was decided, up to a failure with which nothing new starts; return whether anything was done."""
        is_moved = self._recording.is_failing = False
        for command in commands:
            if self._is_to_wait(command):
                continue  # it is decided anew when something has ended
            await self._carry_out(command)
            is_moved = True
            if self._recording.is_failing:
                break
        self._under_way.turn_away()
        return is_moved

    def _is_to_wait(self, command: Command) -> bool:
        """Whether there is no memory left for what a command starts; what got through at its gate has its own."""
        if not isinstance(command, Start | StartItem) or not self._under_way.is_full:
            return False
        item = command.item if isinstance(command, StartItem) else None
        return not self._under_way.is_admitted(slot(command.action.action_id, item))

    async def _carry_out(self, command: Command) -> None:
        match command:
            case Begin():
                self._recording.event(EventType.EXECUTION_STARTED)
                if self._stream.run.group is not None:
                    await self._stream.durable()  # whether there is room for it is known on disk alone
            case Start(action, attempt):
                await self._ask_leave(action, attempt)
            case StartItem(action, attempt, item):
                await self._ask_leave(action, attempt, item)
            case Wake(action, item):
                self._may_have_messages = True
                is_taken = await self._take_messages()  # what came in time counts, whoever is late
                if not is_taken and self._is_waiting(action, item):
                    await self._resume(action, item, None)
            case Skip(action):
                self._recording.skipped(action, SkipReason.RUN_IF)
            case Cancel(action_id, lost_to):
                await self._cancel(action_id, lost_to)
            case Expand(action):
                await self._expand(action)
            case Conclude(action):
                self._preparation.forget_items(action)
                self._recording.conclusion(action)
            case Stop() | Finish():
                await self._end(command)

    async def _cancel(self, action_id: str, lost_to: str) -> None:
        if has_ended(self._stream.state.actions.get(action_id)):
            return  # by a message that was taken meanwhile
        self._recording.event(EventType.ACTION_CANCELLED, action_id, {"lost_to": lost_to})
        await self._under_way.stop(action_id)

    async def _end(self, command: Stop | Finish) -> None:
        compute = partial(entry_of_end, self._stream.run, self._stream.state, command)
        try:
            kind, data = await self._preparation.rendered(compute)
        except ActionFailed as late:
            log.debug("The outputs were not filled in in time", extra=facts(code=late.code))
            return  # that its time is over is what is decided next
        self._recording.event(kind, data=data)
        if kind is EventType.EXECUTION_STOPPING:
            await self._under_way.abort()
            self._preparation.forget_all_items()

    async def _ask_leave(self, planned: PlannedAction, number: int, item: int | None = None) -> None:
        admitted = self._under_way.take_admitted(slot(planned.action_id, item))
        if admitted is not None:
            await self._begin(admitted.attempt, admitted.blocked)
            return
        try:
            if number == 1 and not await self._preparation.is_wanted(planned, item):
                self._recording.skipped(planned, SkipReason.WHEN, item)
                return
            attempt = await self._preparation.attempt(planned, number, item)
        except ActionFailed as failure:
            self._recording.failure_before_start(planned, number, item, failure)
            return
        gate = attempt.gate
        blocked = gate.try_enter() if gate is not None else None
        if gate is None or blocked is None or blocked.reason is WaitReason.CIRCUIT_OPEN:
            await self._begin(attempt, blocked)
        else:
            self._under_way.begin(attempt, self._wait_for_leave(attempt, gate), blocked)

    async def _begin(self, attempt: PreparedAttempt, blocked: Blocked | None) -> None:
        if blocked is None:
            await self._start(attempt)
        else:
            self._recording.deferred(attempt, blocked)

    def look_for_messages(self) -> None:
        """Something was sent to an execution: perhaps to this one."""
        if is_waiting(self._stream.state):
            self._outcomes.put_nowait(News(is_of_journal=False))

    def look_at_journal(self) -> None:
        """Somebody has changed it: what that means is known before the next entry is refused."""
        self._outcomes.put_nowait(News(is_of_journal=True))

    @property
    def sequence(self) -> int:
        """That of the last entry which is known here."""
        return self._stream.state.sequence

    async def _take_messages(self) -> bool:
        """Hand what was sent to this execution to the actions that wait for it; return whether anything was."""
        if self._stream.state.pause is not None:
            return False  # they lie there until it goes on
        may_have, self._may_have_messages = self._may_have_messages, False  # until one comes, or one more action waits
        if not may_have or not is_waiting(self._stream.state):
            return False
        run = self._stream.run
        addresses = {wait.address for _, _, wait in waits(run.plan, self._stream.state) if wait.address is not None}
        if not addresses:
            return False
        if self._stream.is_on_disk:
            self._taken.clear()  # till then their deletion is on its way there
        messages = await self._mailbox.read(run.execution_id, addresses, self._taken)
        self._may_have_messages |= len(messages) == MAX_READ
        is_taken = False
        for message in messages:
            for planned, item, wait in waits(run.plan, self._stream.state):
                if wait.address == message.address:
                    self._taken.add(message.id)
                    self._stream.take(message)
                    await self._resume(planned, item, message)
                    is_taken = True
                    break
        return is_taken

    def _is_waiting(self, planned: PlannedAction, item: int | None) -> bool:
        """Whether an attempt still waits: what was taken for another one may have ended it."""
        before = self._preparation.before(planned.action_id, item)
        return before is not None and before.status is ActionStatus.WAITING

    async def _resume(self, planned: PlannedAction, item: int | None, message: Message | None) -> None:
        before = self._preparation.before(planned.action_id, item)
        if before is None or before.wait is None:
            raise ValueError(f"action {planned.action_id} does not wait")
        try:
            attempt = await self._preparation.attempt(planned, before.attempt, item)
        except ActionFailed as failure:
            self._recording.failure(planned, before.attempt, item, failure)
            return
        await self._end_attempt(resume_attempt(attempt, before.wait, message))

    async def _expand(self, planned: PlannedAction) -> None:
        try:
            if not await self._preparation.is_wanted(planned):
                self._recording.skipped(planned, SkipReason.WHEN)
                return
            total = len(await self._preparation.items(planned))
        except ActionFailed as failure:
            self._recording.failure_before_start(planned, 1, None, failure)
            return
        self._recording.event(EventType.ACTION_STARTED, planned.action_id, {"attempt": 1, "items": total})

    async def _start(self, attempt: PreparedAttempt) -> None:
        self._recording.started(attempt)
        if attempt.action.reaches_out or attempt.hidden:  # to ask for secrets takes time too
            place = GatePlace(attempt.gate)
            task = self._under_way.begin(attempt, self._reach_out(attempt, place))
            task.add_done_callback(lambda _: place.give_back(None))  # it may be cancelled before its first step
        else:
            ended = await run_attempt(attempt, self._secrets, self._renderer)
            GatePlace(attempt.gate).give_back(ended)
            await self._end_attempt(ended)

    async def _end_attempt(self, ended: Ended) -> None:
        await self._recording.end(ended)
        if ended.suspended is not None:
            self._may_have_messages = True

    async def _wait_for_leave(self, attempt: PreparedAttempt, gate: Gate) -> None:
        try:
            self._outcomes.put_nowait(Admitted(attempt, await gate.enter()))
        except Exception as error:
            self._outcomes.put_nowait(error)

    async def _reach_out(self, attempt: PreparedAttempt, place: GatePlace) -> None:
        # A crash from here on may repeat this call, so what led to it must be on disk: its inputs are then
        # the same, and its idempotency key is known to belong to an accepted execution.
        try:
            await self._on_disk()
            ended = await run_attempt(attempt, self._secrets, self._renderer)
        except Exception as error:
            self._outcomes.put_nowait(error)
        else:
            place.give_back(ended)
            self._outcomes.put_nowait(ended)

    async def _on_disk(self) -> None:
        """Return when all that was recorded is; where the journal was changed by hand, once that has been read."""
        while True:
            adopted = self._adopted
            try:
                return await self._stream.durable()
            except Fenced as refusal:
                self._outcomes.put_nowait(refusal)
                await adopted.wait()  # who is not to go on is cancelled before that

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

    async def _act_on(self, outcome: Outcome) -> None:
        match outcome:
            case News(is_of_journal=True):
                await self._stream.durable()
                await self._adopt()
            case News():
                self._may_have_messages = True
            case Exception():
                raise outcome
            case Admitted(attempt) | Ended(attempt) if attempt.slot not in self._under_way:
                abandon(outcome)
                log.debug("An attempt ended after it was told to stop", extra=facts(action_id=attempt.slot))
            case Admitted():
                self._under_way.admit(outcome)
            case Ended(attempt):
                self._under_way.over(attempt.slot)
                await self._end_attempt(outcome)

    def _seconds_left(self) -> float | None:
        """Until time alone makes a difference; what was due already when nothing followed from it makes none."""
        run, state = self._stream.run, self._stream.state
        if state.pause is not None:
            return None
        deadline = run.deadline(state)
        moments = [timer.due_at for timer in state.timers.values() if timer.due_at > self._decided_at]
        moment = min(moments if deadline is None else [*moments, deadline], default=None)
        return None if moment is None else max(0.0, (moment - self._clock.now()).total_seconds())

    def _can_park(self) -> bool:
        if self._under_way:
            return False
        if self._stream.state.pause is not None:
            return True
        moment = self.wake_at()
        return moment is not None and (moment - self._clock.now()).total_seconds() > PARK_SECONDS

    def wake_at(self) -> datetime | None:
        """The moment before which nothing can happen by itself."""
        run, state = self._stream.run, self._stream.state
        return wake_at(run.plan, state, run.deadline(state))

"""Carries out executions in this process, a bounded number at once, and says how each of them was let go of."""

import asyncio
import logging
import random
from collections.abc import Callable, Collection, Mapping
from enum import Enum, auto

import msgspec

from engine.actions.registry import ActionRegistry
from engine.core.clock import Clock
from engine.core.state import ExecutionState
from engine.journal.descendants import StartRefused
from engine.journal.mailbox import Mailbox
from engine.journal.refusals import Fenced
from engine.journal.stream import Stream
from engine.journal.writer import GroupFull
from engine.running.rendering import Renderer
from engine.running.runner import Runner
from engine.secrets.values import SecretStore
from engine.services.gates import Blocked
from models.errors import Unavailable
from models.log_context import facts, note
from models.words import ExecutionStatus

log = logging.getLogger("orchestrator.engine.dispatch")

MAX_RUNNING = 256
"""Executions at work at once in this process."""


class RunOutcome(Enum):
    """How this process came to let go of an execution."""

    ENDED = auto()
    NO_ROOM = auto()
    """Its group is full: the journal has given it back until its turn comes."""
    PARKED = auto()
    """It waits for nothing but time; unless its stream says so, it is not given back yet."""
    START_REFUSED = auto()
    """It may not start another execution: when it is taken up again, the action that would is told why."""
    OVERTAKEN = auto()
    """Its journal refused the next entry, or somebody told this process to stop."""
    FAULTED = auto()
    """On a fault of the engine, which would only come again at once."""


class Ticket(msgspec.Struct, frozen=True, eq=False):
    """An execution that this process has taken on, and the future that its end completes."""

    stream: Stream
    ended: "asyncio.Future[ExecutionState | None]"

    @property
    def execution_id(self) -> str:
        return self.stream.run.execution_id

    def let_go(self, state: ExecutionState | None = None) -> None:
        """Tell whoever waits for the end."""
        if not self.ended.done():
            self.ended.set_result(state)


def ticket(stream: Stream) -> Ticket:
    """A ticket for an execution that was just taken on."""
    return Ticket(stream, asyncio.get_running_loop().create_future())


class RunPool:
    """The executions at work in this process. `let_go` is told of each that is not any more, and how that came."""

    def __init__(
        self,
        actions: ActionRegistry,
        secrets: SecretStore,
        mailbox: Mailbox,
        clock: Clock,
        let_go: Callable[[Ticket, RunOutcome], None],
        *,
        size: int = MAX_RUNNING,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._actions = actions
        self._secrets = secrets
        self._mailbox = mailbox
        self._clock = clock
        self._let_go = let_go
        self._size = size
        self._chance = chance
        self._renderer = Renderer()
        self._running: dict[str, asyncio.Task[RunOutcome]] = {}
        self._runners: dict[str, Runner] = {}

    @property
    def room(self) -> int:
        """How many more there is room for; what takes no time is begun without room too."""
        return max(0, self._size - len(self._running))

    @property
    def ids(self) -> Collection[str]:
        """The executions at work."""
        return self._running.keys()

    def held(self, execution_id: str) -> Mapping[str, Blocked]:
        """The actions of an execution that stand at a service's gate, and why."""
        runner = self._runners.get(execution_id)
        return runner.held if runner is not None else {}

    def begin(self, taken: Ticket) -> None:
        """Carry out an execution, which is not at work here yet."""
        runner = Runner(
            taken.stream, self._actions, self._secrets, self._mailbox, self._renderer, self._clock, self._chance
        )
        task = asyncio.create_task(self._carry_out(taken, runner))
        self._running[taken.execution_id] = task
        self._runners[taken.execution_id] = runner
        task.add_done_callback(lambda done: self._end(taken, done))

    def look_for_messages(self) -> None:
        """Have the executions at work look for what was sent to them."""
        for runner in list(self._runners.values()):
            runner.look_for_messages()

    def abort(self, execution_id: str) -> None:
        """Stop working on an execution, if it is at work here."""
        task = self._running.get(execution_id)
        if task is not None:
            task.cancel()

    def look_at_journal(self, execution_id: str) -> None:
        """Have an execution, if it is at work here, go on from what its journal holds by now."""
        runner = self._runners.get(execution_id)
        if runner is not None:
            runner.look_at_journal()

    @property
    def known(self) -> Mapping[str, int]:
        """Of each execution at work the sequence of the last entry that is known here."""
        return {execution_id: runner.sequence for execution_id, runner in self._runners.items()}

    @property
    def unaware(self) -> list[str]:
        """The executions at work on their main part, which others may have stopped meanwhile, to clean up."""
        return [execution_id for execution_id, runner in self._runners.items() if runner.may_be_stopped]

    async def stop(self, grace_seconds: float) -> None:
        """Give what is at work `grace_seconds`, then cut it off."""
        tasks = set(self._running.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _carry_out(self, taken: Ticket, runner: Runner) -> RunOutcome:
        note(execution_id=taken.execution_id)
        try:
            state = await runner.run()
        except GroupFull:
            return RunOutcome.NO_ROOM
        except StartRefused:
            return RunOutcome.START_REFUSED
        except Exception as error:
            # What the journal refused was told to whoever appended it, and another owner goes on or nobody does. What
            # it could not write would only be refused again at once.
            is_told = isinstance(error, Fenced | Unavailable) or taken.stream.was_refused
            if error is taken.stream.failure and is_told:
                return RunOutcome.OVERTAKEN
            log.exception("An execution stopped on a fault of the engine")
            return RunOutcome.FAULTED
        if not state.status.is_terminal:
            return RunOutcome.PARKED
        taken.let_go(state)
        _tell_end(state)
        return RunOutcome.ENDED

    def _end(self, taken: Ticket, done: "asyncio.Task[RunOutcome]") -> None:
        del self._running[taken.execution_id]
        del self._runners[taken.execution_id]
        taken.let_go()
        self._let_go(taken, RunOutcome.OVERTAKEN if done.cancelled() else done.result())


def _tell_end(state: ExecutionState) -> None:
    """Say that an execution has ended; of an error its code, for its message may quote a payload."""
    if state.status is ExecutionStatus.FAILED:
        error = state.error or {}
        log.info("An execution failed", extra=facts(code=error.get("code"), action_id=error.get("action_id")))
    elif log.isEnabledFor(logging.DEBUG):
        log.debug("An execution has ended", extra=facts(status=state.status.value))

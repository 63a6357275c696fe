"""The clients: they start executions, repeat what got no answer, look, cancel, and set some right by hand."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec

from models.commands.by_hand import ActionNotResolvable, ResolveAction
from models.commands.messages import SendSignal
from models.commands.reruns import RerunExecution
from models.commands.validation import parse
from models.commands.workflows import ExecuteWorkflow
from models.entities.executions import Event, ExecutionDetail
from models.errors import ConcurrencyLimitReached, ExecutionFinished, ExecutionNotFound, Unavailable
from models.words import ActionStatus, ExecutionStatus, Resolution
from resolvers.context import Context
from resolvers.executions.by_hand import pause_execution, resolve_action, resume_execution, terminate_execution
from resolvers.executions.executions import Accepted, cancel_execution, execute_workflow, get_execution
from resolvers.executions.reruns import rerun_execution
from resolvers.signals import send_signal
from tests.simulation.chance import HANGS, HORIZON_SECONDS, Chance
from tests.simulation.engine_process import ConnectionLost, EngineProcess
from tests.simulation.virtual_loop import VirtualLoop
from tests.simulation.witness import Cancelled, Witness
from tests.simulation.workflows import SIGNAL

PATIENCE_SECONDS = 100.0
MAX_RESUMES = 1_000
RESOLVABLE = (ActionStatus.FAILED, ActionStatus.PENDING, ActionStatus.WAITING)
BY_HAND = {"number": 1, "by": "hand"}
"""What an action gives by hand, which is what other actions read of it."""

AMBIGUOUS = (Unavailable, ConnectionLost, TimeoutError)


class Answer(msgspec.Struct, frozen=True):
    """What a client was told of an execution: its status, and the journal as far as it went."""

    asked: str
    execution_id: str
    status: ExecutionStatus
    events: tuple[Event, ...]
    key: str | None = None
    stopping: ExecutionStatus | None = None


class Clients:
    """All clients of a world, and what they were told."""

    def __init__(
        self, loop: VirtualLoop, chance: Chance, witness: Witness, processes: Callable[[], list[EngineProcess]]
    ) -> None:
        self.answers: list[Answer] = []
        self.refused_as_finished: list[tuple[str, str]] = []
        self.signals: Counter[str] = Counter()
        self._loop = loop
        self._chance = chance
        self._witness = witness
        self._processes = processes
        self._is_by_hand = chance.hand.random() < 0.4
        self._all_come_within = HORIZON_SECONDS * chance.random.choice((0.02, 0.7, 0.7))

    async def start(self, workflow_id: str, command: ExecuteWorkflow) -> None:
        """Start one execution at some time, then look at it and perhaps cancel it."""
        random = self._chance.random
        await asyncio.sleep(random.uniform(0, self._all_come_within))
        execution_id = await self.accepted(workflow_id, command)
        if execution_id is None:
            return
        by_hand = asyncio.create_task(self._set_right(execution_id)) if self._is_by_hand else None
        if random.random() < 0.3:
            await asyncio.sleep(random.expovariate(1 / random.choice((0.1, 1, 5))))
            await self._cancel(execution_id)
        elif random.random() < 0.5:
            await asyncio.sleep(random.uniform(0, 15))
            await self._signal(execution_id)
        for _ in range(random.randint(0, 2)):
            await asyncio.sleep(random.uniform(0, 20))
            await self._look(execution_id)
        if by_hand is not None:
            await by_hand

    async def _set_right(self, execution_id: str) -> None:
        """Pause and resume it some times; perhaps terminate it. What was paused by anybody here goes on in the end.

        A pause without an answer may be made as long after it as a write can hang, whatever was answered meanwhile.
        """
        hand = self._chance.hand
        is_told = True
        for _ in range(hand.randint(0, 3)):
            await asyncio.sleep(hand.expovariate(1 / hand.choice((0.1, 1, 5))))
            for _ in range(hand.choice((0, 1, 8))):
                await self._resolve(execution_id)
                await asyncio.sleep(hand.expovariate(1 / hand.choice((0.3, 1, 3))))
            why = None if hand.random() < 0.5 else "to be looked at"
            pause = partial(pause_execution, execution_id=execution_id, reason=why)
            is_told &= await self._change(f"pauses {execution_id}", pause)
            if hand.random() < 0.5:
                await self._resolve(execution_id)
            if hand.random() < 0.1:
                await self._terminate(execution_id)
            await asyncio.sleep(hand.expovariate(1 / hand.choice((0.1, 1, 10))))
            await self._resume(execution_id)
        if not is_told:
            await asyncio.sleep(max(HANGS))
            await self._resume(execution_id)

    async def _resume(self, execution_id: str) -> None:
        for _ in range(MAX_RESUMES):
            if await self._change(f"resumes {execution_id}", lambda ctx: resume_execution(ctx, execution_id)):
                break
            await asyncio.sleep(1)

    async def _resolve(self, execution_id: str) -> None:
        """Make something of an action that has failed, waits or backs off, if there is one."""
        hand = self._chance.hand
        try:
            detail = await self.ask(f"looks at {execution_id}", lambda ctx: get_execution(ctx, execution_id))
        except AMBIGUOUS:
            return
        places = [(action.action_id, None) for action in detail.actions if action.status in RESOLVABLE]
        places += [
            (action.action_id, item.index)
            for action in detail.actions
            for item in action.items
            if item.status in RESOLVABLE
        ]
        if not places:
            return
        action_id, item = hand.choice(places)
        outcome = hand.choice(list(Resolution))
        asked = {"execution_id": execution_id, "action_id": action_id, "item": item, "outcome": outcome.value}
        asked |= {"reason": "it hangs", "output": BY_HAND if outcome is Resolution.SUCCEED else None}
        command = parse(ResolveAction, asked)
        what = f"resolves {execution_id}:{action_id}[{item}] by {outcome}"
        await self._change(what, lambda ctx: resolve_action(ctx, command))

    async def _terminate(self, execution_id: str) -> None:
        process = self._one()
        ask = partial(terminate_execution, execution_id=execution_id, reason="it hangs")
        if await self._change(f"terminates {execution_id}", ask, process) and process is not None:
            self._witness.cancels.append(
                Cancelled(self._witness.tick(), self._loop.time(), process.mortal.name, execution_id, is_final=True)
            )

    async def _change(self, what: str, ask: Callable[[Context], Any], process: EngineProcess | None = None) -> bool:
        """Whether there was an answer: it is changed, or has ended."""
        try:
            self._told(what.partition(" ")[0], await self.ask(what, ask, process))
        except AMBIGUOUS:
            return False
        except (ExecutionFinished, ActionNotResolvable):
            return True
        return True

    async def accepted(self, workflow_id: str, command: ExecuteWorkflow) -> str | None:
        """Try until there is an answer where a key makes that safe, else once."""
        key = command.idempotency_key
        while True:
            try:
                accepted: Accepted = await self.ask(
                    f"starts {key}", lambda ctx: execute_workflow(ctx, workflow_id, command)
                )
            except AMBIGUOUS:
                if key is None:
                    return None
                await asyncio.sleep(self._chance.random.uniform(0.2, 10))
                continue
            except ConcurrencyLimitReached:
                return None
            self._told("start", accepted.execution, key)
            return accepted.execution.id

    async def done_over(self, execution_id: str, command: RerunExecution) -> None:
        """Do an execution over; its key makes it safe to try until there is an answer."""
        while True:
            try:
                accepted: Accepted = await self.ask(
                    f"does {execution_id} over", lambda ctx: rerun_execution(ctx, execution_id, command)
                )
            except AMBIGUOUS:
                await asyncio.sleep(1)
                continue
            self._told("rerun", accepted.execution, command.idempotency_key)
            return

    async def _cancel(self, execution_id: str) -> None:
        for _ in range(3):
            process = self._one()
            try:
                detail = await self.ask(
                    f"cancels {execution_id}", lambda ctx: cancel_execution(ctx, execution_id), process
                )
            except AMBIGUOUS:
                await asyncio.sleep(2)
            except ExecutionFinished as refusal:
                self.refused_as_finished.append((execution_id, refusal.message))
                return
            else:
                self._told("cancel", detail)
                assert process is not None
                self._witness.cancels.append(
                    Cancelled(self._witness.tick(), self._loop.time(), process.mortal.name, execution_id)
                )
                return

    async def _signal(self, execution_id: str) -> None:
        command = SendSignal(execution_id=execution_id, name=SIGNAL)
        self.signals[execution_id] += 1  # it may arrive without an answer
        with suppress(*AMBIGUOUS, ExecutionFinished):
            await self.ask(f"signals {execution_id}", lambda ctx: send_signal(ctx, command))

    async def _look(self, execution_id: str) -> None:
        try:
            detail = await self.ask(f"looks at {execution_id}", lambda ctx: get_execution(ctx, execution_id))
        except AMBIGUOUS:
            return
        except ExecutionNotFound:
            self._witness.bugs.append(f"accepted execution {execution_id} was not found")
            return
        self._told("look", detail)

    async def ask(self, what: str, ask: Callable[[Context], Any], process: EngineProcess | None = None) -> Any:
        """Ask a process. Raises `ConnectionLost` where none answers, and what the answer may be without a bug."""
        process = process or self._one()
        if process is None:
            raise ConnectionLost
        self._note(f"{what} at {process.mortal.name}")
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await process.request(ask)
        except (*AMBIGUOUS, ExecutionFinished, ActionNotResolvable, ConcurrencyLimitReached) as error:
            self._note(f"{what}: {type(error).__name__} {error}")
            raise
        except Exception as error:
            self._witness.bugs.append(f"a client that {what} was answered with {error!r}")
            raise ConnectionLost from error
        self._note(f"{what}: answered")
        return answer

    def _one(self) -> EngineProcess | None:
        up = [process for process in self._processes() if process.is_up]
        return self._chance.random.choice(up) if up else None

    def _told(self, asked: str, detail: ExecutionDetail, key: str | None = None) -> None:
        answer = Answer(asked, detail.id, detail.status, tuple(detail.events), key, detail.stopping)
        self.answers.append(answer)

    def _note(self, what: str) -> None:
        self._witness.note(self._loop.time(), "client", what)

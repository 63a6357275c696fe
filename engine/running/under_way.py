"""The attempts of one execution that are under way, what comes of them, and how much of the memory they fill."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import msgspec

from engine.core.bounds import MAX_IN_HAND_BYTES
from engine.core.state import ActionState, ExecutionState
from engine.journal.refusals import Fenced
from engine.running.attempt import Ended, PreparedAttempt
from engine.services.gates import Blocked, OrderedGate
from models.words import ActionStatus

ABORT_SECONDS = 1.0
"""How long an attempt that was told to stop may take, before it is left to itself."""


class Admitted(msgspec.Struct, frozen=True):
    """An attempt that waited at its gate and got through, or is `blocked` until a known moment."""

    attempt: PreparedAttempt
    blocked: Blocked | None


class News(msgspec.Struct, frozen=True):
    """Somebody outside has sent something or, where it `is_of_journal`, has changed the journal."""

    is_of_journal: bool


Outcome = Admitted | Ended | News | Exception


class UnderWay:
    """Each by its slot: one that waits for its place at a gate, or is carried out, in a task of its own."""

    def __init__(self) -> None:
        self.outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._tasks: dict[str, tuple[asyncio.Task[None], PreparedAttempt]] = {}
        self._held: dict[str, Blocked] = {}
        self._admitted: dict[str, Admitted] = {}
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def __contains__(self, slot: str) -> bool:
        return slot in self._tasks

    @property
    def held(self) -> Mapping[str, Blocked]:
        """Those that stand at a gate, and what keeps them there."""
        return self._held

    @property
    def is_full(self) -> bool:
        """Whether the next one is to begin when one of these has ended."""
        return self._bytes > MAX_IN_HAND_BYTES

    def begin(
        self, attempt: PreparedAttempt, work: Coroutine[Any, Any, None], blocked: Blocked | None = None
    ) -> asyncio.Task[None]:
        """Do what there is to do for an attempt, until somebody says that it is `over`; `blocked`: it is held there."""
        task = asyncio.create_task(work)
        self._tasks[attempt.slot] = task, attempt
        self._bytes += attempt.size
        if blocked is not None:
            place = attempt.gate.place if isinstance(attempt.gate, OrderedGate) else None
            self._held[attempt.slot] = msgspec.structs.replace(blocked, place=place)
        return task

    def over(self, slot: str) -> None:
        """What an attempt came to has been taken note of."""
        _, attempt = self._tasks.pop(slot)
        self._held.pop(slot, None)
        self._bytes -= attempt.size

    def admit(self, admitted: Admitted) -> None:
        """Keep one that got through at its gate, until it is known whether it is still to begin."""
        self.over(admitted.attempt.slot)
        self._admitted[admitted.attempt.slot] = admitted

    def is_admitted(self, slot: str) -> bool:
        """Whether one got through at its gate that has not begun."""
        return slot in self._admitted

    def take_admitted(self, slot: str) -> Admitted | None:
        """The one that got through at its gate, if one did: whoever asks has it begin."""
        return self._admitted.pop(slot, None)

    def turn_away(self) -> None:
        """Have all give their places back that got through at their gates and were not taken: they are not to begin."""
        while self._admitted:
            abandon(self._admitted.popitem()[1])

    async def abort(self) -> None:
        """Have all of them stop, and wait for that a little while; none of them is under way any more."""
        self.turn_away()
        await self._abort(lambda _attempt: True)
        while not self.outcomes.empty():
            abandon(self.outcomes.get_nowait())

    async def stop(self, action_id: str) -> None:
        """Have those of one action stop; what came of them before is still among the outcomes."""
        await self._abort(lambda attempt: attempt.planned.action_id == action_id)

    async def adopt(self, state: ExecutionState) -> None:
        """Have those stop whose start is not in the journal, now that it stands at `state`, and forget all refusals.

        What stands at a gate is among them: it was filled in from what may be forgotten now.
        """
        self.turn_away()
        await self._abort(lambda attempt: not has_begun(attempt, state))
        outcomes = [self.outcomes.get_nowait() for _ in range(self.outcomes.qsize())]
        for outcome in outcomes:
            if isinstance(outcome, Admitted | Ended) and outcome.attempt.slot not in self:
                abandon(outcome)
            elif not isinstance(outcome, Fenced):
                self.outcomes.put_nowait(outcome)

    async def _abort(self, is_meant: Callable[[PreparedAttempt], bool]) -> None:
        meant = [(task, attempt.slot) for task, attempt in self._tasks.values() if is_meant(attempt)]
        for task, slot in meant:
            self.over(slot)
            task.cancel()
        if meant:
            await asyncio.wait([task for task, _ in meant], timeout=ABORT_SECONDS)


def has_begun(attempt: PreparedAttempt, state: ExecutionState) -> bool:
    """Whether the journal says of an attempt that it is under way."""
    present = _present(attempt, state)
    if present is None or present.items is not None:
        return False
    return present.status is ActionStatus.RUNNING and present.attempt == attempt.call.attempt


def _present(attempt: PreparedAttempt, state: ExecutionState) -> ActionState | None:
    action = state.actions.get(attempt.planned.action_id)
    if attempt.call.item is None or action is None or action.items is None:
        return action
    return action.items.state(attempt.call.item)


def abandon(outcome: Outcome) -> None:
    """Give the place at a gate back that somebody got who is not to begin."""
    if isinstance(outcome, Admitted) and outcome.blocked is None and outcome.attempt.gate is not None:
        outcome.attempt.gate.abandon()

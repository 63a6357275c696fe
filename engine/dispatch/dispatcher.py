"""What the resolvers ask of whoever hands executions to runners, on one machine or on many."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from engine.core.state import ExecutionState
from engine.journal.projection import NewRow as Row
from engine.journal.stream import Stream
from engine.services.gates import Blocked
from models.audit import AuditNote


class Dispatcher(Protocol):
    """Hands accepted executions to runners; the database says what is to be done."""

    async def start(self) -> None:
        """Take up what is unfinished, and from now on what is accepted and what is due."""
        ...

    def accept(
        self, stream: Stream, new_execution: Row, audit: AuditNote, *, is_waited_for: bool
    ) -> "asyncio.Future[ExecutionState | None]":
        """Hand a new execution to the journal with the row of what was asked for, and have it carried out.

        The future ends with the final state, or with None where this process lets go of the execution before its
        end: it is carried out by another one, stopped, fenced, refused by the journal, waiting for a timer, or left
        to the database because there is no room.
        """
        ...

    def abort(self, execution_id: str) -> None:
        """Stop working on an execution, which was cancelled in its journal."""
        ...

    def clean_up(self, execution_id: str) -> None:
        """Have an execution go on from its journal, where its main part was stopped from outside."""
        ...

    def held(self, execution_id: str) -> Mapping[str, Blocked]:
        """The actions of an execution that stand at a service's gate in this process, and why."""
        ...

    @property
    def is_stopping(self) -> bool:
        """Whether executions are left to others, or to the next start, from now on."""
        ...

    @property
    def running_count(self) -> int:
        """Executions at work in this process."""
        ...

    async def stop(self, grace_seconds: float) -> None:
        """Take on nothing new, give the executions at work `grace_seconds`, then let go of them."""
        ...


def stop_work(dispatcher: Dispatcher, execution_id: str, state: ExecutionState) -> None:
    """Have what was cancelled in its journal, where it stands at `state`, end or go on to its clean-up."""
    if state.status.is_terminal:
        dispatcher.abort(execution_id)
    else:
        dispatcher.clean_up(execution_id)

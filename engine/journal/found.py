"""An execution as it lies in the database, whether or not this version can read it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.core.run import Run
from engine.core.state import ExecutionState, fold
from models.entities.executions import Event
from models.errors import Unreadable
from models.words import FaultCode


class Found(msgspec.Struct, frozen=True):
    """What an execution is and its journal, or why its row cannot be read.

    `fault` is the one for which it is set aside, `faults` how often it was tried since, `lives` how many
    processes have taken it up since it last made progress. `in_line_of` is its workflow where it is queued in a limited
    group of it.
    """

    execution_id: str
    tenant: str
    in_line_of: str | None
    run: Run | Unreadable
    events: Sequence[Event]
    fault: dict[str, Any] | None
    faults: int
    lives: int

    def read(self) -> tuple[Run, ExecutionState]:
        """What it is, and the state that its journal folds to. Raises `Unreadable`."""
        if not isinstance(self.run, Run):
            raise self.run
        if not self.events:
            raise Unreadable(FaultCode.DAMAGED, "its journal is empty")
        return self.run, fold(self.events)

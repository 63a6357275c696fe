"""Takes hold of an execution that another process, or an earlier hold of this one, has left."""

from engine.clock import Clock
from engine.journal import Journal
from engine.run import Run
from engine.state import ExecutionState
from engine.stream import Stream
from models.words import EventType


def resumed(journal: Journal, clock: Clock, run: Run, state: ExecutionState) -> Stream:
    """A hold on an execution that has not ended, from where its journal stands."""
    stream = journal.open(run, state)
    if any(action.is_under_way for action in state.actions.values()):
        # What was under way is lost with its owner. To take over is an event of its own, so that a former owner
        # who is still there finds its place taken; where nothing was under way, the next start is that event.
        stream.record(EventType.EXECUTION_RESUMED, clock.now(), None, {})
    return stream

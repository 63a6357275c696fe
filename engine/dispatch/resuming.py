"""Takes hold of an execution that another process, or an earlier hold of this one, has left."""

from engine.core.clock import Clock
from engine.core.decide import giving_up
from engine.core.run import Run
from engine.core.state import ExecutionState
from engine.journal.journal import Journal
from engine.journal.lives import MAX_LIVES
from engine.journal.stream import Stream
from engine.running.endings import entry_without_outputs
from models.words import EventType


def resumed(journal: Journal, clock: Clock, run: Run, state: ExecutionState, lives: int) -> Stream:
    """A hold on an execution that has not ended, from where its journal stands; `lives` counts the one that begins."""
    stream = journal.open(run, state)
    stream.is_counted = True
    if any(action.is_under_way for action in state.actions.values()):
        # What was under way is lost with its owner. To take over is an event of its own, so that a former owner
        # who is still there finds its place taken; where nothing was under way, the next start is that event.
        stream.record(EventType.EXECUTION_RESUMED, clock.now(), None, {})
    if lives > MAX_LIVES:
        end = giving_up(run.plan, stream.state, MAX_LIVES)
        kind, data = entry_without_outputs(run, stream.state, end)
        stream.record(kind, clock.now(), None, data)
    return stream

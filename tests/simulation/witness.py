"""What really happened, written down outside the engine: every commit, every call of a service, every answer."""

import msgspec

from engine.core.state import slot


class Committed(msgspec.Struct, frozen=True):
    """One journal entry that reached the disk. `tick` orders it among all that happened in the world.

    `slot` is the action, or the item of it, that it tells of.
    """

    tick: int
    process: str
    execution_id: str
    sequence: int
    kind: str
    slot: str | None


class Called(msgspec.Struct):
    """One call that reached a service, or the target of a callback.

    `ended_tick`, and `ended_at` in virtual seconds, are when its process had an answer or gave up; None where it died
    before.
    """

    tick: int
    process: str
    host: str
    key: str
    trouble: str
    ended_tick: int | None = None
    ended_at: float | None = None
    sent_by: str | None = None
    """The execution that made it, as the call says."""

    @property
    def execution_id(self) -> str:
        """The execution that made it, as the call says or its key: what undoes a reused result has another one's."""
        return self.sent_by or self.key.split(":")[0]

    @property
    def slot(self) -> str:
        """The action, or the item of it, that made it, as its key says."""
        _, action_id, *rest = self.key.split(":")
        return slot(action_id, int(rest[0]) if rest and rest[0].isdigit() else None)


class Cancelled(msgspec.Struct, frozen=True):
    """A cancel that `process` answered with success at `at`, in virtual seconds; none that `is_final` cleans up."""

    tick: int
    at: float
    process: str
    execution_id: str
    is_final: bool = False


class Witness:
    """The record of one world, in the order of its ticks."""

    def __init__(self) -> None:
        self.commits: list[Committed] = []
        self.calls: list[Called] = []
        self.callbacks: list[Called] = []
        self.cancels: list[Cancelled] = []
        self.deaths: list[int] = []
        """The ticks at which a process died, or was shut down."""
        self.trace: list[str] = []
        self.bugs: list[str] = []
        self._tick = 0

    def tick(self) -> int:
        """The next moment of the world's order."""
        self._tick += 1
        return self._tick

    def note(self, now: float, who: str, what: str) -> None:
        """Add a line to the trace that a replay prints."""
        self.trace.append(f"{self._tick:5d} {now:9.3f}s {who:<10} {what}")

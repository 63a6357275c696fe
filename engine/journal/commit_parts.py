"""The parts of the group commit that somebody waits for, and the batches that they are written in."""

import asyncio
from collections.abc import Iterable

import msgspec

from engine.core.state import ExecutionState
from engine.journal.interventions import Wish
from engine.journal.projection import Entry
from engine.journal.stream import Stream


class Append(msgspec.Struct, frozen=True, eq=False):
    """One entry on its way to the disk since `since`; `in_doubt` where an earlier try may have written it."""

    stream: Stream
    entry: Entry
    done: "asyncio.Future[None]"
    since: float
    in_doubt: bool = False

    @property
    def is_newcomer(self) -> bool:
        """Whether somebody waits who can be told to come again."""
        return self.entry.new_execution is not None

    @property
    def is_open(self) -> bool:
        """Whether it may be written: what follows a refused entry is refused too, or the journal would have a gap."""
        if self.stream.failure is not None and not self.done.done():
            self.done.set_exception(self.stream.failure)
        return not self.done.done()

    def refuse(self, error: Exception) -> None:
        """Let its stream end with `error`."""
        if self.is_open:
            self.stream.failure = error
            self.done.set_exception(error)


class PendingWish(msgspec.Struct, frozen=True, eq=False):
    """A wish that somebody waits for since `since`."""

    wish: Wish
    done: "asyncio.Future[ExecutionState]"
    since: float

    is_newcomer = True

    @property
    def is_open(self) -> bool:
        """Whether there is no answer yet."""
        return not self.done.done()

    def refuse(self, error: Exception) -> None:
        """Answer with an error."""
        if self.is_open:
            self.done.set_exception(error)


Part = Append | PendingWish
"""What somebody waits for."""


class Batch(msgspec.Struct, frozen=True):
    """What goes into one transaction."""

    appends: list[Append]
    asked: list[PendingWish]
    races: int = 0

    @property
    def items(self) -> list[Part]:
        """All that is waited for."""
        return [*self.appends, *self.asked]

    @property
    def open(self) -> "Batch":
        """What of it may be written."""
        return Batch(
            [item for item in self.appends if item.is_open], [item for item in self.asked if item.is_open], self.races
        )

    @property
    def in_doubt(self) -> "Batch":
        """The same after a try whose outcome is not known."""
        return Batch([msgspec.structs.replace(item, in_doubt=True) for item in self.appends], self.asked, self.races)

    @property
    def halves(self) -> "tuple[Batch, Batch]":
        """Two smaller ones, to be written one after the other."""
        if self.appends and self.asked:
            return Batch(self.appends, []), Batch([], self.asked)
        first, second = len(self.appends) // 2, len(self.asked) // 2
        return Batch(self.appends[:first], self.asked[:second]), Batch(self.appends[first:], self.asked[second:])


def refuse(parts: Iterable[Part], error: Exception) -> None:
    """Tell all who still wait for one of `parts` that it was refused."""
    for part in parts:
        part.refuse(error)

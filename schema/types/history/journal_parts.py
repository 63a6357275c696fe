"""What the journal of an execution tells, as fields: its log, and its entries."""

from abc import ABC, abstractmethod
from typing import Annotated

import strawberry

from models.entities.executions import ExecutionDetail
from schema.arguments import After, AfterSequence, Before, First, InOrder, Last
from schema.context import GraphQLInfo
from schema.spellings import renamed
from schema.types.connections import Connection, window
from schema.types.executions import ExecutionEvent, event_type
from schema.types.logs import LogLine, WhichEntries, WhichLines, journal_connection, log_connection, newest_lines


@strawberry.type(description="What happened in an execution.")
class JournalParts(ABC):
    """Whose journal it is says how that is loaded."""

    @abstractmethod
    async def detail(self, info: GraphQLInfo) -> ExecutionDetail:
        """The execution with its journal."""

    @strawberry.field(description="The newest lines of the log, oldest first.")
    async def logs(
        self,
        info: GraphQLInfo,
        last: Annotated[int, strawberry.argument(description="So many lines: at most 1000.")] = 200,
    ) -> list[LogLine] | None:
        """Load."""
        return newest_lines((await self.detail(info)).events, last)

    @strawberry.field(description="The log, a slice at a time. A cursor is good for every filter and in either order.")
    async def log_lines(
        self,
        info: GraphQLInfo,
        filter: WhichLines = None,
        order: InOrder = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[LogLine] | None:
        """Load a slice."""
        asked = window(first, after, last, before)
        return log_connection((await self.detail(info)).events, filter, asked, order)

    @strawberry.field(
        description="The journal, a slice at a time. A cursor is the `sequence` of its entry: "
        "`executionEvents(after:)` goes on from there."
    )
    async def journal(
        self,
        info: GraphQLInfo,
        filter: WhichEntries = None,
        order: InOrder = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ExecutionEvent] | None:
        """Load a slice."""
        asked = window(first, after, last, before)
        return journal_connection((await self.detail(info)).events, filter, asked, order)

    @strawberry.field(
        description="The journal after a sequence, at most 100 entries at a time.",
        deprecation_reason=renamed("journal"),
    )
    async def events(
        self,
        info: GraphQLInfo,
        after: AfterSequence = 0,
        first: Annotated[int, strawberry.argument(description="So many entries: at most 100.")] = 100,
    ) -> list[ExecutionEvent] | None:
        """Load."""
        events = [event for event in (await self.detail(info)).events if event.sequence > after]
        return [event_type(event) for event in events[: max(0, min(first, 100))]]

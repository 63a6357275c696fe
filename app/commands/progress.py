"""Shows the events of an execution live on a terminal: one line an action."""

from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any

from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from app.terminal.console import TerminalConsole
from app.terminal.visible_text import visible
from models.event_types import FACTS, Step
from models.words import ActionStatus, EventType

MARKS = {
    ActionStatus.SUCCESS: ("✓", "green"),
    ActionStatus.FAILED: ("✗", "red"),
    ActionStatus.SKIPPED: ("-", "dim"),
}


class ProgressDisplay:
    """A context manager: `show` takes the events as they come. Without a terminal it prints one line an action."""

    def __init__(self, console: TerminalConsole) -> None:
        self._console = console
        self._started: dict[str, datetime] = {}
        self._ended: dict[str, Text] = {}
        self._live = Live(console=console, refresh_per_second=12, transient=True)

    def __enter__(self) -> "ProgressDisplay":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()
            for line in self._ended.values():
                self._console.print(line)

    def pause(self) -> None:
        """Show nothing that moves, so that there is room for a question."""
        self._live.stop()

    def go_on(self) -> None:
        """Show what moves again."""
        if self._console.is_terminal and not self._live.is_started:
            self._live.start()

    def show(self, kind: EventType, at: datetime, action_id: str | None, data: Mapping[str, Any]) -> None:
        """Take the next event."""
        if action_id is None or "item" in data:
            return
        facts = FACTS[kind]
        if facts.step is Step.BEGINS:
            self._started.setdefault(action_id, at)
        elif facts.action_status is not None:
            self._started.setdefault(action_id, at)
            self._ended[action_id] = self._line(facts.action_status, at, action_id, data)
            if not self._console.is_terminal:
                self._console.print(self._ended[action_id])
        elif kind is EventType.ACTION_REOPENED:
            self._ended.pop(action_id, None)
        elif kind is EventType.ACTION_WAITING and "due_at" in data and not self._console.is_terminal:
            self._console.print(Text(f"… {visible(action_id)}  waits until {data['due_at']}", "dim"))
        if self._live.is_started:
            self._live.update(self._table())

    def _line(self, status: ActionStatus, at: datetime, action_id: str, data: Mapping[str, Any]) -> Text:
        mark, colour = MARKS[status]
        milliseconds = (at - self._started[action_id]).total_seconds() * 1e3
        line = Text.assemble((f"{mark} ", colour), visible(action_id), (f"  {milliseconds:.0f} ms", "dim"))
        error = data.get("error")
        return line.append(visible(f"  {error['code']}: {error['message']}"), colour) if error else line

    def _table(self) -> Table:
        table = Table.grid()
        for action_id in self._started:
            table.add_row(self._ended.get(action_id) or Spinner("dots", Text(f" {visible(action_id)}")))
        return table

"""For how long what is kept: the operator's settings, and what workflows say of their own executions."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from engine.retention.settings import Period, RetentionSettings
from models.database.tables import WorkflowRow, table
from models.periods import read_period
from models.words import TERMINAL_STATUSES, ExecutionStatus

WORKFLOWS = table(WorkflowRow)
OWN = select(WORKFLOWS.c.id, WORKFLOWS.c.retention).where(WORKFLOWS.c.retention.is_not(None))


class Periods(msgspec.Struct, frozen=True):
    """How long executions are kept at this moment, by their workflow and their status."""

    settings: RetentionSettings
    own: Mapping[str, Mapping[str, Any]]

    def of(self, workflow_id: str, status: ExecutionStatus) -> Period:
        """How long one is kept; a word of its workflow that nobody can read counts for nothing."""
        default = self.default(status)
        word = self.own.get(workflow_id, {}).get(_kind(status))
        if word is None:
            return default
        try:
            return read_period(word)
        except (TypeError, ValueError):
            return default

    def all_of(self, status: ExecutionStatus) -> list[timedelta]:
        """All periods for which some executions of that status are kept, without `forever`."""
        found = {self.default(status), *(self.of(workflow_id, status) for workflow_id in self.own)}
        return sorted(period for period in found if period is not None)

    def finite(self) -> Iterator[tuple[ExecutionStatus, timedelta]]:
        """Each status of what has ended, with each period for which some of it is kept."""
        for status in sorted(TERMINAL_STATUSES):
            for period in self.all_of(status):
                yield status, period

    def default(self, status: ExecutionStatus) -> Period:
        """How long it is where its workflow does not say."""
        return self.settings.failed if status is ExecutionStatus.FAILED else self.settings.executions


def read_periods(connection: Connection, settings: RetentionSettings) -> Periods:
    """What holds now, of the workflows that were deleted too."""
    return Periods(settings, {row.id: row.retention for row in connection.execute(OWN)})


def _kind(status: ExecutionStatus) -> str:
    return "failed" if status is ExecutionStatus.FAILED else "completed"

"""Reads what this process takes of the machine."""

from datetime import datetime, timedelta
from pathlib import Path

import psutil

from engine.core.clock import Clock
from models.entities.operations import MachineFigures

SHORTEST_SPAN = timedelta(seconds=1)
"""CPU usage is measured from one reading to the next, and over too short a span it is noise."""

BYTES_PER_MIB = 1_048_576


class Machine:
    """Measures without waiting: CPU usage is the mean since the reading before, and the first counts from the start."""

    def __init__(self, data_directory: Path, clock: Clock) -> None:
        self._clock = clock
        self._disk = _existing(data_directory)
        self._process = psutil.Process()
        self._last: tuple[datetime, MachineFigures] | None = None
        psutil.cpu_percent(None)

    def figures(self) -> MachineFigures:
        """The present figures, at most a second old."""
        now = self._clock.now()
        if self._last is None or now - self._last[0] >= SHORTEST_SPAN:
            self._last = (now, self._measured())
        return self._last[1]

    def _measured(self) -> MachineFigures:
        return MachineFigures(
            cpu_usage_percent=psutil.cpu_percent(None),
            memory_usage_mb=round(self._process.memory_info().rss / BYTES_PER_MIB, 1),
            disk_usage_percent=psutil.disk_usage(str(self._disk)).percent,
        )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists: on PostgreSQL there may be no data directory."""
    folder = folder.resolve()
    return next(path for path in (folder, *folder.parents) if path.exists())

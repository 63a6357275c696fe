"""Starts the orchestrator on a wall clock that a test can move: `python jumping_clock.py <arguments>`."""

import os
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import engine.core.clock
from app.cli import main

OFFSET_FILE = "JUMPING_CLOCK_OFFSET_FILE"
"""The environment variable that names the file with the offset of the wall clock, in seconds."""

_read_clock = time.time


def _offset() -> float:
    return float(Path(os.environ[OFFSET_FILE]).read_text())


class JumpingDatetime:
    """What the engine's clock takes for `datetime`."""

    @staticmethod
    def now(tz: tzinfo | None = None) -> datetime:
        """The present moment by the wall clock as it was moved."""
        return datetime.now(tz) + timedelta(seconds=_offset())


if __name__ == "__main__":
    engine.core.clock.datetime = JumpingDatetime  # type: ignore[misc, assignment]  # in the place of the class itself
    time.time = lambda: _read_clock() + _offset()
    main()

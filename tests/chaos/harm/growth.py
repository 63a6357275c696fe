"""Samples what a process on SQLite takes up while it works: its files, its memory, its rows."""

import asyncio
import csv
import sqlite3
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import psutil

from tests.chaos.harm.journal_file import FILE
from tests.support.processes import OrchestratorProcess

BYTES_PER_MIB = 1_048_576
TABLES = ("execution", "execution_event", "activity", "callback_delivery", "spent_key", "audit_entry")


class Sample(msgspec.Struct, frozen=True):
    """What there is after so many seconds: sizes in MiB, pages, and rows by their table."""

    seconds: float
    memory: float
    file: float
    wal: float
    pages: int
    free_pages: int
    rows: dict[str, int]


class Growth:
    """Takes a sample every `pause` seconds, and writes each into a file of its own as a line of CSV at once."""

    def __init__(self, orchestrator: OrchestratorProcess, pause: float, into: Path) -> None:
        self.samples: list[Sample] = []
        self._orchestrator = orchestrator
        self._pause = pause
        self._into = into
        self._began = time.monotonic()
        into.parent.mkdir(exist_ok=True)
        heads = [name for name in Sample.__struct_fields__ if name != "rows"]
        with into.open("w", newline="") as file:
            csv.writer(file).writerow([*heads, *TABLES])

    async def watch(self) -> None:
        """Sample until cancelled."""
        while True:
            await asyncio.sleep(self._pause)
            self.samples.append(await asyncio.to_thread(self._sample))
            *figures, rows = msgspec.structs.astuple(self.samples[-1])
            with self._into.open("a", newline="") as file:
                csv.writer(file).writerow([*(round(figure, 2) for figure in figures), *rows.values()])

    def median(self, name: str, since: float, until: float) -> float:
        """The middle value of a figure, or of the rows of a table, between two parts of the time."""
        chosen = _between(self.samples, since, until)
        return statistics.median(sample.rows[name] if name in TABLES else getattr(sample, name) for sample in chosen)

    def _sample(self) -> Sample:
        file = self._orchestrator.data_dir / FILE
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            pages, free = (
                connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count")
            )
            rows = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}  # noqa: S608 - the names are ours
        wal = file.with_name(f"{FILE}-wal")
        return Sample(
            seconds=time.monotonic() - self._began,
            memory=psutil.Process(self._orchestrator.pid).memory_info().rss / BYTES_PER_MIB,
            file=file.stat().st_size / BYTES_PER_MIB,
            wal=wal.stat().st_size / BYTES_PER_MIB if wal.exists() else 0.0,
            pages=pages,
            free_pages=free,
            rows=rows,
        )


def _between(samples: Sequence[Sample], since: float, until: float) -> list[Sample]:
    whole = samples[-1].seconds
    return [sample for sample in samples if since * whole <= sample.seconds <= until * whole]

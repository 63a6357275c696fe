"""A database that was closed in order is whole, even if a full disk kept its mark from being taken away."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.database import sqlite
from models.database.sqlite import SqliteDatabase
from models.database.sqlite_files import checkpoints
from models.database.sqlite_files.file import check_database_file

REFUSED = 3
"""The writer's connection, a reader's, and the checkpoint after the first commit."""


@pytest.mark.asyncio
async def test_a_full_disk_makes_no_partial_database(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, asked = checkpoints.take_mark_away, 0

    def full(connection: Any) -> None:
        nonlocal asked
        asked += 1
        if asked <= REFUSED:
            raise sqlite3.OperationalError("database or disk is full")
        taken(connection)

    monkeypatch.setattr(sqlite, "take_mark_away", full)
    monkeypatch.setattr(checkpoints, "take_mark_away", full)
    file = data_dir / "orchestrator.db"
    database = SqliteDatabase(f"sqlite:///{file}")
    await database.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one())
    await database.transaction(lambda connection: connection.execute(text("CREATE TABLE kept (a INTEGER)")))
    await database.close()
    assert asked == REFUSED + 1
    check_database_file(file)

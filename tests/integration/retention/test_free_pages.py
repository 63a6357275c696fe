"""A SQLite file gives back what it has no use for, and one of an earlier version does once it was written anew."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.retention import free_pages
from engine.retention.free_pages import give_back, pages
from models.database.connect import connect
from models.database.database import Database
from models.database.sqlite_files.backup import write_copy

pytestmark = pytest.mark.asyncio

ROWS = 4_000


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


async def filled_and_emptied(database: Database) -> int:
    """Write and delete some megabytes; return how many pages the file has then."""
    fill = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"
        " INSERT INTO spent_key SELECT 't', 'u', i, hex(randomblob(1000)), 'e', '2026-01-01' FROM n"
    )
    await database.transaction(lambda connection: connection.execute(fill, {"rows": ROWS}))
    await database.transaction(lambda connection: connection.execute(text("DELETE FROM spent_key")))
    return (await database.read(pages)).total


async def test_a_new_file_gives_pages_back_a_few_at_a_time(tmp_path: Path) -> None:
    database = await connect(url_of(tmp_path / "new.db"))
    try:
        before = await filled_and_emptied(database)
        assert (await database.read(pages)).to_spare > 0
        assert await database.tidy(lambda connection: give_back(connection, 10)) == 10
        assert (await database.read(pages)).total == before - 10
        while await database.tidy(lambda connection: give_back(connection, 500)):
            continue
        left = await database.read(pages)
        assert left.to_spare == 0
        assert left.free <= free_pages.SPARE_PAGES < before
    finally:
        await database.close()
    assert (tmp_path / "new.db").stat().st_size < before * 4_096


async def test_a_file_of_an_earlier_version_does_after_a_backup(tmp_path: Path) -> None:
    old, copy = tmp_path / "old.db", tmp_path / "copy.db"
    await (await connect(url_of(old))).close()
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    database = await connect(url_of(old))
    await filled_and_emptied(database)
    found = await database.read(pages)
    assert (found.can_shrink, found.to_spare) == (False, 0)
    await database.close()
    write_copy(old, copy)
    database = await connect(url_of(copy))
    assert (await database.read(pages)).can_shrink
    await database.close()


async def test_what_is_tidied_is_there_for_all_that_comes_after_it(database_url: str) -> None:
    database = await connect(database_url)
    write = text("INSERT INTO spent_key VALUES ('t', 'u', 'k', 'f', 'e', '2999-01-01')")
    try:
        await database.tidy(lambda connection: connection.execute(write))
        count = text("SELECT count(*) FROM spent_key")
        assert await database.read(lambda connection: connection.execute(count).scalar_one()) == 1
        if database_url.startswith("sqlite"):
            level = await database.transaction(
                lambda connection: connection.execute(text("PRAGMA synchronous")).scalar_one()
            )
            assert level == 2
    finally:
        await database.close()

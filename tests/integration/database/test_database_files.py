"""The file of the embedded database: what is wrong with it is told, and nothing acknowledged is missing in silence."""

import resource
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from models.database.connect import connect, opened
from models.database.database import Database
from models.database.sqlite import MOST_KEPT_OF_LOG
from models.database.sqlite_files.backup import write_copy
from models.database.sqlite_files.checkpoints import ROWS
from models.database.sqlite_files.file import PARTIAL, USER_VERSION, check_database_file, database_file, wal_of
from models.errors import Unavailable
from tests.support.database_files import UNUSABLE, kept, url

HELD = "another orchestrator uses the database"


def mark_of(file: Path) -> int:
    return int.from_bytes(file.read_bytes()[USER_VERSION])


async def keep(database: Database, *values: str) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE IF NOT EXISTS kept (value TEXT)"))
        connection.execute(text("INSERT INTO kept VALUES (:value)"), [{"value": value} for value in values])

    await database.transaction(work)


def blank_all_but_the_first_page(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4_096] + bytes(len(whole) - 4_096))


def move_away(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))


@pytest.mark.asyncio
@pytest.mark.parametrize("name", UNUSABLE)
async def test_what_is_wrong_with_a_file_is_told_with_its_name(file: Path, name: str) -> None:
    harm, said = UNUSABLE[name]
    harm(file)
    with pytest.raises(Unavailable, match=said) as refused:
        await connect(url(file))
    assert str(file) in refused.value.message
    assert "\n" not in refused.value.message


@pytest.mark.asyncio
async def test_a_file_that_may_not_be_written_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "models.database.sqlite_files.file.os.access", lambda path, _: path != file
    )  # root may write everything
    with pytest.raises(Unavailable, match="cannot be read and written"):
        await connect(url(file))


@pytest.mark.asyncio
async def test_a_file_that_was_copied_without_its_log_says_so_and_is_no_backup(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    database = await connect(url(file))
    await keep(database, "a")
    shutil.copy(file, copy)
    with pytest.raises(Unavailable, match=r"was separated from copy\.db-wal"):
        await connect(url(copy))
    with pytest.raises(Unavailable, match="was separated"):
        write_copy(copy, tmp_path / "backup.db")
    write_copy(file, tmp_path / "backup.db")
    await database.close()
    assert kept(tmp_path / "backup.db") == ["a"]
    await (await connect(url(tmp_path / "backup.db"))).close()


@pytest.mark.asyncio
async def test_after_a_crash_all_is_there_whoever_opens_it_first(file: Path, tmp_path: Path) -> None:
    crashed = tmp_path / "crashed.db"
    database = await connect(url(file))
    await keep(database, "a", "b")
    for suffix in ("", "-wal"):
        shutil.copy(f"{file}{suffix}", f"{crashed}{suffix}")
    await database.close()
    assert mark_of(crashed) == PARTIAL
    assert kept(crashed) == ["a", "b"]  # another program, which closes it in order
    assert not wal_of(crashed).exists()
    await (await connect(url(crashed))).close()


async def read_and_close(file: Path) -> None:
    database = opened(url(file))
    await database.read(lambda connection: connection.execute(text("SELECT count(*) FROM kept")).scalar_one())
    await database.close()


async def back_up(file: Path) -> None:
    write_copy(file, file.with_name("copy.db"))


@pytest.mark.asyncio
@pytest.mark.parametrize("opens", [read_and_close, back_up])
async def test_who_is_killed_while_the_log_is_copied_leaves_a_whole_database(
    file: Path, tmp_path: Path, opens: Callable[[Path], Awaitable[None]]
) -> None:
    crashed = tmp_path / "crashed.db"
    database = await connect(url(file))
    await keep(database, "a")
    await database.transaction(lambda connection: connection.exec_driver_sql(f"PRAGMA user_version = {PARTIAL}"))
    for suffix in ("", "-wal"):
        shutil.copy(f"{file}{suffix}", f"{crashed}{suffix}")
    await database.close()
    await opens(crashed)
    assert not wal_of(crashed).exists()
    check_database_file(crashed)
    assert kept(crashed) == ["a"]


@pytest.mark.asyncio
async def test_a_database_that_was_closed_is_whole_by_itself(file: Path) -> None:
    database = await connect(url(file))
    await keep(database, "a")
    assert mark_of(file) == PARTIAL
    await database.close()
    assert (mark_of(file), wal_of(file).exists()) == (0, False)
    assert kept(file) == ["a"]


@pytest.mark.asyncio
async def test_the_log_is_copied_into_the_file_as_it_grows_and_the_mark_stays(file: Path, tmp_path: Path) -> None:
    database = await connect(url(file))
    await keep(database, *(f"{number:06}" for number in range(ROWS + 1)))
    await keep(database, "last")  # it waits for the checkpoint that followed the one before
    await database.transaction(lambda _: None)
    shutil.copy(file, tmp_path / "main.db")
    await database.close()
    assert mark_of(tmp_path / "main.db") == PARTIAL
    assert len(kept(tmp_path / "main.db")) >= ROWS


@pytest.mark.asyncio
async def test_a_log_that_had_to_grow_is_cut_back_when_it_begins_anew(file: Path) -> None:
    database = await connect(url(file))
    await keep(database, "x" * (MOST_KEPT_OF_LOG + 1))
    assert wal_of(file).stat().st_size > MOST_KEPT_OF_LOG
    await keep(database, "little")
    assert wal_of(file).stat().st_size <= MOST_KEPT_OF_LOG
    await database.close()
    assert [len(value) for value in kept(file)] == [len("little"), MOST_KEPT_OF_LOG + 1]


@pytest.mark.asyncio
async def test_a_probe_tells_a_file_that_was_moved_away(file: Path) -> None:
    database = await connect(url(file))
    await database.transaction(lambda _: None)
    await database.probe()
    move_away(file)
    with pytest.raises(Unavailable, match="was moved or deleted"):
        await database.probe()
    await database.close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("pragma", "said"),
    [("query_only = ON", "cannot be written"), ("busy_timeout = 0", "is locked by another program")],
)
async def test_a_database_that_takes_no_writes_is_unavailable_and_no_bug(
    file: Path, monkeypatch: pytest.MonkeyPatch, pragma: str, said: str
) -> None:
    database = await connect(url(file))
    await database.close()
    monkeypatch.setattr("models.database.sqlite.PRAGMAS", (f"PRAGMA {pragma}",))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        if "busy" in pragma:
            other.execute("BEGIN IMMEDIATE")
        database = opened(url(file))
        for asked in (database.probe(), keep(database, "a")):
            with pytest.raises(Unavailable, match=said):
                await asked
        await database.close()


@pytest.mark.asyncio
async def test_a_damaged_page_is_unavailable_and_no_bug(file: Path) -> None:
    database = await connect(url(file))
    await keep(database, *("x" * 500 for _ in range(1_000)))
    await database.close()
    blank_all_but_the_first_page(file)
    with pytest.raises(Unavailable, match="is damaged"):
        await connect(url(file))


def test_a_copy_that_fails_leaves_nothing_behind_and_names_its_place(file: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backups" / "backup.db"
    with pytest.raises(Unavailable, match=f"^{backup} cannot be written: "):
        write_copy(file, backup)
    backup.parent.mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size // 2, limits[1]))  # as if the disk were full
    try:
        with pytest.raises(Unavailable, match=f"could not be copied to {backup}: "):
            write_copy(file, backup)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(backup.parent.iterdir()) == []


def test_copies_that_are_made_at_once_harm_each_other_not(file: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: write_copy(file, backup), range(8)))
    assert len(set(map(str, made))) == 1
    check_database_file(backup)
    assert (backup.stat().st_mode & 0o777, [found for found in tmp_path.iterdir() if "unfinished" in found.name]) == (
        0o600,
        [],
    )


def test_the_name_of_the_file_is_in_the_url(file: Path) -> None:
    assert database_file(url(file)) == file.resolve()

"""The file of the embedded database: what is wrong with it is told, and nothing acknowledged is missing in silence."""

import fcntl
import os
import resource
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from app.commands.restoring import restore_database
from app.data_directory import held_database, own_data_directory
from app.settings.settings import Settings, SettingsError
from engine.audit.check import START, ChainCheck, next_entries
from models.database.connect import connect, opened
from models.database.database import Database
from models.database.sqlite_backup import write_copy
from models.database.sqlite_checkpoints import ROWS
from models.database.sqlite_file import PARTIAL, USER_VERSION, check_database_file, database_file, wal_of
from models.errors import Unavailable

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HELD = "another orchestrator uses the database"
MAKE = "CREATE TABLE kept (value TEXT)"


@pytest.fixture
def file(data_dir: Path) -> Path:
    """A migrated database that nobody has opened."""
    return data_dir / "orchestrator.db"


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def kept(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM kept ORDER BY value")]


def mark_of(file: Path) -> int:
    return int.from_bytes(file.read_bytes()[USER_VERSION])


async def keep(database: Database, *values: str) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE IF NOT EXISTS kept (value TEXT)"))
        connection.execute(text("INSERT INTO kept VALUES (:value)"), [{"value": value} for value in values])

    await database.transaction(work)


def actions_in(file: Path) -> list[str]:
    """The actions in an unbroken audit log."""
    check = ChainCheck()
    engine = create_engine(url(file))
    with engine.connect() as connection:
        entries = next_entries(connection, START)
    engine.dispose()
    assert [fault for entry in entries for fault in check.faults(entry)] == []
    return [entry.action for entry in entries]


def statements(file: Path, *texts: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in texts:
            connection.execute(statement)


def foreign(file: Path) -> None:
    file.unlink()
    statements(file, MAKE)


def directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def blank_all_but_the_first_page(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4_096] + bytes(len(whole) - 4_096))


def move_away(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))


def lost(file: Path) -> None:
    wal_of(file).write_bytes(bytes(64))
    file.unlink()


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def loop(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no SQLite": (lambda file: file.write_bytes(b"this is no database" * 400), "is no SQLite database"),
    "cut short": (lambda file: file.write_bytes(file.read_bytes()[:20_000]), "is cut short"),
    "a directory": (directory, "is a directory"),
    "a pipe": (pipe, "is no file that can be kept"),
    "a link to itself": (loop, "is no file that can be kept"),
    "another program's": (foreign, "belongs to another program"),
    "of the future": (
        lambda file: statements(file, "UPDATE alembic_version SET version_num = '9999'"),
        "has the schema 9999",
    ),
    "gone, its log left": (lost, "is gone, and orchestrator.db-wal is there"),
    "without its directory": (lambda file: shutil.rmtree(file.parent), "has no directory"),
}


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
        "models.database.sqlite_file.os.access", lambda path, _: path != file
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


@pytest.fixture
def settings(file: Path) -> Settings:
    return Settings(data_dir=file.parent)


@pytest.fixture
def elsewhere(tmp_path: Path, file: Path) -> Iterator[Settings]:
    """Settings with another data directory and the same database."""
    yield Settings(data_dir=tmp_path / "other", database_url=url(file))


def test_a_file_is_held_by_one_process_by_whatever_name(settings: Settings, elsewhere: Settings, file: Path) -> None:
    with own_data_directory(settings):
        with (
            pytest.raises(SettingsError, match="another orchestrator uses the database"),
            own_data_directory(elsewhere),
        ):
            pytest.fail("two hold it")
        (file.parent / "lock").unlink()
        with pytest.raises(SettingsError, match="another orchestrator uses the database"), own_data_directory(settings):
            pytest.fail("two hold it")
        with pytest.raises(SettingsError, match="another orchestrator uses"):
            restore_database(elsewhere, file, NOW, replace=True, accept_loss=False)
    with own_data_directory(elsewhere, fresh=True):
        assert file.stat().st_size == 0


def test_a_file_that_was_replaced_before_it_was_locked_is_not_held(
    settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []

    def lock_late(descriptor: int, operation: int) -> None:
        if os.path.samestat(os.fstat(descriptor), file.stat()) and not waited:
            waited.append(descriptor)
            file.unlink()  # as the one who held it did, to start afresh
        flock(descriptor, operation)

    flock = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", lock_late)
    with own_data_directory(settings):
        assert waited
        with (
            pytest.raises(SettingsError, match="another orchestrator uses the database"),
            held_database(Settings(data_dir=file.parent / "other", database_url=url(file))),
        ):
            pytest.fail("two hold it")


@pytest.mark.parametrize("name", ["orchestrator.db", "orchestrator[1].db"])
def test_to_start_afresh_takes_the_database_away_and_no_copy_of_it(settings: Settings, file: Path, name: str) -> None:
    database, copy = file.with_name(name), file.with_name(f"{name}-before-the-upgrade")
    shutil.copy(file, copy)
    file.replace(database)
    journal, log = database.with_name(f"{name}-journal"), wal_of(database)
    journal.write_bytes(b"of the former one")
    log.write_bytes(bytes(100))
    with own_data_directory(Settings(data_dir=settings.data_dir, database_url=url(database)), fresh=True):
        assert (copy.exists(), log.exists(), journal.exists(), database.stat().st_size) == (True, False, False, 0)


@pytest.mark.parametrize("made", ["data", "data/lock/"])
def test_a_data_directory_that_cannot_be_used_is_told(tmp_path: Path, made: str) -> None:
    if made.endswith("/"):
        (tmp_path / made).mkdir(parents=True)
    else:
        (tmp_path / made).touch()
    with (
        pytest.raises(SettingsError, match=r"the data directory .* cannot be"),
        own_data_directory(Settings(data_dir=tmp_path / "data")),
    ):
        pytest.fail("there is none")


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


def test_a_log_whose_database_is_gone_is_no_reason_not_to_start_afresh(settings: Settings, file: Path) -> None:
    file.rename(wal_of(file))
    with own_data_directory(settings, fresh=True):
        assert not wal_of(file).exists()


def test_a_restore_puts_what_was_there_aside_and_is_told_in_the_audit_log(
    settings: Settings, file: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    statements(file, MAKE, "INSERT INTO kept VALUES ('old')")
    write_copy(file, backup)
    statements(file, "UPDATE kept SET value = 'new'")
    with pytest.raises(SettingsError, match="is there already"):
        restore_database(settings, backup, NOW, replace=False, accept_loss=False)
    restored = restore_database(settings, backup, NOW, replace=True, accept_loss=False)
    assert restored.aside is not None
    assert (kept(file), kept(restored.aside)) == (["old"], ["new"])
    assert actions_in(file) == ["restore_database"]


def test_a_restore_that_is_killed_leaves_the_database_that_was_there(
    settings: Settings, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup.db"
    statements(file, MAKE, "INSERT INTO kept VALUES ('old')")
    write_copy(file, backup)
    statements(file, "UPDATE kept SET value = 'new'")
    rename = Path.rename

    def rename_or_die(path: Path, target: Path) -> Path:
        if target == file:
            raise KeyboardInterrupt
        return rename(path, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "rename", rename_or_die)
        restore_database(settings, backup, NOW, replace=True, accept_loss=False)
    assert kept(file) == ["new"]
    with pytest.raises(SettingsError, match="is there already"):
        restore_database(settings, backup, NOW, replace=False, accept_loss=False)
    restore_database(settings, backup, datetime.now(UTC), replace=True, accept_loss=False)
    assert kept(file) == ["old"]


def test_a_loss_is_accepted_in_words_alone(settings: Settings, file: Path) -> None:
    statements(file, f"PRAGMA user_version = {PARTIAL}")
    with pytest.raises(Unavailable, match="was separated"):
        restore_database(settings, file, NOW, replace=True, accept_loss=False)
    with pytest.raises(Unavailable, match="was separated"), own_data_directory(settings):
        pytest.fail("it is not whole")
    restore_database(settings, file, NOW, replace=True, accept_loss=True)
    with own_data_directory(settings):
        assert actions_in(file) == ["restore_database"]


@pytest.mark.parametrize("name", ["no SQLite", "cut short", "another program's", "of the future"])
def test_what_is_no_backup_replaces_nothing(settings: Settings, file: Path, tmp_path: Path, name: str) -> None:
    backup = tmp_path / "backup.db"
    write_copy(file, backup)
    harm, said = UNUSABLE[name]
    harm(backup)
    before = file.read_bytes()
    with pytest.raises(Unavailable, match=said):
        restore_database(settings, backup, NOW, replace=True, accept_loss=True)
    assert file.read_bytes() == before
    assert sorted(found.name for found in file.parent.iterdir()) == ["lock", "orchestrator.db"]


def test_the_name_of_the_file_is_in_the_url(file: Path) -> None:
    assert database_file(url(file)) == file.resolve()

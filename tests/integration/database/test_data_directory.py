"""Who holds a data directory and its database, how it is begun afresh, and what a restore does to it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.commands.restoring import restore_database
from app.data_directory import held_database, own_data_directory
from app.settings.settings import Settings, SettingsError
from engine.audit.check import START, ChainCheck, next_entries
from models.database.sqlite_files.backup import write_copy
from models.database.sqlite_files.file import PARTIAL, wal_of
from models.errors import Unavailable
from tests.support.database_files import MAKE, UNUSABLE, kept, statements, url

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def actions_in(file: Path) -> list[str]:
    """The actions in an unbroken audit log."""
    check = ChainCheck()
    engine = create_engine(url(file))
    with engine.connect() as connection:
        entries = next_entries(connection, START)
    engine.dispose()
    assert [fault for entry in entries for fault in check.faults(entry)] == []
    return [entry.action for entry in entries]


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
    assert {found.name for found in file.parent.iterdir()} - {"lock"} == {"orchestrator.db"}

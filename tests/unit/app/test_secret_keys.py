"""What the service makes for itself is kept once, for its owner alone: the key of the secrets is one such thing."""

import threading
from pathlib import Path

import pytest

from app.secret_keys import encryption_keys
from app.settings.kept_secret import kept_secret
from app.settings.settings import Environment, Settings, SettingsError
from engine.secrets.cipher import SecretCipher, key_id, read_key


def kept(file: Path, made: str) -> str:
    return kept_secret(file, lambda: made, str, what="the word", setting="WORD")


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "secret"
    assert kept(file, "first") == "first"
    assert kept(file, "second") == "first"
    assert file.read_text() == "first\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file], "no draft is left"


def test_of_several_that_make_one_at_the_same_moment_all_get_the_same(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    start = threading.Barrier(8)
    got: list[str] = []

    def make(number: int) -> None:
        start.wait()
        got.append(kept(file, f"made by {number}"))

    threads = [threading.Thread(target=make, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert set(got) == {file.read_text().strip()}


def test_the_keys_of_the_settings_are_used_and_none_is_made(tmp_path: Path) -> None:
    keys = (b"n" * 32, b"o" * 32)
    assert encryption_keys(Settings(data_dir=tmp_path, encryption_keys=keys)) == keys
    assert list(tmp_path.iterdir()) == []


def test_in_the_test_environment_a_key_is_made_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    keys = encryption_keys(settings)
    (file,) = settings.data_dir.iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("encryption_key", 0o600)
    assert encryption_keys(settings) == keys == [read_key(file.read_text().strip())]
    assert encryption_keys(Settings(data_dir=tmp_path / "other")) != keys


def test_it_is_not_made_before_the_first_secret(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    cipher = SecretCipher(lambda: encryption_keys(settings))
    assert not settings.data_dir.exists()
    assert cipher.newest == key_id(encryption_keys(settings)[0])


def test_in_production_none_is_made(tmp_path: Path) -> None:
    assert encryption_keys(Settings(data_dir=tmp_path, environment=Environment.PRODUCTION)) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_cannot_be_kept_or_read_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "encryption_key").write_text("spoilt")
    with pytest.raises(SettingsError, match=r"encryption_key: a key is 32 bytes .* set ORCHESTRATOR_ENCRYPTION_KEYS"):
        encryption_keys(Settings(data_dir=tmp_path))
    with pytest.raises(SettingsError, match=r"the key that encrypts secrets .* set ORCHESTRATOR_ENCRYPTION_KEYS"):
        encryption_keys(Settings(data_dir=tmp_path / "encryption_key"))

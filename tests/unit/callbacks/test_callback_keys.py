"""The secret that signs callbacks: from the settings, or made once and kept where its owner alone can read it."""

from pathlib import Path

import pytest

from app.callbacks import callback_keys
from app.settings.settings import Settings, SettingsError
from engine.callbacks.signature import read_secret


def test_the_secrets_of_the_settings_are_used_and_none_is_made(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, callback_secrets=(b"new", b"old"))
    assert callback_keys(settings) == (b"new", b"old")
    assert list(tmp_path.iterdir()) == []


def test_where_none_is_set_one_is_made_once_and_kept(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    keys = callback_keys(settings)
    assert callback_keys(settings) == keys
    (file,) = settings.data_dir.iterdir()
    assert file.name == "callback_secret"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (read_secret(file.read_text().strip()),) == keys
    assert callback_keys(Settings(data_dir=tmp_path / "other")) != keys


def test_a_spoilt_secret_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "callback_secret").write_text("whsec_")
    with pytest.raises(SettingsError, match=r"callback_secret: a secret has .* set ORCHESTRATOR_CALLBACK_SECRETS"):
        callback_keys(Settings(data_dir=tmp_path))


def test_a_data_directory_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="set ORCHESTRATOR_CALLBACK_SECRETS"):
        callback_keys(Settings(data_dir=tmp_path / "file"))

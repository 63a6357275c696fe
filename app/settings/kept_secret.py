"""Keeps a secret that nobody has set in a file of the data directory, made once, for its owner's eyes alone."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from app.settings.settings import PREFIX, PRIVATE, SettingsError

T = TypeVar("T")


def kept_secret(file: Path, make: Callable[[], str], read: Callable[[str], T], *, what: str, setting: str) -> T:
    """What `read` makes of the text in `file`, which `make` gives where there is no such file yet.

    `what` says what it is, `setting` what to set instead. Raises `SettingsError` where the file can neither
    be read nor made, and where `read` raises `ValueError`.
    """
    try:
        if not file.exists():
            _keep(file, make())
        return read(file.read_text().strip())
    except (OSError, ValueError) as error:
        raise SettingsError(f"{what} cannot be kept in {file}: {error}; mend that, or set {PREFIX}{setting}") from None


def _keep(file: Path, text: str) -> None:
    """Write it whole or not at all, never over another one, and onto the disk before anybody relies on it."""
    file.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with open(draft, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as writing:
        writing.write(text + "\n")
        writing.flush()
        os.fsync(writing.fileno())
    try:
        with suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

"""What a server leaves in its data directory for the commands beside it: which database is its, and whose keys.

The note stays when the server is gone, and it is locked as long as the server lives. No secret is in it.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from app.settings.settings import PRIVATE, Environment

BEGINNING, END = "server-", ".json"


class ServerNote(msgspec.Struct, frozen=True):
    """A server's word: `database` is its address without a password, `token_key` the fingerprint of what signs tokens.

    `encryption_keys` are the ids of the keys by which it reads secrets.
    """

    database: str
    environment: Environment
    process: int
    encryption_keys: tuple[str, ...] = ()
    token_key: str | None = None


class FoundNote(msgspec.Struct, frozen=True):
    """The note of the server that runs, or of the last one that did."""

    note: ServerNote
    is_running: bool


@contextmanager
def left_for_commands(folder: Path, note: ServerNote) -> Iterator[None]:
    """Leave a note in the data directory, in the place of those whose servers are gone.

    Where there is no directory and none can be made, commands have to be told by settings, as the server was.
    """
    try:
        descriptor = _left(folder, note)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        os.close(descriptor)


def last_server(folder: Path) -> FoundNote | None:
    """The newest note of a server that runs, or else of one that ran; None where there is none that can be read."""
    notes = []
    for file in _files(folder):
        with suppress(OSError, msgspec.DecodeError):
            note = msgspec.json.decode(file.read_bytes(), type=ServerNote)
            notes.append((_is_locked(file), file.stat().st_mtime, note))
    if not notes:
        return None
    is_running, _, note = max(notes, key=lambda found: found[:2])
    return FoundNote(note, is_running)


def _left(folder: Path, note: ServerNote) -> int:
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    for file in _files(folder):
        if not _is_locked(file):
            file.unlink(missing_ok=True)
    name = f"{BEGINNING}{secrets.token_hex(4)}"
    draft = folder / f"{name}.draft"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, msgspec.json.encode(note) + b"\n")
        draft.rename(folder / f"{name}{END}")  # under this name it is whole, and locked
    except OSError:
        os.close(descriptor)
        draft.unlink(missing_ok=True)
        raise
    return descriptor


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{BEGINNING}*{END}"))


def _is_locked(file: Path) -> bool:
    with file.open("rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False

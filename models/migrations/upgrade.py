"""Brings the connected database to the newest schema, once, however many nodes start at the same moment."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

VERSIONS = Path(__file__).parent / "versions"
HEAD = max(file.name[:4] for file in VERSIONS.glob("[0-9]*.py"))
"""Migrations are numbered, and the newest number is the schema's."""

ADVISORY_LOCK = 7_305_118_905
"""Any constant that no other user of the same PostgreSQL database takes."""


def upgrade(connection: Connection) -> None:
    """Apply the missing migrations in the caller's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    if _current(connection) == HEAD:
        return
    # Alembic takes a noticeable part of a start, so a start with nothing to migrate does not import it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision

"""Opens the database that a URL names, migrated to the newest schema."""

from sqlalchemy.engine import make_url

from models.database import Database
from models.migrations.upgrade import upgrade


async def connect(url: str) -> Database:
    """Open the database at an SQLAlchemy `url` (`sqlite:///file` or `postgresql+asyncpg://...`), migrated."""
    database = opened(url)
    await database.change_schema(upgrade)
    return database


def opened(url: str) -> Database:
    """Open the database at an SQLAlchemy `url` as it is.

    Each kind is imported where it is chosen, so that a start on SQLite does not pay for the PostgreSQL driver.
    """
    if make_url(url).get_backend_name() == "sqlite":
        from models.sqlite import SqliteDatabase

        return SqliteDatabase(url)
    from models.postgres import PostgresDatabase

    return PostgresDatabase(url)

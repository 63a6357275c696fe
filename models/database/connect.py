"""Opens the database that a URL names, migrated to the newest schema."""

from sqlalchemy.engine import make_url

from models.database.database import Database
from models.database.sqlite_files.file import check_database_file, database_file
from models.database.start_faults import place_of, unusable
from models.database.watched import WatchedDatabase
from models.errors import Unavailable
from models.migrations.upgrade import has_tables, upgrade


async def connect(url: str) -> Database:
    """Open the database at an SQLAlchemy `url` (`sqlite:///file` or `postgresql+asyncpg://...`), migrated.

    Raises `Unavailable`, with what is wrong where it is no database of ours.
    """
    database = opened(url)
    try:
        await database.change_schema(upgrade)
    except BaseException as error:
        await database.close()
        explained = unusable(url, error)
        if explained is None:
            raise
        raise explained from error
    return WatchedDatabase(database)


async def require_tables(url: str) -> None:
    """Return where the database at `url` is one of ours, of whatever version. Raises `Unavailable`."""
    database = opened(url)
    try:
        if not await database.read(has_tables):
            raise Unavailable(f"{place_of(make_url(url))} has no tables of ours: 'orchestrator migrate' makes them")
    except Exception as error:
        explained = unusable(url, error)
        if explained is None:
            raise
        raise explained from error
    finally:
        await database.close()


def opened(url: str) -> Database:
    """Open the database at an SQLAlchemy `url` as it is.

    Each kind is imported where it is chosen, so that a start on SQLite does not pay for the PostgreSQL driver.
    Raises `Unavailable` where a file cannot be one of SQLite's, or is not whole.
    """
    if make_url(url).get_backend_name() == "sqlite":
        from models.database.sqlite import SqliteDatabase

        check_database_file(database_file(url))
        return SqliteDatabase(url)
    from models.database.postgres import PostgresDatabase

    return PostgresDatabase(url)

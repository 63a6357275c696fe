"""A PostgreSQL server that refuses a running node is away: told once, with what it says, and never a bug."""

import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError

from models.database.database import NO_ANSWER
from models.database.postgres import PostgresDatabase
from models.database.watched import AWAY, WatchedDatabase
from models.errors import Unavailable
from tests.support.databases import PostgresServer

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

ROLE = "refused_node"
REFUSALS = [
    ("ALTER ROLE {role} NOLOGIN", "ALTER ROLE {role} LOGIN", "is not permitted to log in"),
    (
        "ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        "ALTER DATABASE {name} ALLOW_CONNECTIONS true",
        "is not currently accepting connections",
    ),
    ("ALTER DATABASE {name} RENAME TO elsewhere", "ALTER DATABASE elsewhere RENAME TO {name}", "does not exist"),
    ("ALTER ROLE {role} CONNECTION LIMIT 0", "ALTER ROLE {role} CONNECTION LIMIT -1", "too many connections for role"),
    (
        "ALTER ROLE {role} SET default_transaction_read_only = on",
        "ALTER ROLE {role} RESET default_transaction_read_only",
        "in a read-only transaction",
    ),
]
HANG_UP = "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename = 'refused_node'"


@pytest_asyncio.fixture
async def url(database_url: str, postgres: PostgresServer) -> AsyncIterator[str]:
    """The URL of a database of a role of its own."""
    name = make_url(database_url).database
    await postgres.execute(f"CREATE ROLE {ROLE} LOGIN")
    await postgres.execute(f"ALTER DATABASE {name} OWNER TO {ROLE}")
    yield make_url(database_url).set(username=ROLE).render_as_string(hide_password=False)
    await postgres.execute(HANG_UP)
    await postgres.execute(f"ALTER DATABASE {name} OWNER TO postgres")
    await postgres.execute(f"DROP ROLE {ROLE}")


def write(connection: Connection) -> None:
    connection.execute(text("CREATE SCHEMA written"))
    connection.execute(text("DROP SCHEMA written"))


@pytest.mark.parametrize(("refuse", "mend", "said"), REFUSALS)
async def test_a_server_that_refuses_is_away(
    url: str, postgres: PostgresServer, caplog: pytest.LogCaptureFixture, refuse: str, mend: str, said: str
) -> None:
    name = make_url(url).database
    database = WatchedDatabase(PostgresDatabase(url))
    await database.transaction(write)
    await postgres.execute(HANG_UP)
    await postgres.execute(refuse.format(name=name, role=ROLE))
    for _ in range(2):
        with pytest.raises(Unavailable) as told:
            await database.transaction(write)
        assert told.value.message == NO_ANSWER
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == [AWAY]
    assert said in vars(caplog.records[-1])["facts"]["reason"]
    await postgres.execute(HANG_UP)
    await postgres.execute(mend.format(name=name, role=ROLE))
    await database.transaction(write)
    await database.close()


async def test_a_read_that_writes_is_a_bug(database_url: str) -> None:
    database = PostgresDatabase(database_url)
    with pytest.raises(DBAPIError, match="in a read-only transaction"):
        await database.read(write)
    await database.close()

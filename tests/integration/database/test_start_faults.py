"""A PostgreSQL database that cannot be begun with is told with its server, what that says, and what to do."""

import socket

import asyncpg
import pytest
from sqlalchemy.exc import ProgrammingError

from models.database.connect import connect, require_tables
from models.database.start_faults import unusable
from models.errors import Unavailable
from tests.support.databases import PostgresServer

URL = "postgresql+asyncpg://ada:geheim@db.example:6432/flows"
PLACE = "the PostgreSQL database 'flows' at db.example:6432"


def unavailable(cause: BaseException) -> Unavailable:
    """What the database's own layer says of it."""
    error = Unavailable("The database does not answer: try again in a moment")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            asyncpg.InvalidPasswordError('password authentication failed for user "ada"'),
            'cannot be used: password authentication failed for user "ada": mend the user or the password of',
        ),
        (
            unavailable(asyncpg.TooManyConnectionsError("sorry, too many clients already")),
            "cannot be used: sorry, too many clients already: it has no connection left: raise its max_connections",
        ),
        (unavailable(socket.gaierror(-2, "Name or service not known")), "cannot be reached: that name leads nowhere"),
        (unavailable(ConnectionRefusedError(111, "Connect call failed")), "cannot be reached: Connect call failed: "),
        (unavailable(TimeoutError()), "does not answer: see whether it runs, and whether a firewall is in between"),
        (unavailable(asyncpg.InterfaceError("closed")), "cannot be used: closed"),
        (
            unavailable(asyncpg.ObjectNotInPrerequisiteStateError('database "flows" is not accepting connections')),
            'cannot be used: database "flows" is not accepting connections: mend that, and start again',
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(error: BaseException, said: str) -> None:
    told = unusable(URL, error)
    assert told is not None
    assert told.message.startswith(f"{PLACE} {said}")
    assert "geheim" not in told.message


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UndefinedTableError("no such table"),
        ProgrammingError("SELECT", {}, asyncpg.UndefinedColumnError("x")),
        ValueError("a bug of ours"),
        Unavailable("the database has the schema 9999"),
    ],
)
def test_what_is_a_bug_or_told_already_is_left_as_it_is(error: BaseException) -> None:
    assert unusable(URL, error) is None


@pytest.mark.asyncio
async def test_a_server_that_has_no_such_database_or_none_of_ours_says_so(postgres: PostgresServer) -> None:
    with pytest.raises(Unavailable, match=r"'nosuch' at .* does not exist: make it \('createdb'\)"):
        await connect(postgres.url("nosuch"))
    await postgres.execute("CREATE DATABASE empty")
    with pytest.raises(Unavailable, match=r"'empty' at .* has no tables of ours: 'orchestrator migrate' makes them"):
        await require_tables(postgres.url("empty"))
    await (await connect(postgres.url("empty"))).close()
    await require_tables(postgres.url("empty"))
    await postgres.remove("empty")

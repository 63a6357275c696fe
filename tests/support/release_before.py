"""What the release before left behind when it was killed: a data directory, and the dump of a PostgreSQL database.

Both are kept in `tests/integration/database/release_before` and are never made anew: add those of the next release
beside them. They were taken from real processes of that release (`orchestrator dev`; on PostgreSQL two, one of which
was stopped before the end), which clients had asked for work of every feature; then came a `kill -9`. The directory
holds SQLite's file with its write-ahead log and the kept keys; the dump is that of `pg_dump --inserts`, the kept keys
lie beside it. The JSON says what was made, and which calls the services and the receiver of callbacks had got by then.
"""

import asyncio
import tarfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import asyncpg
import msgspec

from tests.support.databases import PostgresServer

KEPT = Path(__file__).parents[1] / "integration" / "database" / "release_before"
CALLBACK_PORT = 18084
"""Where it was told to send callbacks to, at `Before.host`: below the ports that a machine hands out by itself."""

CLIENT_COMMANDS = "\\"
"""What a line of a dump begins with that is meant for `psql` alone."""


class Request(msgspec.Struct, frozen=True):
    """A request that a service got, or the receiver of callbacks."""

    method: str
    path: str
    key: str | None
    webhook: str | None


class IssuedKey(msgspec.Struct, frozen=True):
    """An API key of that release; `new` is its text since it was rotated."""

    id: str
    key: str
    new: str = ""


class Link(msgspec.Struct, frozen=True, rename="camel"):
    """An approval link of that release."""

    path: str
    expires_at: datetime


class Before(msgspec.Struct, frozen=True):
    """What was there at `taken_at`; workflows, executions and keys by the names that they have here."""

    taken_at: datetime
    moment: datetime
    host: str
    workflows: Mapping[str, str]
    executions: Mapping[str, str]
    status: Mapping[str, str]
    keys: Mapping[str, IssuedKey]
    link: Link
    requests: Sequence[Request]
    callbacks: Sequence[Request]


def left_behind(kind: str) -> Before:
    """What was left on SQLite or on PostgreSQL."""
    return msgspec.json.decode((KEPT / f"{kind}.json").read_bytes(), type=Before)


def unpack_data_directory(kind: str, folder: Path) -> None:
    """Put the data directory into its place."""
    folder.mkdir(mode=0o700)
    with tarfile.open(KEPT / f"{kind}.tar.xz") as packed:
        packed.extractall(folder, filter="data")


async def restore_dump(server: PostgresServer, name: str) -> str:
    """Create a database from the dump; give its URL."""
    await server.execute(f"CREATE DATABASE {name}")
    url = server.url(name)
    dump = (KEPT / "postgresql.sql").read_text().splitlines(keepends=True)
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        await connection.execute("".join(line for line in dump if not line.startswith(CLIENT_COMMANDS)))
    finally:
        await connection.close()
    return url


@asynccontextmanager
async def forwarded(host: str, port: int, to: str) -> AsyncIterator[None]:
    """Whatever is sent to an address of the loopback goes to the server at the URL `to`."""
    _, _, place = to.rpartition("//")
    target, _, target_port = place.partition(":")

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(target, int(target_port))
        await asyncio.gather(pump(reader, back), pump(there, writer), return_exceptions=True)

    server = await asyncio.start_server(connected, host, port)
    try:
        yield
    finally:
        server.close()

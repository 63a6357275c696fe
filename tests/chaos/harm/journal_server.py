"""Reads the journal from a PostgreSQL server, beside the orchestrators that use it."""

from collections import defaultdict

import asyncpg

from tests.chaos.harm.journal_file import EVENTS, Event, Journals


async def read_journals(dsn: str) -> Journals:
    """The journal of each execution."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(EVENTS)
    finally:
        await connection.close()
    journals: dict[str, list[Event]] = defaultdict(list)
    for row in rows:
        journals[row[0]].append(Event(*row))
    return journals

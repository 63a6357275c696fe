"""Gives pages that a SQLite file has no use for back to the disk, from its end, a few at a time."""

from typing import Any

import msgspec
from sqlalchemy import Connection, text

from models.database.sqlite_files.file import INCREMENTAL

SPARE_PART = 10
"""A tenth of the file may be free: it is used again, and what is given back has to be asked for again."""

SPARE_PAGES = 1_000

STANDING = text(
    "SELECT page_count, freelist_count, auto_vacuum FROM pragma_page_count, pragma_freelist_count, pragma_auto_vacuum"
)


class Pages(msgspec.Struct, frozen=True):
    """How many pages a file has and how many of them are free; `can_shrink` where it gives them back."""

    total: int
    free: int
    can_shrink: bool

    @property
    def to_spare(self) -> int:
        """So many more are free than will soon be used again."""
        return max(0, self.free - max(SPARE_PAGES, self.total // SPARE_PART)) if self.can_shrink else 0


def pages(connection: Connection) -> Pages:
    """How the file stands; of another database that there is nothing to give back."""
    if connection.dialect.name != "sqlite":
        return Pages(0, 0, can_shrink=False)
    total, free, mode = connection.execute(STANDING).one()
    return Pages(total, free, can_shrink=mode == INCREMENTAL)


def give_back(connection: Connection, most: int) -> int:
    """Give up to so many of the pages back that there are to spare; return how many it was."""
    count = min(most, pages(connection).to_spare)
    driver: Any = connection.connection.dbapi_connection
    for _ in range(count):
        driver.execute("PRAGMA incremental_vacuum(1)")  # the driver makes but one step, and each step is one page
    return count

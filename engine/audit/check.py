"""Checks the audit log: that each entry is what was written, and that none is missing, the last ones included."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select, tuple_

from engine.audit.rows import CHAINS, COLUMNS, ENTRIES
from models.database.portions import in_portions, read_portion
from models.entities.audit import FIRST_HASH, AuditEntry, entry_hash
from models.words import AuditOutcome

ChainPlace = tuple[str, int, int]
"""A tenant, a shard, and the number of an entry in their chain."""

Beginnings = Mapping[tuple[str, int], tuple[int, str]]
"""Of each chain the number and the hash of the entry that the first one follows which is kept."""

START: ChainPlace = ("", -1, 0)
_KEY = (ENTRIES.c.tenant, ENTRIES.c.shard, ENTRIES.c.number)


def beginnings(connection: Connection, tenant: str | None = None) -> Beginnings:
    """Where the chains begin whose first entries were deleted, because their time was over."""
    statement = select(CHAINS.c.tenant, CHAINS.c.shard, CHAINS.c.pruned_number, CHAINS.c.pruned_hash)
    if tenant is not None:
        statement = statement.where(CHAINS.c.tenant == tenant)
    rows = connection.execute(statement.where(CHAINS.c.pruned_number > 0))
    return {(row.tenant, row.shard): (row.pruned_number, row.pruned_hash) for row in rows}


def next_entries(connection: Connection, after: ChainPlace, tenant: str | None = None) -> list[AuditEntry]:
    """The next entries after a place, chain by chain, in their order; none where that was the last one."""
    statement = select(*(ENTRIES.c[name] for name in COLUMNS)).where(tuple_(*_KEY) > after).order_by(*_KEY)
    if tenant is not None:
        statement = statement.where(ENTRIES.c.tenant == tenant)
    portion = read_portion(connection, in_portions(statement, ENTRIES.c.details), {})
    rows = [dict(zip(COLUMNS, row, strict=False)) for row in portion.items]
    return [AuditEntry(**{**row, "outcome": AuditOutcome(row["outcome"])}) for row in rows]


def place_of(entry: AuditEntry) -> ChainPlace:
    """Where an entry stands."""
    return (entry.tenant, entry.shard, entry.number)


class ChainCheck:
    """Follows the chains entry by entry, in the order of `next_entries`.

    `beginnings` are told with each portion, and are of the same snapshot: entries may be deleted meanwhile.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[str, int], tuple[int, str]] = {}
        self.beginnings: Beginnings = {}
        self.count = 0

    @property
    def deleted(self) -> int:
        """How many entries are not there any more because their time was over."""
        return sum(number for number, _ in self.beginnings.values())

    def faults(self, entry: AuditEntry) -> Iterator[str]:
        """What is wrong with the next entry, given all before it."""
        self.count += 1
        chain = (entry.tenant, entry.shard)
        first = self.beginnings.get(chain, (0, FIRST_HASH))
        number, last_hash = max(self._last.get(chain, first), first)
        if entry.number != number + 1:
            yield f"{_named(chain)}: entry {entry.number} follows {number}: what was between them is missing"
        elif entry.previous_hash != last_hash:
            yield f"{_named(chain)}: entry {entry.number} does not follow the entry before it"
        if entry_hash(entry, entry.shard, entry.number, entry.previous_hash) != entry.hash:
            yield f"{_named(chain)}: entry {entry.number} was changed"
        self._last[chain] = (entry.number, entry.hash)

    def faults_at_the_end(self, connection: Connection, tenant: str | None = None) -> Iterator[str]:
        """What is missing after the last entries. New ones may have come meanwhile: those are no fault."""
        statement = select(CHAINS.c.tenant, CHAINS.c.shard, CHAINS.c.number).where(
            CHAINS.c.number > CHAINS.c.pruned_number
        )
        if tenant is not None:
            statement = statement.where(CHAINS.c.tenant == tenant)
        for of_tenant, shard, number in connection.execute(statement):
            chain = (of_tenant, shard)
            newest = connection.execute(
                select(ENTRIES.c.number).where(
                    ENTRIES.c.tenant == of_tenant, ENTRIES.c.shard == shard, ENTRIES.c.number == number
                )
            ).scalar_one_or_none()
            if newest is None:
                last, _ = self._last.get(chain, self.beginnings.get(chain, (0, FIRST_HASH)))
                yield f"{_named(chain)}: the last entry is {last}, and {number} were written"


def _named(chain: tuple[str, int]) -> str:
    return f"chain {chain[1]} of tenant '{chain[0]}'"

"""Deletes the first entries of audit chains whose time is over; the chain says which one the rest follows."""

from datetime import datetime
from itertools import takewhile

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from engine.audit.rows import CHAINS, ENTRIES

MOMENT = ENTRIES.c.at.type

Chain = tuple[str, int]
"""A tenant and a shard."""

_OF_CHAIN = and_(ENTRIES.c.tenant == bindparam("of_tenant"), ENTRIES.c.shard == bindparam("of_shard"))
_CHAIN = and_(CHAINS.c.tenant == bindparam("of_tenant"), CHAINS.c.shard == bindparam("of_shard"))

OVERDUE = (
    select(CHAINS.c.tenant, CHAINS.c.shard)
    .join(
        ENTRIES,
        and_(
            ENTRIES.c.tenant == CHAINS.c.tenant,
            ENTRIES.c.shard == CHAINS.c.shard,
            ENTRIES.c.number == CHAINS.c.pruned_number + 1,
        ),
    )
    .where(ENTRIES.c.at < bindparam("before", type_=MOMENT))
    .order_by(CHAINS.c.tenant, CHAINS.c.shard)
)
PRUNED = select(CHAINS.c.pruned_number).where(_CHAIN).with_for_update()
FIRST = (
    select(ENTRIES.c.number, ENTRIES.c.at, ENTRIES.c.hash)
    .where(_OF_CHAIN, ENTRIES.c.number > bindparam("above"))
    .order_by(ENTRIES.c.number)
    .limit(bindparam("most"))
)
UP_TO = delete(ENTRIES).where(_OF_CHAIN, ENTRIES.c.number <= bindparam("last"))
BEGIN_AFTER = update(CHAINS).where(_CHAIN).values(pruned_number=bindparam("last"), pruned_hash=bindparam("last_hash"))


def overdue_chains(connection: Connection, before: datetime) -> list[Chain]:
    """The chains whose first entry is from before a moment."""
    return [(row.tenant, row.shard) for row in connection.execute(OVERDUE, {"before": before})]


def prune_chain(connection: Connection, chain: Chain, before: datetime, most: int) -> int:
    """Delete the first entries of a chain, as long as they are from before a moment; return how many, `most` at most.

    Where the clock went back an old one may stand behind a newer one, and goes with it.
    """
    place = {"of_tenant": chain[0], "of_shard": chain[1]}
    above = connection.execute(PRUNED, place).scalar_one()
    first = connection.execute(FIRST, {**place, "above": above, "most": most}).all()
    going = list(takewhile(lambda row: row.at < before, first))
    if going:
        last = going[-1]
        # In this order: the database lets go of those entries alone that the chain begins after.
        connection.execute(BEGIN_AFTER, {**place, "last": last.number, "last_hash": last.hash})
        connection.execute(UP_TO, {**place, "last": last.number})
    return len(going)

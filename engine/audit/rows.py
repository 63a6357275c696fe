"""Appends entries to the audit log, in the transaction of what they tell of."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from models.database.bulk import INSERTS, insert_rows
from models.database.security_tables import AuditChainRow, AuditEntryRow
from models.database.tables import table
from models.entities.audit import FIRST_HASH, AuditNote, linked

ENTRIES = table(AuditEntryRow)
CHAINS = table(AuditChainRow)
COLUMNS = tuple(ENTRIES.c.keys())

INSERT_ENTRIES = insert_rows(ENTRIES)
LAST_LINK = (
    select(CHAINS.c.number, CHAINS.c.hash)
    .where(CHAINS.c.tenant == bindparam("of_tenant"), CHAINS.c.shard == bindparam("of_shard"))
    .with_for_update()
)
MOVE_ON = (
    update(CHAINS)
    .where(CHAINS.c.tenant == bindparam("of_tenant"), CHAINS.c.shard == bindparam("of_shard"))
    .values(number=bindparam("last_number"), hash=bindparam("last_hash"))
)


def only_shard() -> int:
    """The shard of a process that has the database for itself."""
    return 0


def append_audit(connection: Connection, notes: Sequence[AuditNote], shard: int) -> None:
    """Append `notes` to this shard's chains of their tenants, each chain held until the transaction ends."""
    of_tenant: defaultdict[str, list[AuditNote]] = defaultdict(list)
    for note in notes:
        of_tenant[note.tenant].append(note)
    rows: list[dict[str, Any]] = []
    for tenant in sorted(of_tenant):  # in one order everywhere, so that no two wait for each other
        number, last = _last_link(connection, tenant, shard)
        for note in of_tenant[tenant]:
            number += 1
            entry = linked(note, shard, number, last)
            last = entry.hash
            rows.append({name: getattr(entry, name) for name in COLUMNS})
        place = {"of_tenant": tenant, "of_shard": shard}
        connection.execute(MOVE_ON, {**place, "last_number": number, "last_hash": last})
    INSERT_ENTRIES.execute(connection, rows)


def _last_link(connection: Connection, tenant: str, shard: int) -> tuple[int, str]:
    place = {"of_tenant": tenant, "of_shard": shard}
    found = connection.execute(LAST_LINK, place).one_or_none()
    if found is None:
        first = {"tenant": tenant, "shard": shard, "number": 0, "hash": FIRST_HASH}
        connection.execute(INSERTS[connection.dialect.name](CHAINS).values(first).on_conflict_do_nothing())
        found = connection.execute(LAST_LINK, place).one()
    return found.number, found.hash

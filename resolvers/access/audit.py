"""The use cases of the audit log: filtered slices, counts, and entries by id, for those who administer a tenant."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from engine.audit.rows import ENTRIES
from models.commands.filters import AuditFilter
from models.entities.audit import AuditEntry
from models.ids import AUDIT_PREFIX
from models.words import AuditOutcome, Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.keyset import CREATED_AT, Order, Slice, Window
from resolvers.listing import Listing
from resolvers.ranges import within

COLUMNS = tuple(ENTRIES.c[name] for name in AuditEntry.__struct_fields__)
NEWEST = Order(ENTRIES.c.at, ENTRIES.c.id, prefix=AUDIT_PREFIX)


def audit_entry(row: Row[*tuple[Any, ...]]) -> AuditEntry:
    """The entity of a row of `COLUMNS`."""
    values = {name: row._mapping[name] for name in AuditEntry.__struct_fields__}
    return AuditEntry(**{**values, "outcome": AuditOutcome(row.outcome)})


LISTING = Listing((*COLUMNS, ENTRIES.c.at.label(CREATED_AT)), audit_entry)


@permits(Permission.ADMIN)
async def slice_audit_entries(ctx: Context, command: AuditFilter, window: Window) -> Slice[AuditEntry]:
    """A slice of the tenant's audit log, newest first, stable while entries are added."""
    return await LISTING.slice(ctx, _filters(ctx.user.tenant, command), window, NEWEST)


@permits(Permission.ADMIN)
async def count_audit_entries(ctx: Context, command: AuditFilter) -> int:
    """How many entries a filter finds."""
    return await LISTING.count(ctx, _filters(ctx.user.tenant, command))


@permits(Permission.ADMIN)
async def audit_entries_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, AuditEntry]:
    """The tenant's entries among `ids`."""
    return await LISTING.by_id(ctx, ids, [ENTRIES.c.tenant == ctx.user.tenant])


def _filters(tenant: str, command: AuditFilter) -> list[Any]:
    where: list[Any] = [ENTRIES.c.tenant == tenant, *within(ENTRIES.c.at, command.at)]
    for column, values in (
        (ENTRIES.c.actor, command.actor),
        (ENTRIES.c.action, command.action),
        (ENTRIES.c.target, command.target),
        (ENTRIES.c.outcome, [outcome.value for outcome in command.outcome]),
    ):
        if values:
            where.append(column.in_(values))
    return where

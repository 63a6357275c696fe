"""Reads and writes the rows of bulk operations; what proves their maker's credential stays in its row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update

from models.commands.bulk_operations import (
    MAX_UNFINISHED,
    BulkOperationNotFound,
    TooManyBulkOperations,
)
from models.commands.validation import BAD_TEXT
from models.database.bulk import BulkStatement, insert_rows, types_of
from models.database.bulk_operation_tables import UNFINISHED, BulkOperationItemRow, BulkOperationRow
from models.database.counted import take_turn
from models.database.tables import table
from models.entities.bulk_operations import BulkItem, BulkOperation, BulkResult
from models.error_codes import ErrorCode
from models.words import BulkItemStatus, BulkKind, BulkStatus, CredentialKind, Role
from resolvers.access.permissions import scope_of
from resolvers.context import Viewer

OPERATIONS = table(BulkOperationRow)
ITEMS = table(BulkOperationItemRow)
COLUMNS = tuple(OPERATIONS.c[name] for name in BulkOperation.__struct_fields__)
ITEM_COLUMNS = tuple(ITEMS.c[name] for name in BulkItem.__struct_fields__)

IS_KNOWN = OPERATIONS.c.kind.in_([kind.value for kind in BulkKind])
"""What a newer version has made is left to it."""

PENDING = BulkItemStatus.PENDING.value
OF_OPERATION = ITEMS.c.operation_id == bindparam("of_operation")
MAKER = ("tenant", "arguments", "role", "scope", "credential", "key_id", "proof", "request_id", "address")

# Built once: composing a statement costs as much as running it.
BY_ID = select(*COLUMNS).where(
    OPERATIONS.c.id == bindparam("of_operation"), OPERATIONS.c.tenant == bindparam("tenant"), IS_KNOWN
)
UNDER_WAY = select(OPERATIONS.c.id).where(UNFINISHED, IS_KNOWN).order_by(OPERATIONS.c.created_at, OPERATIONS.c.id)
STORED = select(*COLUMNS, *(OPERATIONS.c[name] for name in MAKER)).where(
    UNFINISHED, OPERATIONS.c.id == bindparam("of_operation")
)
UNDER_WAY_OF = select(func.count()).where(UNFINISHED, OPERATIONS.c.tenant == bindparam("tenant"))
HELD = select(*COLUMNS).where(OPERATIONS.c.id == bindparam("of_operation")).with_for_update()
NEXT = (
    select(ITEMS.c.number, ITEMS.c.execution_id)
    .where(OF_OPERATION, ITEMS.c.status == PENDING)
    .order_by(ITEMS.c.number)
    .limit(bindparam("most"))
)
STILL_PENDING = select(ITEMS.c.number).where(
    OF_OPERATION, ITEMS.c.status == PENDING, ITEMS.c.number.between(bindparam("least"), bindparam("greatest"))
)
OVER = (
    select(OPERATIONS.c.id)
    .where(OPERATIONS.c.completed_at < bindparam("before", type_=OPERATIONS.c.completed_at.type))
    .order_by(OPERATIONS.c.completed_at)
    .limit(1)
)
FIRST_NUMBER = select(func.min(ITEMS.c.number)).where(OF_OPERATION)
FORGET_ITEMS = delete(ITEMS).where(OF_OPERATION, ITEMS.c.number < bindparam("below"))
FORGET = delete(OPERATIONS).where(OPERATIONS.c.id == bindparam("of_operation"))
FORGOTTEN_AT_ONCE = 500
INSERT_ITEMS = insert_rows(ITEMS, ["operation_id", "number", "execution_id", "status"])
TOLD = ("status", "code", "message", "new_execution_id", "at")
WRITE_RESULTS = BulkStatement(
    lambda _dialect, row: (
        update(ITEMS)
        .where(and_(ITEMS.c.operation_id == row["operation_id"], ITEMS.c.number == row["number"]))
        .values({name: row[name] for name in TOLD})
    ),
    types_of([ITEMS.c[name] for name in ("operation_id", "number", *TOLD)]),
)


class Stored(msgspec.Struct, frozen=True):
    """An operation with its tenant, with what its kind needs to know, and with who made it by which credential."""

    operation: BulkOperation
    arguments: dict[str, Any]
    maker: Viewer
    request_id: str | None
    address: str | None


class NextItem(msgspec.Struct, frozen=True):
    """An execution that is still to be worked on, by its number in the operation."""

    number: int
    execution_id: str


def write(connection: Connection, stored: Stored, execution_ids: Sequence[str]) -> None:
    """Keep a new operation and its executions. Raises `TooManyBulkOperations`."""
    maker = stored.maker
    take_turn(connection, OPERATIONS.name, maker.tenant)
    if connection.execute(UNDER_WAY_OF, {"tenant": maker.tenant}).scalar_one() >= MAX_UNFINISHED:
        raise TooManyBulkOperations
    row = {
        **msgspec.structs.asdict(stored.operation),
        "tenant": maker.tenant,
        "arguments": stored.arguments,
        "role": maker.role.value,
        "scope": None if maker.scope is None else sorted(maker.scope),
        "credential": maker.credential.value,
        "key_id": maker.key_id,
        "proof": maker.proof,
        "request_id": stored.request_id,
        "address": stored.address,
    }
    connection.execute(insert(OPERATIONS).values(row))
    told = {"operation_id": stored.operation.id, "status": PENDING}
    numbered = enumerate(execution_ids, start=1)
    INSERT_ITEMS.execute(connection, [{**told, "number": number, "execution_id": id_} for number, id_ in numbered])


def read(connection: Connection, tenant: str, operation_id: str) -> BulkOperation:
    """An operation of the tenant. Raises `BulkOperationNotFound`."""
    if BAD_TEXT.search(operation_id):
        raise BulkOperationNotFound(BAD_TEXT.sub("\ufffd", operation_id))
    row = connection.execute(BY_ID, {"of_operation": operation_id, "tenant": tenant}).one_or_none()
    if row is None:
        raise BulkOperationNotFound(operation_id)
    return operation_of(row)


def under_way(connection: Connection) -> list[str]:
    """The operations of all tenants that have not ended, the oldest first."""
    return list(connection.execute(UNDER_WAY).scalars())


def next_items(connection: Connection, operation_id: str, most: int) -> tuple[Stored, list[NextItem]] | None:
    """An operation, and those of its executions that are next; None where it has ended."""
    row = connection.execute(STORED, {"of_operation": operation_id}).one_or_none()
    if row is None:
        return None
    items = connection.execute(NEXT, {"of_operation": operation_id, "most": most})
    return _stored(row), [NextItem(item.number, item.execution_id) for item in items]


def write_results(
    connection: Connection, operation_id: str, results: dict[int, BulkResult], now: datetime
) -> BulkOperation:
    """Keep what came of some executions, and count those of which nothing was known yet; with the last one the
    operation is completed. What an aborted operation had in hand is counted too.
    """
    operation = operation_of(connection.execute(HELD, {"of_operation": operation_id}).one())
    bounds = {"of_operation": operation_id, "least": min(results, default=0), "greatest": max(results, default=0)}
    pending = set(connection.execute(STILL_PENDING, bounds).scalars())
    new = {number: result for number, result in results.items() if number in pending}
    WRITE_RESULTS.execute(
        connection,
        [
            {**msgspec.structs.asdict(result), "operation_id": operation_id, "number": number, "at": now}
            for number, result in new.items()
        ],
    )
    told = [result.status for result in new.values()]
    counts = {name: getattr(operation, name) + told.count(BulkItemStatus(name)) for name in COUNTS}
    changed = msgspec.structs.replace(operation, **counts, started_at=operation.started_at or now)
    if not operation.status.is_final:
        is_done = changed.left == 0
        status = BulkStatus.COMPLETED if is_done else BulkStatus.RUNNING
        changed = msgspec.structs.replace(changed, status=status, completed_at=now if is_done else None)
    _change(connection, changed)
    return changed


def end(
    connection: Connection,
    operation: BulkOperation,
    now: datetime,
    *,
    by: str | None = None,
    refusal: str | None = None,
) -> BulkOperation:
    """Have an operation do nothing more, because somebody asked for it, or for a `refusal`."""
    ended = msgspec.structs.replace(
        operation, status=BulkStatus.ABORTED, completed_at=now, ended_by=by, refusal=refusal
    )
    _change(connection, ended)
    return ended


def held(connection: Connection, operation_id: str) -> BulkOperation:
    """An operation that is there, held against others who change it."""
    return operation_of(connection.execute(HELD, {"of_operation": operation_id}).one())


def forget(connection: Connection, before: datetime) -> bool:
    """Delete an operation that was over before a moment or, of a long one, some items; return whether there was one."""
    operation_id = connection.execute(OVER, {"before": before}).scalar_one_or_none()
    if operation_id is None:
        return False
    of_operation = {"of_operation": operation_id}
    first = connection.execute(FIRST_NUMBER, of_operation).scalar_one()
    if first is None:
        connection.execute(FORGET, of_operation)
    else:
        connection.execute(FORGET_ITEMS, {**of_operation, "below": first + FORGOTTEN_AT_ONCE})
    return True


COUNTS = ("succeeded", "skipped", "failed")
CHANGING = (*COUNTS, "status", "started_at", "completed_at", "ended_by", "refusal")
CHANGE = (
    update(OPERATIONS)
    .where(OPERATIONS.c.id == bindparam("of_operation"))
    .values({name: bindparam(f"new_{name}", type_=OPERATIONS.c[name].type) for name in CHANGING})
)


def _change(connection: Connection, operation: BulkOperation) -> None:
    values = {f"new_{name}": getattr(operation, name) for name in CHANGING}
    connection.execute(CHANGE, {**values, "of_operation": operation.id})


def operation_of(row: Row[*tuple[Any, ...]]) -> BulkOperation:
    """The entity of a row of `COLUMNS`."""
    values = {name: row._mapping[name] for name in BulkOperation.__struct_fields__}
    return BulkOperation(**{**values, "kind": BulkKind(row.kind), "status": BulkStatus(row.status)})


def item_of(row: Row[*tuple[Any, ...]]) -> BulkItem:
    """The entity of a row of `ITEM_COLUMNS`."""
    values = {name: row._mapping[name] for name in BulkItem.__struct_fields__}
    code = None if row.code is None else ErrorCode(row.code)
    return BulkItem(**{**values, "status": BulkItemStatus(row.status), "code": code})


def _stored(row: Row[*tuple[Any, ...]]) -> Stored:
    maker = Viewer(
        user_id=row.created_by,
        tenant=row.tenant,
        role=Role(row.role),
        scope=None if row.scope is None else scope_of(row.scope),
        credential=CredentialKind(row.credential),
        key_id=row.key_id,
        proof=row.proof,
    )
    return Stored(operation_of(row), row.arguments, maker, row.request_id, row.address)

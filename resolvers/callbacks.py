"""The use cases of callbacks: see where their deliveries stand, and have one made again."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.callbacks.rows import ATTEMPTS, DELIVERIES, begin_anew
from engine.journal.broadcast import CALLBACKS
from models.commands.validation import BAD_TEXT
from models.entities.callbacks import CallbackAttempt, CallbackDelivery
from models.errors import CallbackDeliveryNotFound, InvalidInput
from models.faults import Fault
from models.words import DeliveryStatus, Permission
from resolvers.access.permissions import permits, require_owner
from resolvers.context import Context
from resolvers.executions.payload import visible_delivery
from resolvers.executions.rows import EXECUTIONS

DELIVERY_COLUMNS = tuple(DELIVERIES.c[name] for name in CallbackDelivery.__struct_fields__ if name != "attempts")
ATTEMPT_COLUMNS = tuple(ATTEMPTS.c[name] for name in CallbackAttempt.__struct_fields__)


def check_callback_url(ctx: Context, url: str | None) -> None:
    """Raise `InvalidInput` where callbacks may not be sent to `url` (decision E15)."""
    refusal = None if url is None else ctx.services.callback_policy.refusal(url)
    if refusal is not None:
        raise InvalidInput([Fault(("body", "callback_url"), refusal, "value_error")])


@permits(Permission.EXECUTION_READ)
async def callback_deliveries(ctx: Context, execution_ids: Sequence[str]) -> dict[str, list[CallbackDelivery]]:
    """The deliveries of the tenant's executions, oldest first, in two statements however many they are."""
    tenant = ctx.user.tenant
    statement = (
        select(*DELIVERY_COLUMNS)
        .where(DELIVERIES.c.tenant == tenant, DELIVERIES.c.execution_id.in_(execution_ids))
        .order_by(DELIVERIES.c.created_at, DELIVERIES.c.id)
    )

    def read(connection: Connection) -> list[CallbackDelivery]:
        return _with_attempts(connection, connection.execute(statement).all())

    found: dict[str, list[CallbackDelivery]] = {execution_id: [] for execution_id in execution_ids}
    for delivery in await ctx.read(read):
        found[delivery.execution_id].append(visible_delivery(ctx.user, delivery))
    return found


@permits(Permission.EXECUTION_READ)
async def deliveries_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, CallbackDelivery]:
    """The tenant's deliveries among `ids`."""
    statement = select(*DELIVERY_COLUMNS).where(DELIVERIES.c.tenant == ctx.user.tenant, DELIVERIES.c.id.in_(ids))

    def read(connection: Connection) -> dict[str, CallbackDelivery]:
        found = _with_attempts(connection, connection.execute(statement).all())
        return {delivery.id: visible_delivery(ctx.user, delivery) for delivery in found}

    return await ctx.read(read)


@permits(Permission.WORKFLOW_EXECUTE)
async def redeliver_callback(ctx: Context, delivery_id: str) -> CallbackDelivery:
    """Make a delivery due now, with the whole schedule before it, be it final or not. Its id stays the same.

    Raises `CallbackDeliveryNotFound`, `PermissionDenied`.
    """
    user = ctx.user
    if BAD_TEXT.search(delivery_id):
        raise CallbackDeliveryNotFound(BAD_TEXT.sub("\ufffd", delivery_id))
    one = select(*DELIVERY_COLUMNS).where(DELIVERIES.c.id == delivery_id, DELIVERIES.c.tenant == user.tenant)
    owner_of = (
        select(EXECUTIONS.c.created_by)
        .join(DELIVERIES, DELIVERIES.c.execution_id == EXECUTIONS.c.id)
        .where(DELIVERIES.c.id == delivery_id, DELIVERIES.c.tenant == user.tenant)
    )

    def begin(connection: Connection) -> CallbackDelivery:
        owner = connection.execute(owner_of).scalar_one_or_none()
        if owner is None:
            raise CallbackDeliveryNotFound(delivery_id)
        require_owner(user, owner, "execution")
        begin_anew(connection, delivery_id, ctx.services.clock.now())
        ctx.audit(connection, "redeliver_callback", delivery_id)
        return _with_attempts(connection, connection.execute(one).all())[0]

    delivery = await ctx.services.database.transaction(begin)
    ctx.services.broadcast.publish([CALLBACKS])
    return visible_delivery(user, delivery)


def _with_attempts(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[CallbackDelivery]:
    attempts: defaultdict[str, list[CallbackAttempt]] = defaultdict(list)
    if rows:
        statement = (
            select(ATTEMPTS.c.delivery_id, *ATTEMPT_COLUMNS)
            .where(ATTEMPTS.c.delivery_id.in_([row.id for row in rows]))
            .order_by(ATTEMPTS.c.delivery_id, ATTEMPTS.c.number)
        )
        for delivery_id, *attempt in connection.execute(statement):
            attempts[delivery_id].append(CallbackAttempt(*attempt))
    return [
        CallbackDelivery(**{**row._mapping, "status": DeliveryStatus(row.status)}, attempts=tuple(attempts[row.id]))
        for row in rows
    ]

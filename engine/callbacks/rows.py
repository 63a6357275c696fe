"""Reads which deliveries are due and writes what came of them: the rows are the truth about every delivery."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, literal_column, or_, select, update

from engine.callbacks.client import Answer
from engine.callbacks.schedule import Verdict
from models.database.bulk import INSERTS
from models.database.tables import CallbackAttemptRow, CallbackDeliveryRow, table
from models.words import DeliveryChannel, DeliveryStatus

DELIVERIES = table(CallbackDeliveryRow)
ATTEMPTS = table(CallbackAttemptRow)

IS_PENDING = DELIVERIES.c.status == literal_column(f"'{DeliveryStatus.PENDING.value}'")
"""The index on what is due is used only where its condition is spelled out, not bound."""


class DueDelivery(msgspec.Struct, frozen=True):
    """A delivery whose next attempt is due."""

    id: str
    execution_id: str
    tenant: str
    url: str
    host: str
    event: str
    attempts: int
    step: int
    next_attempt_at: datetime
    created_at: datetime
    channel: str = DeliveryChannel.CALLBACK.value
    action_id: str | None = None
    service: str | None = None
    endpoint: str | None = None
    content: Mapping[str, Any] | None = None
    withheld: Mapping[str, Any] | None = None
    """The JSON of `Withheld`, where the content names secrets."""


class DeliveryOutcome(msgspec.Struct, frozen=True):
    """One attempt that was made, and what follows from it."""

    delivery: DueDelivery
    answer: Answer
    verdict: Verdict


def due_deliveries(
    connection: Connection,
    now: datetime,
    limit: int,
    without: Collection[str],
    without_hosts: Collection[str],
    node_id: str | None = None,
) -> list[DueDelivery]:
    """The deliveries that are due and no other node has claimed, the longest overdue first, but for some by their id or
    their host.
    """
    statement = (
        select(*(DELIVERIES.c[name] for name in DueDelivery.__struct_fields__))
        .where(
            IS_PENDING,
            DELIVERIES.c.next_attempt_at <= now,
            _is_free(node_id),
            DELIVERIES.c.id.not_in(without),
            DELIVERIES.c.host.not_in(without_hosts),
        )
        .order_by(DELIVERIES.c.next_attempt_at, DELIVERIES.c.id)
        .limit(limit)
    )
    return [DueDelivery(*row) for row in connection.execute(statement)]


def claim_deliveries(connection: Connection, node_id: str, found: Sequence[DueDelivery]) -> list[DueDelivery]:
    """Of some deliveries, those that are now this node's, because no other node has claimed them."""
    free = (
        select(DELIVERIES.c.id)
        .where(DELIVERIES.c.id.in_([delivery.id for delivery in found]), IS_PENDING, _is_free(node_id))
        .with_for_update(skip_locked=True)
    )
    claimed = set(connection.execute(free).scalars()) if found else set()
    if claimed:
        connection.execute(update(DELIVERIES).where(DELIVERIES.c.id.in_(claimed)).values(node_id=node_id))
    return [delivery for delivery in found if delivery.id in claimed]


def _is_free(node_id: str | None) -> ColumnElement[bool]:
    """Whether nobody has a claim; one of this node that it does not know of was made without an answer."""
    return or_(DELIVERIES.c.node_id.is_(None), DELIVERIES.c.node_id == node_id)


def next_due(connection: Connection, after: datetime) -> datetime | None:
    """When the first delivery comes due after a moment."""
    statement = select(func.min(DELIVERIES.c.next_attempt_at)).where(IS_PENDING, DELIVERIES.c.next_attempt_at > after)
    due: datetime | None = connection.execute(statement).scalar_one()
    return due


def write_outcomes(connection: Connection, outcomes: Sequence[DeliveryOutcome]) -> None:
    """Write attempts and where their deliveries stand now; to write them twice changes nothing more.

    A delivery may be gone meanwhile: another node took it for a dead one's, made an end of it, and it was deleted.
    A redelivery that was asked for while an attempt was under way wins over what would follow from that attempt.
    """
    insert_new = INSERTS[connection.dialect.name](ATTEMPTS).on_conflict_do_nothing()
    there = _held(connection, outcomes)
    for outcome in (outcome for outcome in outcomes if outcome.delivery.id in there):
        delivery, answer, verdict = outcome.delivery, outcome.answer, outcome.verdict
        number = delivery.attempts + 1
        connection.execute(
            insert_new.values(
                delivery_id=delivery.id,
                number=number,
                at=answer.at,
                http_status=answer.http_status,
                error=answer.error,
                duration_seconds=answer.duration_seconds,
            )
        )
        attempted = update(DELIVERIES).where(DELIVERIES.c.id == delivery.id)
        connection.execute(attempted.values(attempts=number, node_id=None))
        is_final = verdict.status is not DeliveryStatus.PENDING
        connection.execute(
            update(DELIVERIES)
            .where(
                DELIVERIES.c.id == delivery.id,
                DELIVERIES.c.step == delivery.step,
                DELIVERIES.c.next_attempt_at == delivery.next_attempt_at,
            )
            .values(
                status=verdict.status.value,
                step=verdict.step,
                next_attempt_at=verdict.next_attempt_at,
                completed_at=answer.ended_at if is_final else None,
            )
        )


def _held(connection: Connection, outcomes: Sequence[DeliveryOutcome]) -> set[str]:
    """Those deliveries that are still there, held against a deletion."""
    ids = [outcome.delivery.id for outcome in outcomes]
    statement = select(DELIVERIES.c.id).where(DELIVERIES.c.id.in_(ids)).order_by(DELIVERIES.c.id).with_for_update()
    return set(connection.execute(statement).scalars())


def begin_anew(connection: Connection, delivery_id: str, now: datetime) -> None:
    """Make a delivery due now, with the whole schedule before it, whatever came of it so far."""
    connection.execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.id == delivery_id)
        .values(status=DeliveryStatus.PENDING.value, step=0, next_attempt_at=now, completed_at=None)
    )

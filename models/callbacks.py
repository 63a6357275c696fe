"""The entities of callbacks: a delivery and its attempts."""

from datetime import datetime

import msgspec

from models.words import DeliveryStatus


class CallbackAttempt(msgspec.Struct, frozen=True):
    """One attempt, numbered from 1. `error` is None where the target took the callback."""

    number: int
    at: datetime
    http_status: int | None
    error: str | None
    duration_seconds: float


class CallbackDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """The delivery of one callback. `next_attempt_at` is None once its status is final."""

    id: str
    execution_id: str
    url: str
    event: str
    status: DeliveryStatus
    next_attempt_at: datetime | None
    created_at: datetime
    completed_at: datetime | None
    attempts: tuple[CallbackAttempt, ...]

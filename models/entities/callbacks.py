"""The entities of callbacks and of what actions say: a delivery and its attempts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

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
    """One delivery. `next_attempt_at` is None once its status is final.

    `action_id` and `content` are None for a callback, and `content` for who may not see payloads.
    """

    id: str
    execution_id: str
    url: str
    event: str
    channel: str
    action_id: str | None
    content: Mapping[str, Any] | None
    status: DeliveryStatus
    next_attempt_at: datetime | None
    created_at: datetime
    completed_at: datetime | None
    attempts: tuple[CallbackAttempt, ...]

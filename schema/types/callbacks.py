"""The deliveries of callbacks as GraphQL types."""

from datetime import datetime

import strawberry

from models import callbacks, words
from schema.mirrors import Mirror
from schema.types.enums import CallbackEvent, DeliveryStatus
from schema.types.node import Node


@strawberry.type(description="One attempt to deliver a callback.")
class CallbackAttempt:
    """What the target answered, or why there was no answer."""

    number: int = strawberry.field(description="Counts from 1.")
    at: datetime = strawberry.field(description="When it was begun.")
    http_status: int | None = strawberry.field(description="What the target answered, where it answered.")
    error: str | None = strawberry.field(description="Why it failed; null where the target took the callback.")
    duration_seconds: float = strawberry.field(description="How long it took.")


@strawberry.type(description="The delivery of one callback: at least once, with the same `webhook-id` each time.")
class CallbackDelivery(Node):
    """Where it stands, and how it came there. Its id is the `webhook-id` of every attempt."""

    url: str = strawberry.field(description="Where it goes.")
    event: CallbackEvent = strawberry.field(description="What it tells.")
    status: DeliveryStatus = strawberry.field(description="Where it stands.")
    attempts: list[CallbackAttempt] = strawberry.field(description="What was tried so far, oldest first.")
    next_attempt_at: datetime | None = strawberry.field(description="When it is tried next; null once it is final.")
    created_at: datetime = strawberry.field(description="When the execution ended.")
    completed_at: datetime | None = strawberry.field(description="When it became final.")


ATTEMPT = Mirror(CallbackAttempt, callbacks.CallbackAttempt)
DELIVERY = Mirror(CallbackDelivery, callbacks.CallbackDelivery, "event", "attempts")


def delivery_type(delivery: callbacks.CallbackDelivery) -> CallbackDelivery:
    """The GraphQL type of a delivery."""
    attempts = [ATTEMPT.of(attempt) for attempt in delivery.attempts]
    return DELIVERY.of(delivery, event=words.CallbackEvent(delivery.event), attempts=attempts)

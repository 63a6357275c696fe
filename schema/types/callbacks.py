"""The deliveries of callbacks, and of what actions say, as GraphQL types."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from models import words
from models.entities import callbacks
from schema.mirrors import Mirror
from schema.types.enums import CallbackEvent, DeliveryChannel, DeliveryStatus
from schema.types.node import Node


@strawberry.type(description="One attempt of a delivery.")
class CallbackAttempt:
    """What the target answered, or why there was no answer."""

    number: int = strawberry.field(description="Counts from 1.")
    at: datetime = strawberry.field(description="When it was begun.")
    http_status: int | None = strawberry.field(description="What the target answered, where it answered by HTTP.")
    error: str | None = strawberry.field(description="Why it failed; null where the target took it.")
    duration_seconds: float = strawberry.field(description="How long it took.")


@strawberry.type(
    description="The delivery of a callback, or of what a `notification` says: at least once, with the same id each "
    "time, which is the `webhook-id`, or in the `Message-ID`."
)
class CallbackDelivery(Node):
    """Where it stands, and how it came there."""

    url: str = strawberry.field(description="Where it goes.")
    event: CallbackEvent = strawberry.field(description="What it tells.")
    channel: DeliveryChannel = strawberry.field(description="By which way it goes.")
    action_id: str | None = strawberry.field(description="The `notification` that says it; null for a callback.")
    content: JSON | None = strawberry.field(
        description="What a `notification` says, secrets as labels; null for a callback, which tells of its execution."
    )
    status: DeliveryStatus = strawberry.field(description="Where it stands.")
    attempts: list[CallbackAttempt] = strawberry.field(description="What was tried so far, oldest first.")
    next_attempt_at: datetime | None = strawberry.field(description="When it is tried next; null once it is final.")
    created_at: datetime = strawberry.field(description="When the execution ended, or the action had it to say.")
    completed_at: datetime | None = strawberry.field(description="When it became final.")


ATTEMPT = Mirror(CallbackAttempt, callbacks.CallbackAttempt)
DELIVERY = Mirror(CallbackDelivery, callbacks.CallbackDelivery, "event", "channel", "attempts")


def delivery_type(delivery: callbacks.CallbackDelivery) -> CallbackDelivery:
    """The GraphQL type of a delivery."""
    attempts = [ATTEMPT.of(attempt) for attempt in delivery.attempts]
    return DELIVERY.of(
        delivery,
        event=words.CallbackEvent(delivery.event),
        channel=words.DeliveryChannel(delivery.channel),
        attempts=attempts,
    )

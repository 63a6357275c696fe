"""The mutations of callbacks: deliver again."""

from typing import Any

import strawberry

from resolvers import callbacks
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.errors import USER_ERRORS, UserError, payload
from schema.spellings import one_of
from schema.types.callbacks import CallbackDelivery, delivery_type
from schema.types.inputs import (
    RedeliverCallbackInput,
)
from schema.types.scalars import raw


@strawberry.type(description="The answer to a redelivery.")
class RedeliverCallbackPayload:
    """The delivery, which is due now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    callback_delivery: CallbackDelivery | None = strawberry.field(
        default=None, description="The delivery, which is due now."
    )


@strawberry.type(description="Changes of callbacks.")
class CallbackMutation:
    """Deliver again."""

    @strawberry.mutation(description="Deliver a callback again, now and by the whole schedule, with its same id.")
    async def redeliver_callback(
        self, info: GraphQLInfo, input: Given[RedeliverCallbackInput]
    ) -> RedeliverCallbackPayload:
        """Redeliver."""

        async def work() -> dict[str, Any]:
            delivery_id = one_of(raw(input), "id", "delivery_id")
            delivery = await callbacks.redeliver_callback(info.context.ctx, delivery_id)
            return {"callback_delivery": delivery_type(delivery)}

        return await payload(info, input, RedeliverCallbackPayload, work)

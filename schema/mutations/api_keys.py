"""The mutations of API keys. What makes a key answers with it, this once."""

from typing import Any

import strawberry

from models.commands.validation import parse
from models.entities.api_keys import CreateApiKey, IssuedKey, RotateApiKey
from resolvers.access import api_keys
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.derivation import input_of
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.access.api_keys import ApiKey, api_key_type
from schema.types.scalars import raw


@input_of(CreateApiKey, "A new API key, which can do no more than you.")
class CreateApiKeyInput:
    """See `CreateApiKey`."""


@input_of(RotateApiKey, "An API key to give a new text.")
class RotateApiKeyInput:
    """See `RotateApiKey`."""

    id: strawberry.ID = strawberry.field(description="The API key's id, such as `key_1234…`.")


@strawberry.input(description="An API key to revoke.")
class RevokeApiKeyInput:
    """See `revoke_api_key`."""

    id: strawberry.ID = strawberry.field(description="The API key's id, such as `key_1234…`.")


@strawberry.type(description="The answer to what makes a key.")
class ApiKeyPayload:
    """The API key and its text."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    api_key: ApiKey | None = strawberry.field(default=None, description="The API key.")
    key: str | None = strawberry.field(
        default=None, description="What goes into the header `X-API-Key`: keep it safe, it is shown this once."
    )


@strawberry.type(description="The answer to a revocation.")
class RevokeApiKeyPayload:
    """The API key, which is worthless now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    api_key: ApiKey | None = strawberry.field(default=None, description="The API key, which is worthless now.")


@strawberry.type(description="What can be done with API keys.")
class ApiKeyMutation:
    """Everybody manages their own, a holder of `admin:*` those of the tenant."""

    @strawberry.mutation(description="Make an API key. It is shown this once.")
    async def create_api_key(self, info: GraphQLInfo, input: Given[CreateApiKeyInput]) -> ApiKeyPayload:
        """Create."""

        async def work() -> dict[str, Any]:
            return _issued(await api_keys.create_api_key(info.context.ctx, parse(CreateApiKey, raw(input))))

        return await payload(info, input, ApiKeyPayload, work)

    @strawberry.mutation(
        description="Replace an API key by a new one with the same id and rights. What the former one opened is closed "
        "when its grace ends."
    )
    async def rotate_api_key(self, info: GraphQLInfo, input: Given[RotateApiKeyInput]) -> ApiKeyPayload:
        """Rotate."""

        async def work() -> dict[str, Any]:
            asked = raw(input)
            key_id = asked.pop("id")
            return _issued(await api_keys.rotate_api_key(info.context.ctx, key_id, parse(RotateApiKey, asked)))

        return await payload(info, input, ApiKeyPayload, work)

    @strawberry.mutation(description="Make an API key worthless at once; the sockets and streams that it opened end.")
    async def revoke_api_key(self, info: GraphQLInfo, input: Given[RevokeApiKeyInput]) -> RevokeApiKeyPayload:
        """Revoke."""

        async def work() -> dict[str, Any]:
            return {"api_key": api_key_type(await api_keys.revoke_api_key(info.context.ctx, input.id))}

        return await payload(info, input, RevokeApiKeyPayload, work)


def _issued(issued: IssuedKey) -> dict[str, Any]:
    return {"api_key": api_key_type(issued.api_key), "key": issued.key}

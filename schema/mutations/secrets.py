"""The mutations of secrets. A value goes in, and never comes out."""

from typing import Any

import strawberry

from models.commands.validation import parse
from models.entities.secrets import DeleteSecret, SetSecret
from resolvers.access import secrets
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.derivation import input_of
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.access.secrets import Secret, secret_type
from schema.types.scalars import raw


@input_of(SetSecret, "A secret to keep.")
class SetSecretInput:
    """See `SetSecret`."""


@input_of(DeleteSecret, "A secret to delete.")
class DeleteSecretInput:
    """See `DeleteSecret`."""


@strawberry.type(description="The answer to the setting of a secret.")
class SetSecretPayload:
    """The secret without its value."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    secret: Secret | None = strawberry.field(default=None, description="The secret as it is now, without its value.")


@strawberry.type(description="The answer to the deletion of a secret.")
class DeleteSecretPayload:
    """The name that is free now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    deleted_name: str | None = strawberry.field(default=None, description="The deleted secret.")


@strawberry.type(description="What can be done with secrets.")
class SecretMutation:
    """Each change is on disk when its answer is sent."""

    @strawberry.mutation(description="Keep a secret, or give one that is there a new value. Nobody ever reads it.")
    async def set_secret(self, info: GraphQLInfo, input: Given[SetSecretInput]) -> SetSecretPayload:
        """Set."""

        async def work() -> dict[str, Any]:
            return {"secret": secret_type(await secrets.set_secret(info.context.ctx, parse(SetSecret, raw(input))))}

        return await payload(info, input, SetSecretPayload, work)

    @strawberry.mutation(description="Delete a secret; actions that use it fail from now on.")
    async def delete_secret(self, info: GraphQLInfo, input: Given[DeleteSecretInput]) -> DeleteSecretPayload:
        """Delete."""

        async def work() -> dict[str, Any]:
            return {"deleted_name": await secrets.delete_secret(info.context.ctx, parse(DeleteSecret, raw(input)))}

        return await payload(info, input, DeleteSecretPayload, work)

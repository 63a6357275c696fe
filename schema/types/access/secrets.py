"""Secrets as a GraphQL type: all but their values."""

from datetime import datetime

import strawberry

from models.entities import secrets
from schema.mirrors import Mirror


@strawberry.type(description="A secret of the tenant. Templates use it as `{{secrets.name}}`; nothing shows its value.")
class Secret:
    """What there is to see of it."""

    name: str = strawberry.field(description="Unique in the tenant.")
    version: int = strawberry.field(description="Counts the values that it has had, from 1.")
    created_by: str = strawberry.field(description="Who set it first.")
    created_at: datetime = strawberry.field(description="When it was set first.")
    updated_by: str = strawberry.field(description="Who set its present value.")
    updated_at: datetime = strawberry.field(description="When its present value was set.")


SECRET = Mirror(Secret, secrets.Secret)


def secret_type(secret: secrets.Secret) -> Secret:
    """The GraphQL type of a secret."""
    return SECRET.of(secret)

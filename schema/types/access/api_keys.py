"""API keys as GraphQL types."""

from datetime import datetime

import strawberry

from models.entities import api_keys
from schema.mirrors import Mirror
from schema.types.enums import Permission, Role
from schema.types.node import Node


@strawberry.type(description="An API key. The key itself is shown by the mutation that makes it, and never again.")
class ApiKey(Node):
    """Who it stands for, and what it may do."""

    name: str = strawberry.field(description="What it is for.")
    user_id: str = strawberry.field(description="The user that it stands for.")
    role: Role = strawberry.field(description="What it may do in the tenant.")
    scope: list[Permission] | None = strawberry.field(
        description="What of that it may do; null where the role alone decides."
    )
    created_by: str = strawberry.field(description="Who made it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="Until when it is good; null: until it is revoked.")
    previous_expires_at: datetime | None = strawberry.field(
        description="Until when the key from before the last rotation is good; null where that ended at once."
    )
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")


API_KEY = Mirror(ApiKey, api_keys.ApiKey, "scope")


def api_key_type(key: api_keys.ApiKey) -> ApiKey:
    """The GraphQL type of an API key."""
    return API_KEY.of(key, scope=None if key.scope is None else sorted(key.scope))

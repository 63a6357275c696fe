"""API keys: the entity, and what a caller may ask of it, validated once for both edges."""

from datetime import datetime
from typing import Annotated

import msgspec
from pydantic import Field

from models.commands.validation import Command
from models.commands.workflows import Name, UserId
from models.moments import Moment
from models.words import Permission, Role

MAX_GRACE_SECONDS = 7 * 86_400
RoleWord = Annotated[Role, Field(strict=False)]
PermissionWord = Annotated[Permission, Field(strict=False)]


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """An API key as it may be shown: who it stands for, and what of the role the scope leaves; None: all of it.

    After a rotation the former key is good until `previous_expires_at`.
    """

    id: str
    user_id: str
    name: str
    role: Role
    scope: frozenset[Permission] | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    previous_expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class IssuedKey(msgspec.Struct, frozen=True):
    """An API key and its text, which nobody can be told again."""

    api_key: ApiKey
    key: str


class CreateApiKey(Command):
    """A new API key: by default for its creator, with the creator's role and all that the creator may do."""

    name: Name = Field(description="What it is for: 1 to 200 characters.")
    role: RoleWord | None = Field(default=None, description="What it may do. Default: your role.")
    scope: Annotated[list[PermissionWord], Field(min_length=1, max_length=len(Permission))] | None = Field(
        default=None, description="What of that it may do. Default: all that the role grants and you may do."
    )
    expires_at: Moment | None = Field(default=None, description="Until when it is good. Default: until it is revoked.")
    user_id: UserId | None = Field(
        default=None,
        description="The user that it stands for, such as a service; another than you needs `admin:*`.",
    )


class RotateApiKey(Command):
    """A new text for an API key; the former one is good for `grace_seconds` more."""

    grace_seconds: int = Field(
        default=0,
        ge=0,
        le=MAX_GRACE_SECONDS,
        description="For so long the former key stays good: 0, at once no longer, to 604800. Default: 0.",
    )

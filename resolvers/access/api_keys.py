"""The use cases of API keys: everybody manages their own, an admin those of the tenant."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, update

from engine.journal.broadcast import life_of
from models.api_key_text import digest_of, new_key
from models.commands.filters import ApiKeyFilter
from models.entities.api_keys import ApiKey, CreateApiKey, IssuedKey, RotateApiKey
from models.errors import ApiKeyNotActive, InvalidInput, PermissionDenied
from models.faults import Fault
from models.ids import API_KEY_PREFIX
from models.moments import spelled
from models.words import CredentialKind, Permission, Role
from resolvers.access.api_key_rows import COLUMNS, KEYS, api_key, of_owner, read_key
from resolvers.access.permissions import GRANTS, may, permissions, permits, require, require_within
from resolvers.context import Context, Viewer
from resolvers.keyset import Order, Slice, Window
from resolvers.listing import Listing

NEWEST = Order(KEYS.c.created_at, KEYS.c.id, prefix=API_KEY_PREFIX)
LISTING = Listing(COLUMNS, api_key)


@permits(None)
async def create_api_key(ctx: Context, command: CreateApiKey) -> IssuedKey:
    """Make an API key that can do no more than its creator; for another user only with `admin:*`.

    Raises `InvalidInput`, `PermissionDenied`.
    """
    user = _manager(ctx)
    now = ctx.services.clock.now()
    owner, role = command.user_id or user.user_id, command.role or user.role
    if owner != user.user_id:
        require(user, Permission.ADMIN)
    if command.expires_at is not None and command.expires_at <= now:
        raise InvalidInput([Fault(("body", "expires_at"), "must be in the future", "value_error")])
    key_id = ctx.services.new_id(API_KEY_PREFIX)
    issued = IssuedKey(
        ApiKey(
            id=key_id,
            user_id=owner,
            name=command.name,
            role=role,
            scope=_scope(user, role, command.scope),
            created_by=user.user_id,
            created_at=now,
            expires_at=command.expires_at,
            previous_expires_at=None,
            last_used_at=None,
            revoked_at=None,
        ),
        new_key(key_id),
    )

    def create(connection: Connection) -> None:
        made = msgspec.structs.asdict(issued.api_key)
        scope = _spelled_scope(issued.api_key)
        row = {**made, "tenant": user.tenant, "scope": scope, "digest": digest_of(issued.key)}
        connection.execute(insert(KEYS).values(row))
        expires_at = None if command.expires_at is None else spelled(command.expires_at)
        ctx.audit(connection, "create_api_key", key_id, user_id=owner, role=role, scope=scope, expires_at=expires_at)

    await ctx.services.database.transaction(create)
    return issued


@permits(None)
async def rotate_api_key(ctx: Context, key_id: str, command: RotateApiKey) -> IssuedKey:
    """Give an API key a new text at once; the former one stays good for the grace, one before it no longer.

    Who gets the new text can do all that the key can, so that must be no more than the caller may do already.
    Raises `ApiKeyNotFound`, `ApiKeyNotActive`, `PermissionDenied`.
    """
    user = _manager(ctx)
    now = ctx.services.clock.now()
    grace = timedelta(seconds=command.grace_seconds)

    def rotate(connection: Connection) -> IssuedKey:
        found = read_key(connection, user.tenant, _only(user), key_id, to_change=True)
        require_within(user, found.role, found.scope)
        if found.revoked_at is not None or (found.expires_at is not None and found.expires_at <= now):
            raise ApiKeyNotActive(key_id, "has expired" if found.revoked_at is None else "was revoked")
        key = new_key(key_id)
        connection.execute(
            update(KEYS)
            .where(KEYS.c.id == key_id)
            .values(
                digest=digest_of(key),
                previous_digest=KEYS.c.digest if grace else None,
                previous_expires_at=now + grace if grace else None,
            )
        )
        ctx.audit(connection, "rotate_api_key", key_id, grace_seconds=command.grace_seconds)
        return IssuedKey(read_key(connection, user.tenant, _only(user), key_id, to_change=False), key)

    rotated = await ctx.services.database.transaction(rotate)
    ctx.services.broadcast.publish([life_of(key_id)])
    return rotated


@permits(None)
async def revoke_api_key(ctx: Context, key_id: str) -> ApiKey:
    """Make an API key worthless at once and for ever; what was opened with it is closed. Again: nothing more happens.

    Raises `ApiKeyNotFound`, `PermissionDenied`.
    """
    user = _manager(ctx)

    def revoke(connection: Connection) -> ApiKey:
        found = read_key(connection, user.tenant, _only(user), key_id, to_change=True)
        if found.revoked_at is not None:
            return found
        at = ctx.services.clock.now()
        connection.execute(update(KEYS).where(KEYS.c.id == key_id).values(revoked_at=at))
        ctx.audit(connection, "revoke_api_key", key_id)
        return msgspec.structs.replace(found, revoked_at=at)

    revoked = await ctx.services.database.transaction(revoke)
    ctx.services.broadcast.publish([life_of(key_id)])
    return revoked


@permits(None)
async def slice_api_keys(ctx: Context, command: ApiKeyFilter, window: Window) -> Slice[ApiKey]:
    """A slice of the API keys that the caller manages, newest first, stable while others are added."""
    return await LISTING.slice(ctx, _filters(_manager(ctx), command), window, NEWEST)


@permits(None)
async def count_api_keys(ctx: Context, command: ApiKeyFilter) -> int:
    """How many API keys a filter finds."""
    return await LISTING.count(ctx, _filters(_manager(ctx), command))


@permits(None)
async def api_keys_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, ApiKey]:
    """The API keys among `ids` that the caller manages."""
    user = _manager(ctx)
    return await LISTING.by_id(ctx, ids, of_owner(user.tenant, _only(user)))


def _manager(ctx: Context) -> Viewer:
    """The caller. Raises `PermissionDenied` for one known by an API key, which must not make its own successor."""
    user = ctx.user
    if user.credential is CredentialKind.API_KEY and not may(user, Permission.ADMIN):
        raise PermissionDenied(
            "API keys are not managed by an API key without the permission admin:*: sign in otherwise"
        )
    return user


def _only(user: Viewer) -> str | None:
    """Whose keys the caller manages; None: all of the tenant."""
    return None if may(user, Permission.ADMIN) else user.user_id


def _scope(user: Viewer, role: Role, asked: Sequence[Permission] | None) -> frozenset[Permission] | None:
    """The scope of a new key, with which it can do what the role grants and the creator may do, and no more."""
    if asked is None:
        within = GRANTS[role] & permissions(user)
        scope = None if within == GRANTS[role] else within
    else:
        scope = frozenset(asked)
        useless = scope - GRANTS[role]
        if useless:
            text = f"the role {role} does not grant {', '.join(sorted(useless))}: leave it out, or choose another role"
            raise InvalidInput([Fault(("body", "scope"), text, "value_error")])
    require_within(user, role, scope)
    return scope


def _spelled_scope(key: ApiKey) -> list[str] | None:
    return None if key.scope is None else sorted(key.scope)


def _filters(user: Viewer, command: ApiKeyFilter) -> list[Any]:
    where = of_owner(user.tenant, _only(user))
    if command.user_id:
        where.append(KEYS.c.user_id.in_(command.user_id))
    if not command.include_revoked:
        where.append(KEYS.c.revoked_at.is_(None))
    return where

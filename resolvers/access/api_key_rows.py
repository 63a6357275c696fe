"""Reads the rows of API keys and turns them into entities; what proves a key stays in its row."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from models.commands.validation import BAD_TEXT
from models.database.security_tables import ApiKeyRow
from models.database.tables import table
from models.entities.api_keys import ApiKey as ApiKeyEntity
from models.errors import ApiKeyNotFound
from models.words import Role
from resolvers.access.permissions import scope_of

KEYS = table(ApiKeyRow)
COLUMNS = tuple(KEYS.c[name] for name in ApiKeyEntity.__struct_fields__)

# Built once: composing a statement costs as much as running it.
PROOF = select(
    KEYS.c.id,
    KEYS.c.tenant,
    KEYS.c.user_id,
    KEYS.c.role,
    KEYS.c.scope,
    KEYS.c.digest,
    KEYS.c.previous_digest,
    KEYS.c.previous_expires_at,
    KEYS.c.expires_at,
    KEYS.c.last_used_at,
    KEYS.c.revoked_at,
).where(KEYS.c.id == bindparam("key_id"))
USED = (
    update(KEYS)
    .where(
        KEYS.c.id == bindparam("key_id"),
        or_(
            KEYS.c.last_used_at.is_(None), KEYS.c.last_used_at <= bindparam("not_since", type_=KEYS.c.last_used_at.type)
        ),
    )
    .values(last_used_at=bindparam("at"))
)


def read_proof(connection: Connection, key_id: str) -> Row[*tuple[Any, ...]] | None:
    """What an API key has to be compared with, whatever its tenant."""
    return connection.execute(PROOF, {"key_id": key_id}).one_or_none()


def read_key(connection: Connection, tenant: str, owner: str | None, key_id: str, *, to_change: bool) -> ApiKeyEntity:
    """An API key of the tenant, and of `owner` where that is given; held against others `to_change` it.

    Raises `ApiKeyNotFound`.
    """
    if BAD_TEXT.search(key_id):
        raise ApiKeyNotFound(BAD_TEXT.sub("\ufffd", key_id))
    statement = select(*COLUMNS).where(KEYS.c.id == key_id, *of_owner(tenant, owner))
    row = connection.execute(statement.with_for_update() if to_change else statement).one_or_none()
    if row is None:
        raise ApiKeyNotFound(key_id)
    return api_key(row)


def of_owner(tenant: str, owner: str | None) -> list[Any]:
    """The conditions for the keys of a user of a tenant; None: of all its users."""
    return [KEYS.c.tenant == tenant, *([] if owner is None else [KEYS.c.user_id == owner])]


def write_uses(connection: Connection, uses: Iterable[tuple[str, datetime, datetime]]) -> None:
    """Note when keys were used: each `(key, at, not_since)` where it was not used after `not_since`."""
    for key_id, at, not_since in uses:
        connection.execute(USED, {"key_id": key_id, "at": at, "not_since": not_since})


def api_key(row: Row[*tuple[Any, ...]]) -> ApiKeyEntity:
    """The entity of a row of `COLUMNS`."""
    values = {name: row._mapping[name] for name in ApiKeyEntity.__struct_fields__}
    scope = None if row.scope is None else scope_of(row.scope)
    return ApiKeyEntity(**{**values, "role": Role(row.role), "scope": scope})

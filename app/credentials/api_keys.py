"""Checks API keys against what is kept of them (FAULTS S4)."""

import hmac
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row

from app.credentials.last_use import LastUse
from engine.core.clock import Clock
from models.api_key_text import digest_of, key_id_of
from models.database.database import Database
from models.errors import Unauthenticated
from models.words import CredentialKind, Role
from resolvers.access.api_key_rows import read_proof
from resolvers.access.permissions import scope_of
from resolvers.context import Viewer

UNKNOWN = "This API key is not known"
NO_DIGEST = "0" * 64
"""What a key is compared with where there is nothing to compare: so that it takes as long."""


class ApiKeys(msgspec.Struct, frozen=True):
    """Takes the keys whose digests are in the database, each time anew: what is revoked is so at once, on all nodes."""

    database: Database
    clock: Clock
    last_use: LastUse

    async def check(self, key: str) -> Viewer:
        """The viewer that a key stands for. Raises `Unauthenticated`, `Unavailable`.

        What was not copied whole is refused without a look at the database. Who does not have the key learns
        nothing of it, not even whether it is there.
        """
        key_id = key_id_of(key)
        if key_id is None:
            raise Unauthenticated(UNKNOWN)
        return await self.check_digest(key_id, digest_of(key))

    async def check_digest(self, key_id: str, given: str) -> Viewer:
        """The same for the digest of a key that was presented before: whoever has that alone cannot call by it."""
        row = await self.database.read(lambda connection: read_proof(connection, key_id))
        is_present = hmac.compare_digest(given, NO_DIGEST if row is None else row.digest)
        is_former = hmac.compare_digest(given, NO_DIGEST if row is None else row.previous_digest or NO_DIGEST)
        if row is None or not (is_present or is_former):
            raise Unauthenticated(UNKNOWN)
        if row.revoked_at is not None:
            raise Unauthenticated("This API key was revoked")
        now = self.clock.now()
        if row.expires_at is not None and row.expires_at <= now:
            raise Unauthenticated("This API key has expired")
        if is_former and row.previous_expires_at <= now:
            raise Unauthenticated("This API key was rotated: use the new one")
        self.last_use.note(row.id, row.last_used_at)
        return _viewer(row, given, is_former=is_former)


def _viewer(row: Row[*tuple[Any, ...]], digest: str, *, is_former: bool) -> Viewer:
    ends: list[datetime | None] = [row.expires_at, row.previous_expires_at if is_former else None]
    return Viewer(
        user_id=row.user_id,
        tenant=row.tenant,
        role=Role(row.role),
        scope=None if row.scope is None else scope_of(row.scope),
        credential=CredentialKind.API_KEY,
        key_id=row.id,
        expires_at=min((end for end in ends if end is not None), default=None),
        proof=digest,
    )

"""Rotates the keys of secrets: those of all tenants are encrypted by the newest, batch by batch, and it is audited."""

from collections import Counter

import msgspec
from sqlalchemy import Connection

from engine.audit.rows import append_audit
from engine.secrets.cipher import SecretPlace
from engine.secrets.key_rotation import KEPT_SECRETS, START, Kept, RotationStep, rotate_batch
from engine.services.rows import SEALED_PARTS
from resolvers.context import Context


class Rotated(msgspec.Struct, frozen=True):
    """What the key `key_id` encrypts now and did not before, and what could not be read, and why."""

    key_id: str
    renewed: list[SecretPlace]
    unreadable: list[tuple[SecretPlace, str]]


async def rotate_keys(ctx: Context) -> Rotated:
    """Encrypt every secret, and what is encrypted of services, by the newest key; servers may run meanwhile.

    Raises `SecretsNotConfigured`.
    """
    done = Rotated(ctx.services.secrets.cipher.newest, [], [])
    for kept in (KEPT_SECRETS, SEALED_PARTS):
        await _rotate(ctx, kept, done)
    return done


async def _rotate(ctx: Context, kept: Kept, done: Rotated) -> None:
    cipher, after = ctx.services.secrets.cipher, START

    def rotate(connection: Connection) -> RotationStep:
        batch = rotate_batch(connection, cipher, kept, after)
        counts = Counter(place.tenant for place in batch.renewed)
        notes = [
            msgspec.structs.replace(ctx.audit_note("rotate_keys", done.key_id, secrets=count), tenant=tenant)
            for tenant, count in counts.items()
        ]
        append_audit(connection, notes, ctx.services.audit_log.shard)
        return batch

    while (batch := await ctx.services.database.transaction(rotate)).last is not None:
        done.renewed.extend(batch.renewed)
        done.unreadable.extend(batch.unreadable)
        after = batch.last

"""Rotates the keys of secrets: those of all tenants are encrypted by the newest, batch by batch, and it is audited."""

from collections import Counter

import msgspec
from sqlalchemy import Connection

from engine.audit.rows import append_audit
from engine.secrets.cipher import SecretPlace
from engine.secrets.key_rotation import START, RotationStep, rotate_batch
from resolvers.context import Context


class Rotated(msgspec.Struct, frozen=True):
    """What the key `key_id` encrypts now and did not before, and what could not be read, and why."""

    key_id: str
    renewed: list[SecretPlace]
    unreadable: list[tuple[SecretPlace, str]]


async def rotate_keys(ctx: Context) -> Rotated:
    """Encrypt every secret by the newest key; servers may run meanwhile. Raises `SecretsNotConfigured`."""
    cipher, after = ctx.services.secrets.cipher, START
    done = Rotated(cipher.newest, [], [])

    def rotate(connection: Connection) -> RotationStep:
        batch = rotate_batch(connection, cipher, after)
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
    return done

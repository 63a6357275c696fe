"""The audit log: what is to be noted, the entries that are kept, and the hash that chains them."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from models.ids import AUDIT_PREFIX
from models.moments import spelled
from models.words import AuditOutcome

FIRST_HASH = "0" * 64
"""What the first entry of a chain follows."""


class AuditNote(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, to what, from where, and how it ended; `actor` is None for a stranger.

    `credential` is the API key's id, or the kind of another credential.
    """

    tenant: str
    at: datetime
    actor: str | None
    credential: str | None
    action: str
    target: str | None
    outcome: AuditOutcome
    request_id: str | None
    address: str | None
    details: Mapping[str, Any]


class AuditEntry(AuditNote, frozen=True, kw_only=True):
    """A note in its place in the chain of its tenant and shard, where `number` counts from 1 without a gap."""

    shard: int
    number: int
    previous_hash: str
    hash: str
    id: str


def linked(note: AuditNote, shard: int, number: int, previous_hash: str) -> AuditEntry:
    """The entry that follows `previous_hash` in its chain."""
    fields = {name: getattr(note, name) for name in AuditNote.__struct_fields__}
    digest = entry_hash(note, shard, number, previous_hash)
    return AuditEntry(
        **fields,
        shard=shard,
        number=number,
        previous_hash=previous_hash,
        hash=digest,
        id=f"{AUDIT_PREFIX}{digest[:16]}",
    )


def entry_hash(note: AuditNote, shard: int, number: int, previous_hash: str) -> str:
    """SHA-256, in hexadecimal, of the JSON array of the previous hash, the place, and all that the note says.

    The array is written without white space, the keys of objects sorted, times in UTC with `Z`.
    """
    said = [
        previous_hash,
        note.tenant,
        shard,
        number,
        spelled(note.at),
        note.actor,
        note.credential,
        note.action,
        note.target,
        note.outcome,
        note.request_id,
        note.address,
        note.details,
    ]
    return sha256(msgspec.json.encode(said, order="sorted")).hexdigest()

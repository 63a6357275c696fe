"""The SQLModel tables of security: API keys, secrets, and the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.database.tables import json_column


class ApiKeyRow(SQLModel, table=True):
    """An API key: who it stands for and what it may do. The key itself is not kept, only its SHA-256 in hexadecimal.

    After a rotation the former key is good until `previous_expires_at`.
    """

    __tablename__ = "api_key"
    __table_args__ = (Index("ix_api_key_newest", "tenant", "created_at", "id"),)

    id: str = Field(primary_key=True)
    tenant: str
    user_id: str
    name: str
    role: str
    scope: list[str] | None = json_column(nullable=True)
    digest: str
    previous_digest: str | None = None
    previous_expires_at: datetime | None = None
    created_by: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class SecretRow(SQLModel, table=True):
    """A secret of a tenant, encrypted by the key that `key_id` names; each new value has a higher `version`."""

    __tablename__ = "secret"

    name: str = Field(primary_key=True)
    tenant: str = Field(primary_key=True)
    version: int
    ciphertext: bytes
    key_id: str
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime


class AuditEntryRow(SQLModel, table=True):
    """Who did what and from where: append-only, and chained by hashes, so that a changed or missing entry shows.

    There is a chain for each tenant and shard; `number` counts from 1 without a gap.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_newest", "tenant", "at", "id"),
        Index("ix_audit_entry_id", "id"),
        {"sqlite_with_rowid": False},
    )

    tenant: str = Field(primary_key=True)
    shard: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    id: str
    at: datetime
    actor: str | None = None
    credential: str | None = None
    action: str
    target: str | None = None
    outcome: str
    request_id: str | None = None
    address: str | None = None
    details: dict[str, Any] = json_column()
    previous_hash: str
    hash: str


class AuditChainRow(SQLModel, table=True):
    """The last link of a chain of audit entries: who appends holds this row.

    `pruned_number` and `pruned_hash` are those of the last entry that was deleted because its time was over: what is
    left of the chain follows that one.
    """

    __tablename__ = "audit_chain"
    __table_args__ = {"sqlite_with_rowid": False}

    tenant: str = Field(primary_key=True)
    shard: int = Field(primary_key=True)
    number: int
    hash: str
    pruned_number: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    pruned_hash: str | None = None

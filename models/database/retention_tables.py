"""The SQLModel tables of what is left of what was deleted: idempotency keys, and up to where feeds have gaps."""

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class SpentKeyRow(SQLModel, table=True):
    """An idempotency key whose execution was deleted: until `expires_at` it starts no other one (decision E16)."""

    __tablename__ = "spent_key"
    __table_args__ = (Index("ix_spent_key_expires_at", "expires_at"), {"sqlite_with_rowid": False})

    tenant: str = Field(primary_key=True)
    created_by: str = Field(primary_key=True)
    idempotency_key: str = Field(primary_key=True)
    fingerprint: str
    execution_id: str
    expires_at: datetime


class FeedGapRow(SQLModel, table=True):
    """The last change of a tenant's feed that was deleted with its row: a cursor before it would miss something."""

    __tablename__ = "feed_gap"
    __table_args__ = {"sqlite_with_rowid": False}

    tenant: str = Field(primary_key=True)
    feed: str = Field(primary_key=True)
    change: int = Field(sa_type=BigInteger)

"""The SQLModel tables of what is left of what was deleted: idempotency keys, gaps of feeds, and how many there were."""

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


class DeletedExecutionsRow(SQLModel, table=True):
    """How many of a workflow's executions were deleted, so that nobody has to count those that are left.

    A trigger of the database writes it in whatever transaction deletes them, so no version of the service misses one.
    """

    __tablename__ = "deleted_executions"
    __table_args__ = {"sqlite_with_rowid": False}

    tenant: str = Field(primary_key=True)
    workflow_id: str = Field(primary_key=True)
    deleted: int

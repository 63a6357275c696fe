"""The SQLModel tables of bulk operations: what was asked for, and what came of each execution."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from models.database.tables import json_column

UNFINISHED = text("status IN ('pending', 'running')")


class BulkOperationRow(SQLModel, table=True):
    """An operation on many executions, whose set is fixed when it is made.

    `role`, `scope`, `credential`, `key_id` and `proof` are its maker's: nothing is done by it that they do not allow.
    `succeeded`, `skipped` and `failed` count its items, in the transaction that writes what came of them; the rest of
    `total` is still to be done. `refusal` says why it was ended before its time, where nobody asked for that.
    """

    __tablename__ = "bulk_operation"
    __table_args__ = (
        Index("ix_bulk_operation_newest", "tenant", "created_at", "id"),
        Index("ix_bulk_operation_unfinished", "created_at", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    )

    id: str = Field(primary_key=True)
    tenant: str
    kind: str
    arguments: dict[str, Any] = json_column()
    reason: str | None = Field(default=None, sa_type=Text)
    created_by: str
    role: str
    scope: list[str] | None = json_column(nullable=True)
    credential: str
    key_id: str | None = None
    proof: str | None = None
    request_id: str | None = None
    address: str | None = None
    status: str
    total: int
    succeeded: int
    skipped: int
    failed: int
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    ended_by: str | None = None
    refusal: str | None = Field(default=None, sa_type=Text)


class BulkOperationItemRow(SQLModel, table=True):
    """One execution of an operation, numbered from 1, and what came of it.

    It may outlive the execution, or name one that never was.
    """

    __tablename__ = "bulk_operation_item"
    __table_args__ = (
        Index("ix_bulk_operation_item_status", "operation_id", "status", "number"),
        {"sqlite_with_rowid": False},
    )

    operation_id: str = Field(primary_key=True, foreign_key="bulk_operation.id")
    number: int = Field(primary_key=True)
    execution_id: str
    status: str
    code: str | None = None
    message: str | None = Field(default=None, sa_type=Text)
    new_execution_id: str | None = None
    at: datetime | None = None

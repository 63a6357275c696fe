"""The SQLModel tables of what executions are found by: their labels, and the views that people saved."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class ExecutionLabelRow(SQLModel, table=True):
    """One label that an execution has at present. `created_at` is the execution's, so that lists are in its order.

    All of an execution's labels stand in its own row too, for whoever has that in hand.
    """

    __tablename__ = "execution_label"
    __table_args__ = (
        Index("ix_execution_label_pair", "tenant", "key", "value", "created_at", "execution_id"),
        Index("ix_execution_label_key", "tenant", "key", "created_at", "execution_id", "value"),
        {"sqlite_with_rowid": False},
    )

    execution_id: str = Field(primary_key=True, foreign_key="execution.id", ondelete="CASCADE")
    key: str = Field(primary_key=True)
    value: str
    tenant: str
    created_at: datetime


class SavedViewRow(SQLModel, table=True):
    """Filters of executions under a name. `owner` is whose they are, and empty where all of the tenant have them."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("tenant", "owner", "name"),)

    id: str = Field(primary_key=True)
    tenant: str
    owner: str
    name: str
    filters: str
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime

"""The SQLModel table of the labels of executions: the truth about them, and by what they are found."""

from datetime import datetime

from sqlalchemy import Index
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

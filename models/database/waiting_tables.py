"""The SQLModel tables of executions that wait for the outside: for what, what was sent, and links to decide by."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.database.tables import json_column

ADDRESSED = text("address IS NOT NULL")


class ExpectationRow(SQLModel, table=True):
    """What an action, or one item of it, waits for at present; written with the events that it follows from.

    `slot` tells it from the others of its execution. `notes` are what its action type keeps until it goes on.
    """

    __tablename__ = "expectation"
    __table_args__ = (
        Index("ix_expectation_oldest", "tenant", "reason", "since", "execution_id", "slot"),
        Index("ix_expectation_address", "address", "execution_id", sqlite_where=ADDRESSED, postgresql_where=ADDRESSED),
        {"sqlite_with_rowid": False},
    )

    execution_id: str = Field(primary_key=True, foreign_key="execution.id")
    slot: str = Field(primary_key=True)
    tenant: str
    action_id: str
    reason: str
    address: str | None = None
    since: datetime
    until: datetime | None = None
    notes: dict[str, Any] = json_column()


class ExecutionDelayRow(SQLModel, table=True):
    """Why an execution that nobody has in hand is not taken up before `until`, beside what it waits for from outside.

    Written where it is let go of, and never removed: it holds while the execution may be taken from that moment on.
    """

    __tablename__ = "execution_delay"
    __table_args__ = ({"sqlite_with_rowid": False},)

    execution_id: str = Field(primary_key=True, foreign_key="execution.id", ondelete="CASCADE")
    reason: str = Field(primary_key=True)
    until: datetime


class ExecutionMessageRow(SQLModel, table=True):
    """Something that was sent to an execution and that none of its actions has taken yet.

    Only an action that waits at `address` takes it, by an event of its own in the same transaction.
    """

    __tablename__ = "execution_message"
    __table_args__ = (Index("ix_execution_message_of_execution", "execution_id", "sent_at", "id"),)

    id: str = Field(primary_key=True)
    execution_id: str = Field(foreign_key="execution.id")
    address: str
    data: dict[str, Any] = json_column()
    sent_by: str
    sent_at: datetime


class ReleasedExecutionRow(SQLModel, table=True):
    """An execution that the one which started it waits for no more, since `at`, and that is to be cancelled for that.

    Written with the event that waits no more, and deleted once it is cancelled: what a crash leaves is found here.
    """

    __tablename__ = "released_execution"
    __table_args__ = (Index("ix_released_execution_at", "at", "execution_id"), {"sqlite_with_rowid": False})

    execution_id: str = Field(primary_key=True, foreign_key="execution.id")
    at: datetime


class ApprovalLinkRow(SQLModel, table=True):
    """A link by which `approver` decides one approval; the text of the link is not kept.

    `credential`, `key_id` and `proof` are what can be presented again of the credential by which it was made: the API
    key and the digest of its text, or the fingerprint of the key that had signed a token.
    """

    __tablename__ = "approval_link"
    __table_args__ = (
        Index("ix_approval_link_newest", "tenant", "created_at", "id"),
        Index("ix_approval_link_of_execution", "execution_id", "created_at", "id"),
    )

    id: str = Field(primary_key=True)
    tenant: str
    execution_id: str = Field(foreign_key="execution.id")
    action_id: str
    item: int | None = None
    approver: str
    created_by: str
    credential: str
    key_id: str | None = None
    proof: str | None = None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

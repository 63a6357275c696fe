"""The SQLModel tables: workflows and their versions, executions, their journal, what follows from it, and nodes."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Column, Dialect, Index, Table, Text, TypeDecorator, inspect, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from models.words import LIVE_STATUSES

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMES

NOT_DELETED = text("deleted_at IS NULL")
WITH_IDEMPOTENCY_KEY = text("idempotency_key IS NOT NULL")
_LIVE = f"status IN {tuple(status.value for status in sorted(LIVE_STATUSES))}"
LIVE = text(_LIVE)
GOES_ON = text("status IN ('queued', 'running')")
"""What a node may take: not what is paused."""

ENDED = text("completed_at IS NOT NULL")
RUNNABLE = text("runnable_at IS NOT NULL")
LAPSING = text("expires_at IS NOT NULL AND node_id IS NULL AND fault IS NULL")
"""What may be queued for too long while nobody has it in hand."""

OF_PARENT = text("parent_id IS NOT NULL")
IS_RERUN = text("rerun_of IS NOT NULL")
CLAIMED = text("node_id IS NOT NULL")
LIVE_OF_ROOT = text(f"root_id IS NOT NULL AND {_LIVE}")
UNDELIVERED = text("status = 'pending'")
HELD = text("completed_at IS NULL AND node_id IS NOT NULL")
"""What is in a node's hand. No status is named, or SQLite would go through the index of all that is live."""

LIMITED = text(f"concurrency_key IS NOT NULL AND {_LIVE}")
UNSUCCESSFUL = text("status IN ('failed', 'cancelled')")
SET_ASIDE = text(f"fault IS NOT NULL AND {_LIVE}")

SEARCH_INDEX = "workflow_search_index"
"""The full-text index on either database: the migration makes it, because no metadata can describe FTS5."""


class SearchDocument(TypeDecorator[str]):
    """Terms separated by spaces: a text, or what PostgreSQL's full-text search reads in it."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type; the import is here so that a start on SQLite does not pay for it."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(Text())
        from sqlalchemy.dialects.postgresql import TSVECTOR

        return dialect.type_descriptor(TSVECTOR())


def json_column(*, nullable: bool = False) -> Any:
    """A JSON document kept as it was sent: key order and number spelling survive (decision W7)."""
    return Field(sa_column=Column(JSON(none_as_null=True), nullable=nullable))


class WorkflowRow(SQLModel, table=True):
    """A workflow as its owner sees it; what is executed is a `WorkflowVersionRow`.

    `search_text` is the folded name and description, because the two databases fold case differently.
    """

    __tablename__ = "workflow"
    __table_args__ = (
        Index(
            "uq_workflow_name",
            "tenant",
            "created_by",
            "name",
            unique=True,
            sqlite_where=NOT_DELETED,
            postgresql_where=NOT_DELETED,
        ),
        Index(
            "ix_workflow_newest",
            "tenant",
            "created_at",
            "id",
            sqlite_where=NOT_DELETED,
            postgresql_where=NOT_DELETED,
        ),
        Index(
            "ix_workflow_updated",
            "tenant",
            "updated_at",
            "id",
            sqlite_where=NOT_DELETED,
            postgresql_where=NOT_DELETED,
        ),
    )

    id: str = Field(primary_key=True)
    tenant: str
    created_by: str
    name: str
    description: str | None = Field(default=None, sa_type=Text)
    status: str
    revision: int
    tags: list[str] = json_column()
    search_text: str = Field(sa_type=Text)
    timeout_seconds: int | None = None
    queue_timeout_seconds: int | None = None
    concurrency: dict[str, Any] | None = json_column(nullable=True)
    retention: dict[str, Any] | None = json_column(nullable=True)
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class WorkflowTagRow(SQLModel, table=True):
    """One tag of one workflow, so that tags can be filtered and counted by an index on both databases."""

    __tablename__ = "workflow_tag"
    __table_args__ = (Index("ix_workflow_tag_tag", "tag", "workflow_id"),)

    workflow_id: str = Field(primary_key=True, foreign_key="workflow.id")
    tag: str = Field(primary_key=True)


class WorkflowSearchRow(SQLModel, table=True):
    """The terms by which a workflow is found (decision W10), in the order in which workflows were created.

    On SQLite triggers keep a full-text index over this table; on PostgreSQL the column itself is indexed.
    """

    __tablename__ = "workflow_search"

    number: int | None = Field(default=None, primary_key=True)
    workflow_id: str = Field(foreign_key="workflow.id", ondelete="CASCADE", unique=True)
    document: str = Field(sa_type=SearchDocument)


class WorkflowVersionRow(SQLModel, table=True):
    """An immutable definition (its parameters and actions) that executions pin (decision E12).

    `schema_version` is the oldest version of definitions by which it may be carried out: whoever knows only older ones
    leaves it alone, and whoever knows it passes keys by that are unknown. `created_by` is None where nobody noted it.
    """

    __tablename__ = "workflow_version"

    workflow_id: str = Field(primary_key=True, foreign_key="workflow.id")
    revision: int = Field(primary_key=True)
    definition: dict[str, Any] = json_column()
    created_at: datetime
    schema_version: int = Field(sa_column_kwargs={"server_default": "1"})
    created_by: str | None = None


class WorkflowStatisticsRow(SQLModel, table=True):
    """Running totals of a workflow's executions, written with their journals, so that nobody ever has to count.

    `shard` keeps nodes that run the same workflow from waiting for each other's row: readers add the shards up.
    """

    __tablename__ = "workflow_statistics"
    __table_args__ = {"sqlite_with_rowid": False}

    tenant: str = Field(primary_key=True)
    workflow_id: str = Field(primary_key=True, foreign_key="workflow.id")
    shard: int = Field(primary_key=True)
    accepted: int
    completed: int
    failed: int
    cancelled: int
    run_seconds: float
    last_execution_at: datetime | None = None


class ExecutionRow(SQLModel, table=True):
    """One run of a workflow: what was asked for, and the state that its journal folds to.

    `runnable_at` is its place in the queue: the moment from which any node may take it. None while a node has it in
    hand (`node_id`), while it waits for its turn in a group, and once it has ended. `expires_at` is until when it may
    be queued, where that has an end.
    `parent_id` names the execution that started it, if one did, `root_id` the topmost one above it, and `depth` how
    many are above it. `rerun_of` names the one that it does over, if it does.
    `change` numbers the last change of its status. `node_id` names the node that has it in hand or ended it.
    `concurrency_key` is that of its group, and None where nothing limits how many run at once.
    `fault` says why it is set aside, if it is: `{code, message, since}`. It is tried again at `runnable_at`, and
    `faults` counts the tries. `lives` counts the processes that have taken it up since it last made progress, and
    `taken_by` is the last of them. `labels` are those of `ExecutionLabelRow`, and None where there are none.
    """

    __tablename__ = "execution"
    __table_args__ = (
        Index(
            "uq_execution_idempotency_key",
            "tenant",
            "created_by",
            "idempotency_key",
            unique=True,
            sqlite_where=WITH_IDEMPOTENCY_KEY,
            postgresql_where=WITH_IDEMPOTENCY_KEY,
        ),
        Index("ix_execution_of_workflow", "workflow_id", "created_at", "id"),
        Index("ix_execution_newest", "tenant", "created_at", "id"),
        Index("ix_execution_change", "tenant", "change", "id"),
        Index(
            "ix_execution_unsuccessful",
            "tenant",
            "created_at",
            "id",
            sqlite_where=UNSUCCESSFUL,
            postgresql_where=UNSUCCESSFUL,
        ),
        Index("ix_execution_live", "status", "created_at", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_execution_of_parent", "parent_id", "status", sqlite_where=OF_PARENT, postgresql_where=OF_PARENT),
        Index(
            "ix_execution_live_of_root",
            "root_id",
            "status",
            sqlite_where=LIVE_OF_ROOT,
            postgresql_where=LIVE_OF_ROOT,
        ),
        Index(
            "ix_execution_rerun_of", "rerun_of", "created_at", "id", sqlite_where=IS_RERUN, postgresql_where=IS_RERUN
        ),
        Index("ix_execution_runnable", "status", "runnable_at", sqlite_where=RUNNABLE, postgresql_where=RUNNABLE),
        Index("ix_execution_lapsing", "expires_at", sqlite_where=LAPSING, postgresql_where=LAPSING),
        Index("ix_execution_held", "node_id", sqlite_where=HELD, postgresql_where=HELD),
        Index(
            "ix_execution_group",
            "status",
            "workflow_id",
            "concurrency_key",
            "created_at",
            "id",
            sqlite_where=LIMITED,
            postgresql_where=LIMITED,
        ),
        Index("ix_execution_ended", "status", "completed_at", sqlite_where=ENDED, postgresql_where=ENDED),
        Index("ix_execution_set_aside", "status", sqlite_where=SET_ASIDE, postgresql_where=SET_ASIDE),
        {"sqlite_with_rowid": False},
    )

    id: str = Field(primary_key=True)
    tenant: str
    workflow_id: str = Field(foreign_key="workflow.id")
    revision: int
    created_by: str
    parameters: dict[str, Any] = json_column()
    timeout_seconds: int
    queue_timeout_seconds: int | None = None
    callback_url: str | None = None
    idempotency_key: str | None = None
    idempotency_fingerprint: str | None = None
    status: str
    total_actions: int
    completed_actions: int
    current_action: str | None = None
    error: dict[str, Any] | None = json_column(nullable=True)
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    runnable_at: datetime | None = None
    expires_at: datetime | None = None
    node_id: str | None = None
    concurrency_key: str | None = None
    change: int = Field(default=0, sa_type=BigInteger)
    parent_id: str | None = None
    root_id: str | None = None
    on_parent_end: str | None = None
    rerun_of: str | None = None
    depth: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    fault: dict[str, Any] | None = json_column(nullable=True)
    faults: int = Field(sa_column_kwargs={"server_default": "0"})
    taken_by: str | None = None
    lives: int = Field(sa_column_kwargs={"server_default": "0"})
    labels: dict[str, str] | None = json_column(nullable=True)


class ExecutionEventRow(SQLModel, table=True):
    """The journal: append-only, and the truth. Its primary key fences an owner that was overtaken.

    `owner` names the hold under which an event was written: so a writer whose commit got no answer knows its own.
    """

    __tablename__ = "execution_event"
    __table_args__ = {"sqlite_with_rowid": False}

    execution_id: str = Field(primary_key=True, foreign_key="execution.id")
    sequence: int = Field(primary_key=True)
    owner: str
    type: str
    at: datetime
    action_id: str | None = None
    data: dict[str, Any] = json_column()


class CallbackDeliveryRow(SQLModel, table=True):
    """One delivery: written with the event that it tells of, and the truth about what is still due.

    A callback tells of an end, which is looked up when it is sent; what an action says is its `content`, and goes to a
    `service` at an `endpoint`, or by mail.

    `attempts` counts all attempts, `step` the failed ones since it was begun or asked for again. `node_id` names the
    node that makes an attempt, where there are many.
    """

    __tablename__ = "callback_delivery"
    __table_args__ = (
        Index("ix_callback_delivery_due", "next_attempt_at", sqlite_where=UNDELIVERED, postgresql_where=UNDELIVERED),
        Index("ix_callback_delivery_of_execution", "execution_id"),
        Index("ix_callback_delivery_claimed", "node_id", sqlite_where=CLAIMED, postgresql_where=CLAIMED),
    )

    id: str = Field(primary_key=True)
    execution_id: str = Field(foreign_key="execution.id")
    tenant: str
    url: str
    host: str
    event: str
    channel: str = Field(sa_column_kwargs={"server_default": "callback"})
    action_id: str | None = None
    service: str | None = None
    endpoint: str | None = None
    content: dict[str, Any] | None = json_column(nullable=True)
    withheld: dict[str, Any] | None = json_column(nullable=True)
    status: str
    attempts: int
    step: int
    next_attempt_at: datetime | None = None
    node_id: str | None = None
    created_at: datetime
    completed_at: datetime | None = None


class CallbackAttemptRow(SQLModel, table=True):
    """One attempt to deliver a callback, numbered from 1."""

    __tablename__ = "callback_attempt"
    __table_args__ = {"sqlite_with_rowid": False}

    delivery_id: str = Field(primary_key=True, foreign_key="callback_delivery.id")
    number: int = Field(primary_key=True)
    at: datetime
    http_status: int | None = None
    error: str | None = Field(default=None, sa_type=Text)
    duration_seconds: float


class ActivityRow(SQLModel, table=True):
    """One line of a tenant's activity feed (decision X8), kept in the order in which it is read."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_change", "tenant", "change", "id"),
        Index("ix_activity_id", "id"),
        {"sqlite_with_rowid": False},
    )

    tenant: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True)
    id: str = Field(primary_key=True)
    type: str
    user_id: str
    details: dict[str, Any] = json_column()
    change: int = Field(default=0, sa_type=BigInteger)


class NodeRow(SQLModel, table=True):
    """A process of a cluster: alive until `expires_at` by the database's clock, unless it puts that off.

    `shard` is its part of what all nodes write to at once, so that they need not wait for each other. `version` is that
    of its software, and None where a node of before that column told nothing.
    """

    __tablename__ = "node"

    id: str = Field(primary_key=True)
    kind: str
    shard: int = Field(unique=True)
    started_at: datetime
    expires_at: datetime
    version: str | None = None


class ChangeCounterRow(SQLModel, table=True):
    """The number of the last change, in its one row; unused on PostgreSQL, where a sequence keeps it."""

    __tablename__ = "change_counter"

    id: int | None = Field(default=None, primary_key=True)
    number: int = Field(sa_type=BigInteger)


def table(entity: type[SQLModel]) -> Table:
    """The Core table of an entity, for the set-based statements of the hot paths."""
    return cast(Table, inspect(entity).local_table)

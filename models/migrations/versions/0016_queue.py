"""What needs a node is stored: a moment in the execution's row, and until when it may be queued."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

RUNNABLE = sa.text("runnable_at IS NOT NULL")
LAPSING = sa.text("expires_at IS NOT NULL AND node_id IS NULL AND fault IS NULL")
HELD = sa.text("completed_at IS NULL AND node_id IS NOT NULL")
OLD_HELD = sa.text("status IN ('queued', 'running') AND node_id IS NOT NULL")
OLD_TIMED = sa.text("wake_at IS NOT NULL")
OLD_QUEUED = sa.text("status = 'queued' AND concurrency_key IS NULL AND fault IS NULL")
OLD_AT_WORK = sa.text("status = 'running' AND wake_at IS NULL")

PGQUEUER = (
    "DROP TABLE IF EXISTS pgqueuer, pgqueuer_log, pgqueuer_statistics, pgqueuer_schedules",
    "DROP FUNCTION IF EXISTS fn_pgqueuer_changed() CASCADE",
    "DROP TYPE IF EXISTS pgqueuer_status",
)
"""The queue of the versions before, of whose jobs each is a moment now."""

FILL = (
    "UPDATE execution SET expires_at = runnable_at WHERE status = 'queued' AND fault IS NULL",
    "UPDATE execution SET runnable_at = NULL WHERE status = 'queued' AND fault IS NULL",
    # Whose turn it is in a limited group the first sweep finds.
    "UPDATE execution SET runnable_at = created_at WHERE status IN ('queued', 'running')"
    " AND runnable_at IS NULL AND node_id IS NULL AND (status = 'running' OR concurrency_key IS NULL)",
    "UPDATE execution SET runnable_at = NULL WHERE status IN ('queued', 'running') AND node_id IS NOT NULL",
)

UNFILL = (
    "UPDATE execution SET wake_at = NULL WHERE wake_at <= created_at AND fault IS NULL",
    "UPDATE execution SET wake_at = expires_at WHERE status = 'queued' AND fault IS NULL",
)


def upgrade() -> None:
    _drop("ix_execution_queued", OLD_QUEUED)
    _drop("ix_execution_at_work", OLD_AT_WORK)
    _drop("ix_execution_wake", OLD_TIMED)
    _drop("ix_execution_held", OLD_HELD)
    op.execute("ALTER TABLE execution RENAME COLUMN wake_at TO runnable_at")
    op.add_column("execution", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    for statement in FILL:
        op.execute(statement)
    _index("ix_execution_runnable", ["status", "runnable_at"], RUNNABLE)
    _index("ix_execution_lapsing", ["expires_at"], LAPSING)
    _index("ix_execution_held", ["node_id"], HELD)
    if op.get_context().dialect.name == "postgresql":
        for statement in PGQUEUER:
            op.execute(statement)


def downgrade() -> None:
    _drop("ix_execution_held", HELD)
    _drop("ix_execution_lapsing", LAPSING)
    _drop("ix_execution_runnable", RUNNABLE)
    op.execute("ALTER TABLE execution RENAME COLUMN runnable_at TO wake_at")
    for statement in UNFILL:
        op.execute(statement)
    op.drop_column("execution", "expires_at")
    _index("ix_execution_held", ["node_id"], OLD_HELD)
    _index("ix_execution_wake", ["wake_at"], OLD_TIMED)
    _index("ix_execution_queued", ["created_at", "id"], OLD_QUEUED)
    _index("ix_execution_at_work", ["created_at", "id"], OLD_AT_WORK)


def _drop(name: str, where: sa.TextClause) -> None:
    op.drop_index(name, table_name="execution", sqlite_where=where, postgresql_where=where)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "execution", columns, unique=False, sqlite_where=where, postgresql_where=where)

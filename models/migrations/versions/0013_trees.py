"""The root of each execution that another one started, what is waited for no more, and what is at work by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LIVE_OF_ROOT = sa.text("root_id IS NOT NULL AND status IN ('queued', 'running')")
QUEUED = sa.text("status = 'queued' AND concurrency_key IS NULL")
AT_WORK = sa.text("status = 'running' AND wake_at IS NULL")

ADDRESSED = sa.text("address IS NOT NULL")

FILL_ROOTS = sa.text("""
WITH RECURSIVE tree(id, root_id) AS (
  SELECT child.id, child.parent_id FROM execution AS child JOIN execution AS root ON root.id = child.parent_id
  WHERE root.parent_id IS NULL
  UNION ALL
  SELECT child.id, tree.root_id FROM execution AS child JOIN tree ON child.parent_id = tree.id
)
UPDATE execution SET root_id = tree.root_id FROM tree WHERE execution.id = tree.id
""")
FILL_RELEASED = sa.text("""
INSERT INTO released_execution (execution_id, at)
SELECT id, created_at FROM execution
WHERE parent_id IS NOT NULL AND status IN ('queued', 'running') AND on_parent_end = 'cancel' AND NOT EXISTS (
  SELECT 1 FROM expectation
  WHERE expectation.execution_id = execution.parent_id AND expectation.address = 'execution:' || execution.id
)
""")


def upgrade() -> None:
    op.create_table(
        "released_execution",
        sa.Column("execution_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["execution_id"], ["execution.id"]),
        sa.PrimaryKeyConstraint("execution_id", name=op.f("pk_released_execution")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_released_execution_at", "released_execution", ["at", "execution_id"])
    op.create_index(
        "ix_expectation_address",
        "expectation",
        ["address", "execution_id"],
        unique=False,
        sqlite_where=ADDRESSED,
        postgresql_where=ADDRESSED,
    )
    op.add_column("execution", sa.Column("root_id", sa.String(), nullable=True))
    op.execute(FILL_ROOTS)
    op.execute(FILL_RELEASED)
    op.create_index(
        "ix_execution_live_of_root",
        "execution",
        ["root_id", "status"],
        unique=False,
        sqlite_where=LIVE_OF_ROOT,
        postgresql_where=LIVE_OF_ROOT,
    )
    op.create_index(
        "ix_execution_queued",
        "execution",
        ["created_at", "id"],
        unique=False,
        sqlite_where=QUEUED,
        postgresql_where=QUEUED,
    )
    op.create_index(
        "ix_execution_at_work",
        "execution",
        ["created_at", "id"],
        unique=False,
        sqlite_where=AT_WORK,
        postgresql_where=AT_WORK,
    )


def downgrade() -> None:
    op.drop_index("ix_execution_queued", table_name="execution", sqlite_where=QUEUED, postgresql_where=QUEUED)
    op.drop_index("ix_execution_at_work", table_name="execution", sqlite_where=AT_WORK, postgresql_where=AT_WORK)
    op.drop_index(
        "ix_execution_live_of_root", table_name="execution", sqlite_where=LIVE_OF_ROOT, postgresql_where=LIVE_OF_ROOT
    )
    op.drop_column("execution", "root_id")
    op.drop_index("ix_expectation_address", "expectation", sqlite_where=ADDRESSED, postgresql_where=ADDRESSED)
    op.drop_table("released_execution")

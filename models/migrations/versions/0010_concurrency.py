"""How many executions of a workflow may run at once, and the group of each execution."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LIMITED = sa.text("concurrency_key IS NOT NULL AND status IN ('queued', 'running')")


def upgrade() -> None:
    op.add_column("workflow", sa.Column("concurrency", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("execution", sa.Column("concurrency_key", sa.String(), nullable=True))
    op.create_index(
        "ix_execution_group",
        "execution",
        ["status", "workflow_id", "concurrency_key", "created_at", "id"],
        unique=False,
        sqlite_where=LIMITED,
        postgresql_where=LIMITED,
    )


def downgrade() -> None:
    op.drop_index("ix_execution_group", table_name="execution", sqlite_where=LIMITED, postgresql_where=LIMITED)
    op.drop_column("execution", "concurrency_key")
    op.drop_column("workflow", "concurrency")

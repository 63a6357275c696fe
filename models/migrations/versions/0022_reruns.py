"""Executions that do another one over."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0026"
branch_labels = None
depends_on = None

IS_RERUN = sa.text("rerun_of IS NOT NULL")


def upgrade() -> None:
    op.add_column("execution", sa.Column("rerun_of", sa.String(), nullable=True))
    op.create_index(
        "ix_execution_rerun_of",
        "execution",
        ["rerun_of", "created_at", "id"],
        unique=False,
        sqlite_where=IS_RERUN,
        postgresql_where=IS_RERUN,
    )


def downgrade() -> None:
    op.drop_index("ix_execution_rerun_of", table_name="execution", sqlite_where=IS_RERUN, postgresql_where=IS_RERUN)
    op.drop_column("execution", "rerun_of")

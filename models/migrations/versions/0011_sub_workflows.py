"""Executions that other executions have started."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OF_PARENT = sa.text("parent_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("execution", sa.Column("parent_id", sa.String(), nullable=True))
    op.add_column("execution", sa.Column("on_parent_end", sa.String(), nullable=True))
    op.add_column("execution", sa.Column("depth", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_execution_of_parent",
        "execution",
        ["parent_id", "status"],
        unique=False,
        sqlite_where=OF_PARENT,
        postgresql_where=OF_PARENT,
    )


def downgrade() -> None:
    op.drop_index("ix_execution_of_parent", table_name="execution", sqlite_where=OF_PARENT, postgresql_where=OF_PARENT)
    op.drop_column("execution", "depth")
    op.drop_column("execution", "on_parent_end")
    op.drop_column("execution", "parent_id")

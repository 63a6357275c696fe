"""Labels of executions, by which they are found, and for what those are put off that nobody has in hand."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("execution", sa.Column("labels", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "execution_label",
        sa.Column("execution_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["execution_id"], ["execution.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("execution_id", "key", name=op.f("pk_execution_label")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_execution_label_pair", "execution_label", ["tenant", "key", "value", "created_at", "execution_id"]
    )
    op.create_index(
        "ix_execution_label_key", "execution_label", ["tenant", "key", "created_at", "execution_id", "value"]
    )
    op.create_table(
        "execution_delay",
        sa.Column("execution_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["execution_id"], ["execution.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("execution_id", "reason", name=op.f("pk_execution_delay")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("execution_delay")
    op.drop_table("execution_label")
    op.drop_column("execution", "labels")

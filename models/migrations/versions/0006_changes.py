"""The numbers of changes, by which live lists are read, and the indexes of filtered and ordered lists."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NOT_DELETED = sa.text("deleted_at IS NULL")
UNSUCCESSFUL = sa.text("status IN ('failed', 'cancelled')")


def upgrade() -> None:
    counter = op.create_table(
        "change_counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_counter")),
    )
    op.bulk_insert(counter, [{"id": 1, "number": 0}])
    op.add_column("execution", sa.Column("change", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("activity", sa.Column("change", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_execution_change", "execution", ["tenant", "change", "id"], unique=False)
    op.create_index("ix_activity_change", "activity", ["tenant", "change", "id"], unique=False)
    op.create_index("ix_activity_id", "activity", ["id"], unique=False)
    op.create_index(
        "ix_execution_unsuccessful",
        "execution",
        ["tenant", "created_at", "id"],
        unique=False,
        sqlite_where=UNSUCCESSFUL,
        postgresql_where=UNSUCCESSFUL,
    )
    op.create_index(
        "ix_workflow_updated",
        "workflow",
        ["tenant", "updated_at", "id"],
        unique=False,
        sqlite_where=NOT_DELETED,
        postgresql_where=NOT_DELETED,
    )


def downgrade() -> None:
    op.drop_index("ix_workflow_updated", table_name="workflow", sqlite_where=NOT_DELETED, postgresql_where=NOT_DELETED)
    op.drop_index(
        "ix_execution_unsuccessful",
        table_name="execution",
        sqlite_where=UNSUCCESSFUL,
        postgresql_where=UNSUCCESSFUL,
    )
    op.drop_index("ix_activity_id", table_name="activity")
    op.drop_index("ix_activity_change", table_name="activity")
    op.drop_index("ix_execution_change", table_name="execution")
    op.drop_column("activity", "change")
    op.drop_column("execution", "change")
    op.drop_table("change_counter")

"""An execution's timer and queue limit, and the owner of each journal entry."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIMED = sa.text("wake_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("workflow", sa.Column("queue_timeout_seconds", sa.Integer(), nullable=True))
    op.add_column("execution", sa.Column("queue_timeout_seconds", sa.Integer(), nullable=True))
    op.add_column("execution", sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("execution_event", sa.Column("owner", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_execution_wake", "execution", ["wake_at"], unique=False, sqlite_where=TIMED, postgresql_where=TIMED
    )


def downgrade() -> None:
    op.drop_index("ix_execution_wake", table_name="execution", sqlite_where=TIMED, postgresql_where=TIMED)
    op.drop_column("execution_event", "owner")
    op.drop_column("execution", "wake_at")
    op.drop_column("execution", "queue_timeout_seconds")
    op.drop_column("workflow", "queue_timeout_seconds")

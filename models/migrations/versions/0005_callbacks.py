"""The deliveries of callbacks and their attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNDELIVERED = sa.text("status = 'pending'")


def upgrade() -> None:
    op.create_table(
        "callback_delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("execution_id", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["execution_id"], ["execution.id"]),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_delivery")),
    )
    op.create_index(
        "ix_callback_delivery_due",
        "callback_delivery",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )
    op.create_index("ix_callback_delivery_of_execution", "callback_delivery", ["execution_id"], unique=False)
    op.create_table(
        "callback_attempt",
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("duration_seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["callback_delivery.id"]),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_callback_attempt")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("callback_attempt")
    op.drop_index("ix_callback_delivery_of_execution", table_name="callback_delivery")
    op.drop_index(
        "ix_callback_delivery_due",
        table_name="callback_delivery",
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )
    op.drop_table("callback_delivery")

"""Nodes of a cluster, and which of them has which execution and which callback in hand."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HELD = sa.text("status IN ('queued', 'running') AND node_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "node",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node")),
        sa.UniqueConstraint("shard", name=op.f("uq_node_shard")),
    )
    op.add_column("execution", sa.Column("node_id", sa.String(), nullable=True))
    op.add_column("callback_delivery", sa.Column("node_id", sa.String(), nullable=True))
    op.create_index(
        "ix_execution_held", "execution", ["node_id"], unique=False, sqlite_where=HELD, postgresql_where=HELD
    )


def downgrade() -> None:
    op.drop_index("ix_execution_held", table_name="execution")
    op.drop_column("callback_delivery", "node_id")
    op.drop_column("execution", "node_id")
    op.drop_table("node")

"""Links by which people decide approvals without signing in: listed, and revocable."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval_link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("execution_id", sa.String(), nullable=False),
        sa.Column("action_id", sa.String(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("approver", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("proof", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["execution_id"], ["execution.id"]),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_link")),
    )
    op.create_index("ix_approval_link_newest", "approval_link", ["tenant", "created_at", "id"])
    op.create_index("ix_approval_link_of_execution", "approval_link", ["execution_id", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("approval_link")

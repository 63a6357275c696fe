"""What is delivered is a callback, or what an action says: to a registered service or by mail.

A node of the version before this one takes all of them for callbacks: it may spoil an attempt of the others.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("callback_delivery", sa.Column("channel", sa.String(), server_default="callback", nullable=False))
    op.add_column("callback_delivery", sa.Column("action_id", sa.String(), nullable=True))
    op.add_column("callback_delivery", sa.Column("service", sa.String(), nullable=True))
    op.add_column("callback_delivery", sa.Column("endpoint", sa.String(), nullable=True))
    op.add_column("callback_delivery", sa.Column("content", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("callback_delivery", sa.Column("withheld", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.execute(
        "DELETE FROM callback_attempt WHERE delivery_id IN"
        " (SELECT id FROM callback_delivery WHERE channel <> 'callback')"
    )
    op.execute("DELETE FROM callback_delivery WHERE channel <> 'callback'")
    op.drop_column("callback_delivery", "withheld")
    op.drop_column("callback_delivery", "content")
    op.drop_column("callback_delivery", "endpoint")
    op.drop_column("callback_delivery", "service")
    op.drop_column("callback_delivery", "action_id")
    op.drop_column("callback_delivery", "channel")

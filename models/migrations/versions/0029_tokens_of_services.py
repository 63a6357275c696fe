"""A registered service says how it is asked for tokens, and how much of its answers is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "registered_service",
        sa.Column("max_response_bytes", sa.Integer(), nullable=False, server_default="1048576"),
    )
    op.add_column("registered_service", sa.Column("client_credentials", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("registered_service", "client_credentials")
    op.drop_column("registered_service", "max_response_bytes")

"""A registered service may have a TLS identity and a proxy of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("registered_service", sa.Column("tls", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("registered_service", sa.Column("proxy", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("registered_service", "proxy")
    op.drop_column("registered_service", "tls")

"""A node tells its version; one of the version before this tells none."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("node", sa.Column("version", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("node", "version")

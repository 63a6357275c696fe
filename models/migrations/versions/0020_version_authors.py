"""A version of a workflow says who made it, but for those from before this and those that older nodes make."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workflow_version", sa.Column("created_by", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("workflow_version", "created_by")

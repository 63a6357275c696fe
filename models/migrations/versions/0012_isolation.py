"""What keeps one execution from harming others: why it is set aside, how often it was taken up, and who may read it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SET_ASIDE = sa.text("fault IS NOT NULL AND status IN ('queued', 'running')")


def upgrade() -> None:
    op.add_column("workflow_version", sa.Column("schema_version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("execution", sa.Column("fault", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("execution", sa.Column("faults", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("execution", sa.Column("taken_by", sa.String(), nullable=True))
    op.add_column("execution", sa.Column("lives", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_execution_set_aside",
        "execution",
        ["status"],
        unique=False,
        sqlite_where=SET_ASIDE,
        postgresql_where=SET_ASIDE,
    )


def downgrade() -> None:
    op.drop_index("ix_execution_set_aside", table_name="execution", sqlite_where=SET_ASIDE, postgresql_where=SET_ASIDE)
    op.drop_column("execution", "lives")
    op.drop_column("execution", "taken_by")
    op.drop_column("execution", "faults")
    op.drop_column("execution", "fault")
    op.drop_column("workflow_version", "schema_version")

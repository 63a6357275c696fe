"""What keeps one execution from harming others: why it is set aside, how often it was taken up, and who may read it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SET_ASIDE = sa.text("fault IS NOT NULL AND status IN ('queued', 'running')")

OLD_QUEUED = sa.text("status = 'queued' AND concurrency_key IS NULL")
QUEUED = sa.text("status = 'queued' AND concurrency_key IS NULL AND fault IS NULL")


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
    op.drop_index("ix_execution_queued", table_name="execution", sqlite_where=OLD_QUEUED, postgresql_where=OLD_QUEUED)
    _index_queued(QUEUED)


def downgrade() -> None:
    op.drop_index("ix_execution_queued", table_name="execution", sqlite_where=QUEUED, postgresql_where=QUEUED)
    op.drop_index("ix_execution_set_aside", table_name="execution", sqlite_where=SET_ASIDE, postgresql_where=SET_ASIDE)
    op.drop_column("execution", "lives")
    op.drop_column("execution", "taken_by")
    op.drop_column("execution", "faults")
    op.drop_column("execution", "fault")
    op.drop_column("workflow_version", "schema_version")
    _index_queued(OLD_QUEUED)


def _index_queued(where: sa.TextClause) -> None:
    op.create_index(
        "ix_execution_queued",
        "execution",
        ["created_at", "id"],
        unique=False,
        sqlite_where=where,
        postgresql_where=where,
    )

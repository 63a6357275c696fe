"""What nobody reads goes: the table of action runs, and what is kept of executions for the time that they are live."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OF_ENDED = """
DELETE FROM {table} WHERE EXISTS (
  SELECT 1 FROM execution WHERE execution.id = {table}.execution_id AND execution.completed_at IS NOT NULL
)
"""


def upgrade() -> None:
    op.drop_table("action_run")
    for table in ("execution_message", "released_execution"):
        op.execute(OF_ENDED.format(table=table))


def downgrade() -> None:
    op.create_table(
        "action_run",
        sa.Column("execution_id", sa.String(), nullable=False),
        sa.Column("action_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["execution_id"], ["execution.id"]),
        sa.PrimaryKeyConstraint("execution_id", "action_id", name=op.f("pk_action_run")),
        sqlite_with_rowid=False,
    )

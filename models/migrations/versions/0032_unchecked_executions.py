"""PostgreSQL looks no more, row by row, whether an execution is there: who writes for one holds its row (ADR 51)."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

LED_TO_EXECUTIONS = (
    "execution_event",
    "callback_delivery",
    "expectation",
    "execution_delay",
    "execution_message",
    "released_execution",
    "approval_link",
    "execution_label",
)
CASCADING = ("execution_delay", "execution_label")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite looks at next to no cost, and drops no key without copying the table
    # All at once, and executions first, as whoever writes: so that nobody who writes meanwhile stands across.
    op.execute(f"LOCK TABLE {', '.join(('execution', *LED_TO_EXECUTIONS))} IN ACCESS EXCLUSIVE MODE")
    for table in LED_TO_EXECUTIONS:
        op.drop_constraint(f"{table}_execution_id_fkey", table)
    op.drop_constraint("execution_workflow_id_fkey", "execution")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in LED_TO_EXECUTIONS:
        ondelete = "CASCADE" if table in CASCADING else None
        op.create_foreign_key(
            f"{table}_execution_id_fkey", table, "execution", ["execution_id"], ["id"], ondelete=ondelete
        )
    op.create_foreign_key("execution_workflow_id_fkey", "execution", "workflow", ["workflow_id"], ["id"])

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

# All at once, in the order of who accepts, so that hardly anybody who writes meanwhile stands across. Who waits for a
# lock like this has all others wait behind it, and a backup may hold it up for hours: so it asks again and again, and
# waits for no longer than anybody minds.
LOCK_ALL = f"""
DO $$
BEGIN
  LOOP
    BEGIN
      SET LOCAL lock_timeout = '500ms';
      LOCK TABLE {", ".join(("workflow", "execution", *LED_TO_EXECUTIONS))} IN ACCESS EXCLUSIVE MODE;
      EXIT;
    EXCEPTION WHEN lock_not_available THEN
      PERFORM pg_sleep(0.5);
    END;
  END LOOP;
  SET LOCAL lock_timeout = 0;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite looks at next to no cost, and drops no key without copying the table
    op.execute(LOCK_ALL)
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

"""How many executions of each workflow were deleted, which a trigger counts in the transaction that deletes them."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SQLITE_TRIGGER = """
CREATE TRIGGER execution_deleted AFTER DELETE ON execution
BEGIN
  INSERT INTO deleted_executions (tenant, workflow_id, deleted) VALUES (OLD.tenant, OLD.workflow_id, 1)
  ON CONFLICT (tenant, workflow_id) DO UPDATE SET deleted = deleted + 1;
END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION count_deleted_executions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deleted_executions (tenant, workflow_id, deleted)
  SELECT tenant, workflow_id, count(*) FROM gone GROUP BY tenant, workflow_id ORDER BY tenant, workflow_id
  ON CONFLICT (tenant, workflow_id) DO UPDATE SET deleted = deleted_executions.deleted + excluded.deleted;
  RETURN NULL;
END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER execution_deleted AFTER DELETE ON execution REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_executions()
"""
COUNT_THOSE_BEFORE = """
INSERT INTO deleted_executions (tenant, workflow_id, deleted)
SELECT tenant, workflow_id, accepted - stored FROM (
  SELECT tenant, workflow_id, sum(accepted) AS accepted,
    (SELECT count(*) FROM execution WHERE execution.workflow_id = workflow_statistics.workflow_id) AS stored
  FROM workflow_statistics GROUP BY tenant, workflow_id
) AS counted WHERE accepted <> stored
"""


def upgrade() -> None:
    op.create_table(
        "deleted_executions",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "workflow_id", name=op.f("pk_deleted_executions")),
        sqlite_with_rowid=False,
        # A row is written again and again: where its page has room for that, no index is touched.
        postgresql_with={"fillfactor": "50"},
    )
    # The trigger comes first: it waits for who deletes now, and lets nobody write until all is counted.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)
    else:
        op.execute(SQLITE_TRIGGER)
    op.execute(COUNT_THOSE_BEFORE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER execution_deleted ON execution")
        op.execute("DROP FUNCTION count_deleted_executions()")
    else:
        op.execute("DROP TRIGGER execution_deleted")
    op.drop_table("deleted_executions")

"""What is left of deleted executions, how long a workflow keeps its own, and where pruned audit chains begin."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

IS_PRUNED = (
    "EXISTS (SELECT 1 FROM audit_chain WHERE audit_chain.tenant = OLD.tenant AND audit_chain.shard = OLD.shard"
    " AND audit_chain.pruned_number >= OLD.number)"
)
"""Of the audit log those entries alone may be deleted that their chain does not begin with any more."""

SQLITE_TRIGGER = """
CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry {when}
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
POSTGRESQL_FUNCTION = f"""
CREATE FUNCTION audit_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT {IS_PRUNED} THEN RAISE EXCEPTION 'the audit log is append-only'; END IF;
  RETURN OLD;
END $$
"""
POSTGRESQL_TRIGGERS = (
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR TRUNCATE ON audit_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only()",
    "CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_is_kept()",
)
POSTGRESQL_TRIGGERS_BEFORE = (
    "DROP TRIGGER audit_entry_kept ON audit_entry",
    "DROP FUNCTION audit_entry_is_kept()",
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only()",
)


def upgrade() -> None:
    op.create_table(
        "spent_key",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("execution_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "created_by", "idempotency_key", name=op.f("pk_spent_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_spent_key_expires_at", "spent_key", ["expires_at"], unique=False)
    op.create_table(
        "feed_gap",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "feed", name=op.f("pk_feed_gap")),
        sqlite_with_rowid=False,
    )
    op.add_column("workflow", sa.Column("retention", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("audit_chain", sa.Column("pruned_number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("audit_chain", sa.Column("pruned_hash", sa.String(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for statement in (POSTGRESQL_FUNCTION, *POSTGRESQL_TRIGGERS):
            op.execute(statement)
    else:
        op.execute("DROP TRIGGER audit_entry_delete")
        op.execute(SQLITE_TRIGGER.format(when=f"WHEN NOT {IS_PRUNED}"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL_TRIGGERS_BEFORE:
            op.execute(statement)
    else:
        op.execute("DROP TRIGGER audit_entry_delete")
        op.execute(SQLITE_TRIGGER.format(when=""))
    op.drop_column("audit_chain", "pruned_hash")
    op.drop_column("audit_chain", "pruned_number")
    op.drop_column("workflow", "retention")
    op.drop_table("feed_gap")
    op.drop_table("spent_key")

"""Numbers for changes that are ours, and callbacks by the node that delivers them.

Changes were numbered by PostgreSQL's transactions, which are higher than any number of a change so far. A node of the
version before this one goes on to number by them: live lists may be late with its changes, or leave them out.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


CLAIMED = sa.text("node_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_callback_delivery_claimed",
        "callback_delivery",
        ["node_id"],
        unique=False,
        sqlite_where=CLAIMED,
        postgresql_where=CLAIMED,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE change_number")
        op.execute(
            "SELECT setval('change_number', greatest(CAST(CAST(pg_current_xact_id() AS text) AS bigint),"
            " (SELECT max(change) FROM execution), (SELECT max(change) FROM activity)))"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE change_number")
    op.drop_index(
        "ix_callback_delivery_claimed", table_name="callback_delivery", sqlite_where=CLAIMED, postgresql_where=CLAIMED
    )

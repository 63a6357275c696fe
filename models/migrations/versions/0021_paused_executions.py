"""An execution may be paused: it is live, and so in the indexes of what is.

A node of the version before this one does not know the status, and leaves what is paused alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LIVE = "status IN ('paused', 'queued', 'running')"
OLD_LIVE = "status IN ('queued', 'running')"

INDEXES = {
    "ix_execution_live": (["status", "created_at"], "{live}"),
    "ix_execution_live_of_root": (["root_id", "status"], "root_id IS NOT NULL AND {live}"),
    "ix_execution_group": (
        ["status", "workflow_id", "concurrency_key", "created_at", "id"],
        "concurrency_key IS NOT NULL AND {live}",
    ),
    "ix_execution_set_aside": (["status"], "fault IS NOT NULL AND {live}"),
}

UNPAUSE = (
    # The version before takes it up, finds an event in its journal that it does not know, and sets it aside.
    "UPDATE execution SET runnable_at = created_at WHERE status = 'paused' AND node_id IS NULL",
    "UPDATE execution SET status = CASE WHEN started_at IS NULL THEN 'queued' ELSE 'running' END"
    " WHERE status = 'paused'",
)


def upgrade() -> None:
    _replace(OLD_LIVE, LIVE)


def downgrade() -> None:
    for statement in UNPAUSE:
        op.execute(statement)
    _replace(LIVE, OLD_LIVE)


def _replace(before: str, after: str) -> None:
    for name, (columns, where) in INDEXES.items():
        old, new = sa.text(where.format(live=before)), sa.text(where.format(live=after))
        op.drop_index(name, table_name="execution", sqlite_where=old, postgresql_where=old)
        op.create_index(name, "execution", columns, unique=False, sqlite_where=new, postgresql_where=new)

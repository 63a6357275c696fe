"""Searches fold texts alike, and find parts of what is written without spaces: what is stored is folded anew."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

# What is stored must be what the service looks up, so it is made by the same functions.
from models.folding import folded
from models.search_terms import document

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BATCH = 1_000

WORKFLOW = sa.table(
    "workflow",
    *(sa.column(name) for name in ("id", "tenant", "name", "description", "search_text")),
    sa.column("tags", sa.JSON()),
)
SEARCH = sa.table(
    "workflow_search",
    sa.column("workflow_id"),
    sa.column("document", sa.Text().with_variant(TSVECTOR(), "postgresql")),
)


def upgrade() -> None:
    texts = sa.update(WORKFLOW).where(WORKFLOW.c.id == sa.bindparam("of")).values(search_text=sa.bindparam("text"))
    terms = sa.update(SEARCH).where(SEARCH.c.workflow_id == sa.bindparam("of")).values(document=sa.bindparam("terms"))
    connection = op.get_bind()
    for rows in _batches(connection):
        # ASCII is folded as it ever was.
        found = [row for row in rows if not f"{row.name}{row.description}{''.join(row.tags)}".isascii()]
        if found:
            connection.execute(
                texts, [{"of": row.id, "text": folded(f"{row.name}\n{row.description or ''}")} for row in found]
            )
            connection.execute(
                terms,
                [{"of": row.id, "terms": document(row.tenant, row.name, row.tags, row.description)} for row in found],
            )


def downgrade() -> None:
    """What is folded more is found by the version before as well, but for the parts that it does not look up."""


def _batches(connection: sa.Connection) -> Iterator[list[sa.Row[Any]]]:
    last = ""
    while rows := list(
        connection.execute(sa.select(WORKFLOW).where(WORKFLOW.c.id > last).order_by(WORKFLOW.c.id).limit(BATCH))
    ):
        yield rows
        last = rows[-1].id

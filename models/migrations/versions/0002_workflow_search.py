"""The full-text search over workflows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

# The terms must be those that the service looks up, so they are made by the same function.
from models.search_terms import document

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BATCH = 1_000

# Without positions, because terms are only looked up one by one; with the prefixes that people type, because
# SQLite would have to merge every term that begins with one. The content stays in the table.
FTS5 = """
CREATE VIRTUAL TABLE workflow_search_index USING fts5(
    document,
    workflow_id UNINDEXED,
    content='workflow_search',
    content_rowid='number',
    detail=none,
    prefix='2 3 4 5 6 7 8 9 10 11 12 13 14 15 16',
    tokenize="unicode61 remove_diacritics 0 tokenchars '_.'"
)
"""
ADD = "INSERT INTO workflow_search_index (rowid, document) VALUES (new.number, new.document);"
REMOVE = """
INSERT INTO workflow_search_index (workflow_search_index, rowid, document) VALUES ('delete', old.number, old.document);
"""
TRIGGERS = {"insert": ADD, "delete": REMOVE, "update": REMOVE + ADD}


def upgrade() -> None:
    op.create_table(
        "workflow_search",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("document", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["workflow_id"], ["workflow.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_workflow_search")),
        sa.UniqueConstraint("workflow_id", name=op.f("uq_workflow_search_workflow_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FTS5)
        for event, statements in TRIGGERS.items():
            op.execute(
                f"CREATE TRIGGER workflow_search_{event} AFTER {event} ON workflow_search BEGIN {statements} END"
            )
        _index_existing()
    else:
        _index_existing()  # a GIN index is built faster over rows than row by row
        op.create_index(
            "workflow_search_index",
            "workflow_search",
            ["document"],
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},  # or every search would read what the index has put off
        )
        op.execute("ANALYZE workflow_search")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE workflow_search_index")
    op.drop_table("workflow_search")


def _index_existing() -> None:
    workflow = sa.table(
        "workflow",
        *(sa.column(name) for name in ("id", "tenant", "name", "description", "created_at", "deleted_at")),
        sa.column("tags", sa.JSON()),
    )
    search = sa.table(
        "workflow_search",
        sa.column("workflow_id"),
        sa.column("document", sa.Text().with_variant(TSVECTOR(), "postgresql")),
    )
    existing = sa.select(workflow).where(workflow.c.deleted_at.is_(None))
    existing = existing.order_by(workflow.c.created_at, workflow.c.id)
    connection = op.get_bind()
    for rows in connection.execute(existing).partitions(BATCH):
        documents = [
            {"workflow_id": row.id, "document": document(row.tenant, row.name, row.tags, row.description)}
            for row in rows
        ]
        connection.execute(sa.insert(search), documents)

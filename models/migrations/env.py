"""Alembic's entry: runs the migrations on the connection that `upgrade` hands over."""

from alembic import context

from models import tables
from models.migrations.comparison import is_described

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Workflow.metadata,
    include_name=is_described,
    render_as_batch=True,
)
context.run_migrations()

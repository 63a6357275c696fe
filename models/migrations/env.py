"""Alembic's entry: runs the migrations on the connection that `upgrade` hands over."""

from alembic import context

from models import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Workflow.metadata,
    render_as_batch=True,
)
context.run_migrations()

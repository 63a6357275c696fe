"""Alembic's entry: runs the migrations on the connection that `upgrade` hands over."""

from alembic import context

from models.migrations.comparison import is_described
from models.security_tables import ApiKey

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ApiKey.metadata,  # of all tables: this one comes last
    include_name=is_described,
    render_as_batch=True,
)
context.run_migrations()

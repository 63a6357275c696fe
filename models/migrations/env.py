"""Alembic's entry: runs the migrations on the connection that `upgrade` hands over."""

from alembic import context

from models.database.security_tables import ApiKey
from models.database.waiting_tables import Expectation
from models.migrations.comparison import is_described

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[ApiKey.metadata, Expectation.metadata],  # of all tables: these come last
    include_name=is_described,
    render_as_batch=True,
)
context.run_migrations()

"""Alembic's entry: runs the migrations on the connection that `upgrade` hands over."""

from alembic import context

from models.database.bulk_operation_tables import BulkOperationRow
from models.database.finding_tables import ExecutionLabelRow
from models.database.retention_tables import SpentKeyRow
from models.database.security_tables import ApiKeyRow
from models.database.service_tables import RegisteredServiceRow
from models.database.waiting_tables import ExpectationRow
from models.migrations.comparison import compared

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=[  # of all tables
        ApiKeyRow.metadata,
        BulkOperationRow.metadata,
        ExecutionLabelRow.metadata,
        ExpectationRow.metadata,
        RegisteredServiceRow.metadata,
        SpentKeyRow.metadata,
    ],
    render_as_batch=True,
    **compared(connection.dialect.name),
)
context.run_migrations()

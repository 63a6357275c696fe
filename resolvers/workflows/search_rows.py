"""Keeps the search index in step with the workflows, in the transaction that writes them (decision W10)."""

from sqlalchemy import Connection, delete, insert, update

from models.database.search_index import SEARCH
from models.entities.workflows import WorkflowSummary
from models.search_terms import document


def add_to_search(connection: Connection, tenant: str, workflow: WorkflowSummary) -> None:
    """Let a new workflow be found."""
    connection.execute(insert(SEARCH).values(workflow_id=workflow.id, document=_document(tenant, workflow)))


def change_in_search(connection: Connection, tenant: str, before: WorkflowSummary, after: WorkflowSummary) -> None:
    """Let a changed workflow be found by what it says now."""
    terms = _document(tenant, after)
    if terms != _document(tenant, before):
        connection.execute(update(SEARCH).where(SEARCH.c.workflow_id == after.id).values(document=terms))


def remove_from_search(connection: Connection, workflow_id: str) -> None:
    """Let a deleted workflow be found no more."""
    connection.execute(delete(SEARCH).where(SEARCH.c.workflow_id == workflow_id))


def _document(tenant: str, workflow: WorkflowSummary) -> str:
    return document(tenant, workflow.name, workflow.tags, workflow.description)

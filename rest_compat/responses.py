"""The documented response bodies (API reference): entities turned into plain JSON."""

from typing import Any

import msgspec
from litestar import Response

from models.answer_budget import MAX_ANSWER_BYTES
from models.entities import Page, WorkflowDetail, WorkflowSummary
from models.errors import AnswerTooLarge

JSON = "application/json"
Body = dict[str, Any]


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A JSON response; times are written in UTC with `Z` (decision X11). Raises `AnswerTooLarge`."""
    encoded = msgspec.json.encode(body)
    if len(encoded) > MAX_ANSWER_BYTES:
        raise AnswerTooLarge(MAX_ANSWER_BYTES)
    return Response(encoded, status_code=status, media_type=JSON, headers=headers)


def workflow_item(workflow: WorkflowSummary) -> Body:
    """The eight documented keys of a list item (decision W7)."""
    return {
        "workflow_id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "status": workflow.status,
        "created_by": workflow.created_by,
        "created_at": workflow.created_at,
        "tags": workflow.tags,
        "version": workflow.version,
    }


def workflow_body(workflow: WorkflowDetail) -> Body:
    """A whole workflow, its definition as it was sent (decision W7).

    `on_failure`, `on_exit`, `outputs` and `warnings` are there only where there are some.
    """
    body = {
        **workflow_item(workflow),
        "updated_at": workflow.updated_at,
        **workflow.definition,
        "timeout_seconds": workflow.timeout_seconds,
        "queue_timeout_seconds": workflow.queue_timeout_seconds,
        "concurrency": workflow.concurrency,
        "execution_count": workflow.execution_count,
        "last_execution": workflow.last_execution,
    }
    return body | {"warnings": workflow.warnings} if workflow.warnings else body


def pagination(page: Page) -> Body:
    """The six documented keys (decision W8)."""
    return {
        "page": page.page,
        "page_size": page.page_size,
        "total_items": page.total_items,
        "total_pages": page.total_pages,
        "has_next": page.page < page.total_pages,
        "has_previous": page.page > 1,
    }

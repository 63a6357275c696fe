"""The documented response bodies (API reference): entities turned into plain JSON."""

from typing import Any

import msgspec
from litestar import Response

from models.answer_budget import MAX_ANSWER_BYTES
from models.commands.workflows import WorkflowFields
from models.entities.pages import Page
from models.entities.workflows import WorkflowDetail
from models.errors import AnswerTooLarge
from models.words import WorkflowStatus
from models.workflow_warnings import WarningCode
from rest_compat.bodies import Body, BodyTable, Shown, is_empty, never
from rest_compat.definition_schemas import schema_of
from rest_compat.openapi_forms import (
    COUNT,
    DATE_TIME,
    MAYBE_DATE_TIME,
    MAYBE_TEXT,
    PLACE,
    TEXT,
    array,
    ref,
    words,
)

JSON = "application/json"
DEFINITION_PARTS = frozenset({"on_failure", "on_exit", "outputs"})
"""Left out where they are empty."""


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A JSON response; times are written in UTC with `Z` (decision X11). Raises `AnswerTooLarge`."""
    encoded = msgspec.json.encode(body)
    if len(encoded) > MAX_ANSWER_BYTES:
        raise AnswerTooLarge(MAX_ANSWER_BYTES)
    return Response(encoded, status_code=status, media_type=JSON, headers=headers)


def _of_definition(name: str) -> Shown:
    schema = schema_of(WorkflowFields.model_fields[name].annotation)
    return Shown(schema, left_out=is_empty if name in DEFINITION_PARTS else never)


WORKFLOW_ITEM = BodyTable(
    {
        "workflow_id": Shown(TEXT, "id"),
        "name": Shown(TEXT),
        "description": Shown(MAYBE_TEXT),
        "status": Shown(words(WorkflowStatus)),
        "created_by": Shown(TEXT),
        "created_at": Shown(DATE_TIME),
        "tags": Shown(array(TEXT)),
        "version": Shown(TEXT),
    }
)
"""The eight documented keys of a list item (decision W7)."""

WARNING = BodyTable({"code": Shown(words(WarningCode)), "message": Shown(TEXT), "path": Shown(PLACE)})
"""One warning; its path leads from the workflow down."""


def _warning_texts(workflow: WorkflowDetail) -> list[str]:
    return [warning.message for warning in workflow.warnings]


def _warning_details(workflow: WorkflowDetail) -> list[Body]:
    return [WARNING.of(warning) for warning in workflow.warnings]


WORKFLOW = BodyTable(
    {
        **WORKFLOW_ITEM.keys,
        "updated_at": Shown(DATE_TIME),
        **{name: _of_definition(name) for name in WorkflowFields.model_fields if name not in WORKFLOW_ITEM.keys},
        "execution_count": Shown(COUNT),
        "last_execution": Shown(MAYBE_DATE_TIME),
        "warnings": Shown(array(TEXT), _warning_texts, left_out=is_empty),
        "warning_details": Shown(array(ref("WorkflowWarning")), _warning_details, left_out=is_empty),
    }
)
"""A whole workflow, its definition as it was sent (decision W7). A part that may be left out is not there empty."""


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

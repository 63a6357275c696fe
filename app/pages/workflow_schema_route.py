"""The route of the JSON Schema of a workflow."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from app.files.workflow_schema import encoded
from app.pages.page_sign_in import Admit


def workflow_schema_route(admit: Admit) -> HTTPRouteHandler:
    """The route, for whoever may see the pages: it tells which action types are installed."""

    @get("/workflow.schema.json")
    async def read_workflow_schema(request: Request[Any, Any, Any]) -> Response[Any]:
        """Answer the schema."""
        refused = await admit(request)
        if refused is not None:
            return refused
        return Response(await asyncio.to_thread(encoded), media_type="application/schema+json")

    return read_workflow_schema

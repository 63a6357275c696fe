"""The front door: leads browsers to the pages, and tells programs where the edges are."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from rest_compat.responses import json_response

SEE_OTHER = 303
HOME = "/graphql"
EDGES = {
    "graphql": "/graphql",
    "rest": "/workflows",
    "docs": "/docs",
    "openapi": "/openapi.json",
    "health": "/workflows/health",
}


def front_page_route(root_path: str) -> HTTPRouteHandler:
    """The route of `/`, which says nothing that needs a credential."""
    edges = {"name": "Orchestrator"} | {name: root_path + path for name, path in EDGES.items()}

    @get("/", sync_to_thread=False)
    def lead_on(request: Request[Any, Any, Any]) -> Response[Any]:
        """Answer where to go."""
        if "text/html" in request.headers.get("accept", ""):
            return Response(b"", status_code=SEE_OTHER, headers={"Location": HOME, "Vary": "Accept"})
        answered = json_response(edges)
        answered.headers["Vary"] = "Accept"
        return answered

    return lead_on

"""The front door: browsers get the console, and programs are told where the edges are."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from app.pages.console_routes import CONSOLE_HEADERS
from app.pages.page_sign_in import Admit
from rest_compat.responses import json_response

EDGES = {
    "console": "/",
    "graphql": "/graphql",
    "rest": "/workflows",
    "docs": "/docs",
    "openapi": "/openapi.json",
    "health": "/workflows/health",
}


def front_page_route(console: bytes, admit: Admit, root_path: str) -> HTTPRouteHandler:
    """The route of `/`; what programs are told needs no credential."""
    edges = {"name": "Orchestrator"} | {name: root_path + path for name, path in EDGES.items()}

    @get("/")
    async def front_page(request: Request[Any, Any, Any]) -> Response[Any]:
        """Answer the console, or where to go."""
        if "text/html" in request.headers.get("accept", ""):
            return await admit(request) or Response(console, media_type="text/html", headers=CONSOLE_HEADERS)
        answered = json_response(edges)
        answered.headers["Vary"] = "Accept"
        return answered

    return front_page

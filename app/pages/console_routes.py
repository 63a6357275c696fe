"""Serves the built pages: the console, the REST API's page and the assets; GraphiQL goes to the GraphQL route."""

import asyncio
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.console.pages import CONTENT_SECURITY_POLICY, STRICT_CONTENT_SECURITY_POLICY, ConsolePages
from app.pages.page_sign_in import Admit
from models.errors import NotFound

FOLDER = Path(__file__).parents[1] / "console" / "dist"

PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-store",
    "Vary": "Accept",
}
CONSOLE_HEADERS = PAGE_HEADERS | {"Content-Security-Policy": STRICT_CONTENT_SECURITY_POLICY}
FOREVER = "private, max-age=31536000, immutable"
"""An asset's name holds a hash of its content, so what a name stands for never changes."""


def console_route(page: bytes, admit: Admit) -> HTTPRouteHandler:
    """The route of the console's pages but for its first one, which is at `/`: the page tells them apart itself."""

    @get(["/ui", "/ui/{place:path}"])
    async def console(request: Request[Any, Any, Any]) -> Response[Any]:
        """Answer the page, whatever its address names."""
        return await admit(request) or Response(page, media_type="text/html", headers=CONSOLE_HEADERS)

    return console


def docs_route(pages: ConsolePages, admit: Admit) -> HTTPRouteHandler:
    """The route of the REST API's interactive documentation."""

    @get("/docs")
    async def docs(request: Request[Any, Any, Any]) -> Response[Any]:
        """Answer the page; what it shows, it reads from `/openapi.json`."""
        return await admit(request) or Response(pages.docs, media_type="text/html", headers=PAGE_HEADERS)

    return docs


def asset_route(pages: ConsolePages, admit: Admit) -> HTTPRouteHandler:
    """The route of the pages' scripts, styles and workers."""

    @get("/graphql/assets/{name:str}")
    async def asset(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[Any]:
        """Answer one built file in the smallest form that the browser takes."""
        refused = await admit(request)
        if refused is not None:
            return refused
        found = await asyncio.to_thread(pages.asset, name, request.headers.get("accept-encoding", ""))
        if found is None:
            raise NotFound(f"No such file: {name}")
        headers = {
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "Cache-Control": FOREVER,
            "Vary": "Accept-Encoding",
        }
        if found.encoding:
            headers["Content-Encoding"] = found.encoding
        return Response(found.body, media_type=found.media_type, headers=headers)

    return asset

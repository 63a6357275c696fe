"""The route of the OpenAPI document."""

from functools import cache

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from rest_compat.openapi import JSON, encoded


def openapi_route(served_at: str) -> HTTPRouteHandler:
    """The route; the document names the address or the path at which the service is, where that was said."""
    described = cache(encoded)

    @get("/openapi.json", sync_to_thread=False)
    def read_openapi() -> Response[bytes]:
        """Answer the document; it says nothing that needs a credential."""
        return Response(described(served_at), media_type=JSON)

    return read_openapi

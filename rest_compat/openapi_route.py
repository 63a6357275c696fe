"""The route of the OpenAPI document."""

from litestar import Response, get

from rest_compat.openapi import JSON, encoded


@get("/openapi.json", sync_to_thread=False)
def read_openapi() -> Response[bytes]:
    """Answer the document; it says nothing that needs a credential."""
    return Response(encoded(), media_type=JSON)

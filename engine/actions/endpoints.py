"""What a path below the URL of a service may be: nothing in it leads elsewhere."""

import re
from urllib.parse import unquote

from engine.core.failure import ActionFailed
from models.words import ActionErrorCode

UNSAFE_ENDPOINT = re.compile(r"[\x00-\x20\x7f\\#]|//|@")
UNSAFE_DECODED = re.compile(r"[\x00-\x1f\x7f\\]|//")

ENDPOINT_SAYS = (
    "A path below the URL of the service, and a query. What an expression within it brings is percent-encoded."
)


def safe_endpoint(endpoint: str) -> str:
    """Return a path below the service's base URL, or refuse what could lead elsewhere (FAULTS S7)."""
    path = unquote(endpoint.partition("?")[0])
    segments = [segment.partition(";")[0] for segment in path.split("/")]
    segments_are_names = not {".", ".."}.intersection(segments)
    if UNSAFE_ENDPOINT.search(endpoint) or UNSAFE_DECODED.search(path) or not segments_are_names or ":" in segments[0]:
        raise ActionFailed(
            ActionErrorCode.INVALID_CONFIG,
            f"endpoint {endpoint!r} must be a path such as /fetch, without '//', '.', '..', '@', '#' or white space",
        )
    return rooted(endpoint)


def rooted(endpoint: str) -> str:
    """The endpoint with the slash at its beginning."""
    return endpoint if endpoint.startswith("/") else f"/{endpoint}"

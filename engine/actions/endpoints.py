"""What a path below the URL of a service may be: nothing in it leads elsewhere."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from engine.core.failure import ActionFailed
from models.words import ActionErrorCode

SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*://")
PORTS = {"http": 80, "https": 443}
UNSAFE_ENDPOINT = re.compile(r"[\x00-\x20\x7f\\#]|//|@")
UNSAFE_DECODED = re.compile(r"[\x00-\x1f\x7f\\]|//")

ENDPOINT_SAYS = (
    "A path below the URL of the service, and a query. What an expression within it brings is percent-encoded."
)


def below(base: str, endpoint: str) -> str:
    """An endpoint that an answer gave as a whole URL, as what stands behind the base; what is no URL as it is.

    Raises `ActionFailed` where it does not lie below the base.
    """
    if not SCHEME.match(endpoint):
        return endpoint
    known = urlsplit(base)
    path = known.path.rstrip("/")
    try:
        url = urlsplit(endpoint)
        is_below = _origin(url) == _origin(known) and f"{url.path}/".startswith(f"{path}/") and url.username is None
    except ValueError:
        is_below = False
    if not is_below:
        raise ActionFailed(
            ActionErrorCode.INVALID_CONFIG,
            f"endpoint {endpoint!r} is a URL that does not lie below that of the service: name the service where it is",
        )
    rest = url.path.removeprefix(path).replace("@", "%40")
    # These could not lead elsewhere from a query, and mean the same in it once they are encoded.
    query = url.query.replace("@", "%40").replace("//", "%2F%2F")
    return f"{rest}?{query}" if query else rest or "/"


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    scheme = url.scheme.lower()
    return scheme, url.hostname, url.port or PORTS.get(scheme)


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

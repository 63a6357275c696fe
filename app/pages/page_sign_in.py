"""Lets an operator's browser see the built pages in production, by the sign-in that browsers have themselves.

The password is an API key or a bearer token. Once given, a browser sends it with everything by itself, so it counts
for the pages alone: it is taken out of each request before anything else could take it for a credential (FAULTS S13).
"""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from models.errors import Unauthenticated
from resolvers.access.quota import QuotaBudget
from resolvers.context import EdgeGate

KEY_BEGINNING = "orc_"
SCHEME = b"basic "
PASSWORD = "page_password"  # noqa: S105 - where in the state of a request the password is kept

CHALLENGE = {"WWW-Authenticate": 'Basic realm="Orchestrator", charset="UTF-8"'}
EXPLANATION = "Sign in to see this page: with any user name, and an API key or a bearer token as the password."

PageRequest = Request[Any, Any, Any]
Admit = Callable[[PageRequest], Awaitable[Response[str] | None]]
"""Gives None to whoever may see a page, to others what they get in its place."""


async def everybody(request: PageRequest) -> Response[str] | None:
    """Admit anybody, as the test environment does."""
    del request
    return None


async def signed_in(request: PageRequest) -> Response[str] | None:
    """Admit whoever has a credential: what its operations have used up keeps nobody from a page.

    Raises `RateLimited`, and what else keeps it from being judged.
    """
    return await _admit(request, is_charged=True)


async def signed_in_for_assets(request: PageRequest) -> Response[str] | None:
    """The same for the files of a page, of which there are dozens: they are free (decision X5)."""
    return await _admit(request, is_charged=False)


def with_page_sign_in(app: ASGIApp) -> ASGIApp:
    """The application with passwords of pages kept apart from the headers of requests."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in (ScopeType.HTTP, ScopeType.WEBSOCKET):
            passwords = [value for name, value in scope["headers"] if _is_password(name, value)]
            if passwords:
                scope["headers"] = [header for header in scope["headers"] if not _is_password(*header)]
                scope["state"][PASSWORD] = _password(passwords[0])
        await app(scope, receive, send)

    return asgi


async def _admit(request: PageRequest, *, is_charged: bool) -> Response[str] | None:
    gate: EdgeGate = request.scope["state"]["service"].gate
    state = request.scope["state"]
    headers = _credential(state[PASSWORD]) if PASSWORD in state else request.headers
    try:
        ctx = await gate.context(headers, state["origin"], is_charged=is_charged, budget=QuotaBudget.PAGES)
    except Unauthenticated:
        return _sign_in()
    return None if ctx.viewer is not None else _sign_in()


def _sign_in() -> Response[str]:
    return Response(EXPLANATION, status_code=401, media_type="text/plain", headers=CHALLENGE)


def _credential(password: str) -> dict[str, str]:
    if password.startswith(KEY_BEGINNING):
        return {"x-api-key": password}
    return {"authorization": f"Bearer {password}"}


def _is_password(name: bytes, value: bytes) -> bool:
    return name == b"authorization" and value[: len(SCHEME)].lower() == SCHEME


def _password(value: bytes) -> str:
    """What follows the user's name; empty, which no credential is, where it cannot be read."""
    try:
        return b64decode(value[len(SCHEME) :], validate=True).decode().partition(":")[2]
    except ValueError:
        return ""

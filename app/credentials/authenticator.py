"""From request headers to the viewer: the strongest credential that is sent decides (decision X3)."""

from collections.abc import Awaitable, Callable, Mapping

from models.commands.validation import BAD_TEXT
from models.errors import Unauthenticated
from models.tenants import DEFAULT_TENANT
from models.words import Role
from resolvers.context import Authenticate, Viewer

MAX_USER_ID = 200
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

Check = Callable[[str], Awaitable[Viewer]]
"""Takes a credential as it was sent. Raises `Unauthenticated`, and `Unavailable` where it cannot be judged now."""


def authenticator(check_token: Check, check_key: Check, *, trusts_user_header: bool) -> Authenticate:
    """The function that turns headers into a viewer. A bad stronger credential never falls through."""

    async def authenticate(headers: Mapping[str, str]) -> Viewer | None:
        authorization = headers.get("authorization")
        if authorization is not None:
            return await check_token(_token(authorization))
        key = headers.get("x-api-key")
        if key is not None:
            return await check_key(key)
        user_id = headers.get("x-user-id")
        if user_id is None:
            return None
        if not trusts_user_header:
            raise Unauthenticated(
                "X-User-ID is a credential in the test environment on a loopback address only: "
                "send Authorization: Bearer <token> or X-API-Key"
            )
        if any(name in headers for name in PROXY_HEADERS):
            raise Unauthenticated(
                "X-User-ID is no credential for what comes through a proxy, which may be from another machine: send "
                "Authorization: Bearer <token> ('orchestrator token' prints one), or go without the proxy"
            )
        return Viewer(checked_user_id(user_id), DEFAULT_TENANT, Role.EDITOR)

    return authenticate


def checked_user_id(user_id: str) -> str:
    """The user's id as it is. Raises `Unauthenticated` where it is none."""
    if not user_id.strip() or len(user_id) > MAX_USER_ID or BAD_TEXT.search(user_id):
        raise Unauthenticated(f"A user id has 1 to {MAX_USER_ID} characters")
    return user_id


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("This Authorization header is not accepted here: send Authorization: Bearer <token>")
    return token.strip()

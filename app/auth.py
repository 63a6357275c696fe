"""Credentials: from request headers to the viewer; the strongest that is sent decides (decisions X3, X12)."""

import re
from collections.abc import Mapping
from typing import Any

import jwt

from app.settings import Settings
from models.errors import Unauthenticated
from models.validation import BAD_TEXT
from models.words import Role
from resolvers.context import DEFAULT_TENANT, Authenticate, Viewer

LEEWAY_SECONDS = 30
REQUIRED_CLAIMS = ["sub", "exp", "iat", "iss", "aud"]
ROLE_ORDER = (Role.ADMIN, Role.EDITOR, Role.OPERATOR, Role.VIEWER)
MAX_USER_ID = 200
TENANT = re.compile(r"[A-Za-z0-9._-]{1,100}")


def authenticator(settings: Settings) -> Authenticate:
    """Return the function that turns headers into a viewer. A bad stronger credential never falls through."""

    async def authenticate(headers: Mapping[str, str]) -> Viewer | None:
        authorization = headers.get("authorization")
        if authorization is not None:
            return _bearer(authorization, settings)
        if headers.get("x-api-key") is not None:
            raise Unauthenticated("This API key is not known")
        user_id = headers.get("x-user-id")
        if user_id is None:
            return None
        if not settings.trusts_user_header:
            raise Unauthenticated("X-User-ID is a credential in the test environment on a loopback address only")
        return Viewer(_checked_user_id(user_id), DEFAULT_TENANT, Role.EDITOR)

    return authenticate


def _bearer(authorization: str, settings: Settings) -> Viewer:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not settings.jwt_secret:
        raise Unauthenticated("This Authorization header is not accepted here: bearer tokens need a configured key")
    try:
        claims = jwt.decode(
            token.strip(),
            settings.jwt_secret,
            algorithms=["HS256"],
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED_CLAIMS},
        )
    except jwt.InvalidTokenError as error:
        raise Unauthenticated(f"The bearer token is not valid: {error}") from None
    return _viewer(claims)


def _viewer(claims: Mapping[str, Any]) -> Viewer:
    tenant, roles = claims.get("tenant", DEFAULT_TENANT), claims.get("roles", [Role.VIEWER])
    if not isinstance(tenant, str) or not TENANT.fullmatch(tenant) or not isinstance(roles, list):
        raise Unauthenticated(
            "The bearer token is not valid: tenant is a plain word of at most 100 characters, roles is a list"
        )
    if "scope" in claims:
        # Taking the token and not its limits would give more than was granted.
        raise Unauthenticated("Tokens with a scope are not supported yet: use roles")
    strongest = next((role for role in ROLE_ORDER if role in roles), Role.VIEWER)
    return Viewer(_checked_user_id(claims["sub"]), tenant, strongest)


def _checked_user_id(user_id: str) -> str:
    if not user_id.strip() or len(user_id) > MAX_USER_ID or BAD_TEXT.search(user_id):
        raise Unauthenticated(f"A user id has 1 to {MAX_USER_ID} characters")
    return user_id

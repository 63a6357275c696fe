"""What the claims of a verified token say: for how long it is good, and who it stands for (decision X12)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.credentials.authenticator import checked_user_id
from models.commands.validation import BAD_TEXT
from models.errors import Unauthenticated
from models.tenants import DEFAULT_TENANT, TENANT
from models.words import CredentialKind, Permission, Role, highest_role
from resolvers.access.permissions import scope_of
from resolvers.context import Viewer

LEEWAY = timedelta(seconds=30)
"""By so much the clock of whoever signed a token may differ from ours."""

MAX_REASON = 200
REPLACED = "\ufffd"
FAR_AWAY = 2**53
"""No time is so far from 1970; a number may be."""


def viewer_of(claims: Mapping[str, Any], now: datetime, max_life_seconds: int) -> Viewer:
    """The viewer of a token whose signature, issuer and audience are right. Raises `Unauthenticated`."""
    return Viewer(
        user_id=checked_user_id(claims["sub"]),
        tenant=_tenant(claims),
        role=_role(claims),
        scope=_scope(claims),
        credential=CredentialKind.BEARER,
        expires_at=_end(claims, now, max_life_seconds),
    )


def _end(claims: Mapping[str, Any], now: datetime, max_life_seconds: int) -> datetime:
    """The moment from which on the token is not taken, leeway included."""
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    if not 0 < expires - issued <= max_life_seconds:
        raise refused(f"from iat to exp it may be good for at most {max_life_seconds} seconds")
    present, leeway = now.timestamp(), LEEWAY.total_seconds()
    if expires + leeway <= present:
        raise refused("it has expired")
    if issued - leeway > present:
        raise refused("its iat is in the future")
    if "nbf" in claims and _seconds(claims, "nbf") - leeway > present:
        raise refused("it is not valid yet")
    return datetime.fromtimestamp(expires, UTC) + LEEWAY


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    """A moment in seconds since 1970."""
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < FAR_AWAY:
        raise refused(f"{name} is no number of seconds")
    return value


def _tenant(claims: Mapping[str, Any]) -> str:
    tenant = claims.get("tenant", DEFAULT_TENANT)
    if not isinstance(tenant, str) or not TENANT.fullmatch(tenant):
        raise refused("tenant is a plain word of at most 100 characters")
    return tenant


def _role(claims: Mapping[str, Any]) -> Role:
    roles = claims.get("roles", [Role.VIEWER])
    if not isinstance(roles, list):
        raise refused("roles is a list")
    return highest_role(roles)


def _scope(claims: Mapping[str, Any]) -> frozenset[Permission] | None:
    if "scope" not in claims:
        return None
    scope = claims["scope"]
    if not isinstance(scope, str):
        raise refused("scope is a text of words between spaces")
    return scope_of(scope.split())


def refused(reason: str) -> Unauthenticated:
    """The refusal of a token. The reason may quote it, and then must not spoil the answer."""
    return Unauthenticated(f"The bearer token is not valid: {BAD_TEXT.sub(REPLACED, reason)[:MAX_REASON]}")

"""Signs bearer tokens with the configured secret: for the command line, and for tests of clients."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.credentials.token_keys import SECRET_KID, secret_key
from app.credentials.token_secret import token_secret
from app.settings.settings import PREFIX, Settings, SettingsError


def signed_token(
    settings: Settings,
    *,
    user_id: str,
    tenant: str,
    roles: Sequence[str],
    scope: Sequence[str],
    now: datetime,
    life: timedelta,
) -> str:
    """A token that a server with the same settings takes. An empty scope is none, and does not narrow.

    Raises `SettingsError` where there is no secret, or the token would be good for too long.
    """
    secret = token_secret(settings)
    if secret is None:
        raise SettingsError(f"no secret signs tokens here: set {PREFIX}JWT_SECRET, or ask who holds the keys")
    if not timedelta(0) < life <= timedelta(seconds=settings.jwt_max_life_seconds):
        raise SettingsError(
            f"a token is good for 1 to {settings.jwt_max_life_seconds} seconds here: see {PREFIX}JWT_MAX_LIFE_SECONDS"
        )
    issued = int(now.timestamp())
    claims = {
        "iss": settings.jwt_issuer,
        "aud": settings.jwt_audience,
        "sub": user_id,
        "tenant": tenant,
        "roles": list(roles),
        "iat": issued,
        "exp": issued + int(life.total_seconds()),
    }
    if scope:
        claims["scope"] = " ".join(scope)
    key = secret_key(secret)
    import jwt  # with all of cryptography: a server that signs none need not load it

    signed: str = jwt.encode(claims, key.key, key.algorithm, headers={"kid": SECRET_KID})
    return signed

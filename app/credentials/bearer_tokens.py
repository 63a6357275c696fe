"""Checks bearer tokens by the rules of RFC 8725 (FAULTS S3)."""

from typing import Any

import msgspec

from app.credentials.claims import refused, viewer_of
from app.credentials.key_ring import KeyRing
from engine.core.clock import Clock
from resolvers.context import Viewer

MAX_LENGTH = 16_384
REQUIRED_CLAIMS = ["sub", "exp", "iat", "iss", "aud"]
ANOTHER_SERVERS = "it was signed by another key than this server's: make it with the settings of this server"
NO_JWT = "it is no JWT: make one by 'orchestrator token', or send an API key as X-API-Key"
TYPES = frozenset({"jwt", "at+jwt"})


class BearerTokens(msgspec.Struct, frozen=True, kw_only=True):
    """Takes tokens that a key of `keys` has signed, for us as the audience, with a life that is not too long."""

    keys: KeyRing
    clock: Clock
    issuer: str
    audience: str
    max_life_seconds: int

    async def check(self, token: str) -> Viewer:
        """The viewer that a token names. Raises `Unauthenticated`, `Unavailable`."""
        import jwt  # with all of cryptography: who is sent no token need not load it

        if len(token) > MAX_LENGTH or not token.isascii():
            raise refused(f"a token has at most {MAX_LENGTH} characters, all of them ASCII")
        key = await self.keys.find(_kid(token))
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm],
                issuer=self.issuer,
                audience=self.audience,
                # Times are judged by the injected clock, and more strictly: see `claims`.
                options={"require": REQUIRED_CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.InvalidSignatureError:
            raise refused(ANOTHER_SERVERS) from None
        except jwt.InvalidTokenError as error:
            raise refused(str(error)) from None
        viewer = viewer_of(claims, self.clock.now(), self.max_life_seconds)
        return msgspec.structs.replace(viewer, proof=key.fingerprint)


def _kid(token: str) -> str | None:
    """The name of its key in the header, of which nothing else decides anything. Raises `Unauthenticated`."""
    import jwt

    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except jwt.DecodeError:
        raise refused(NO_JWT) from None
    except jwt.InvalidTokenError as error:
        raise refused(str(error)) from None
    if "crit" in header:
        raise refused("its header has crit, and no extension is understood here")
    kind = header.get("typ")
    if kind is not None and (not isinstance(kind, str) or kind.lower().removeprefix("application/") not in TYPES):
        raise refused("its typ is neither JWT nor at+jwt")
    kid: str | None = header.get("kid")
    return kid

"""Finds the configured key that a token names: nothing that the token itself brings is ever a key (RFC 8725, 3.10)."""

from collections.abc import Sequence

from app.credentials.fetched_keys import FetchedKeys
from app.credentials.token_keys import TokenKey
from models.errors import Unauthenticated, Unavailable

NO_KEYS = "Bearer tokens are not accepted here: that needs a configured key"
NEEDS_KID = "The bearer token is not valid: there are several keys here, so its header must name one by its kid"
NOT_FETCHED = "The keys of bearer tokens cannot be fetched at the moment: try again soon"
WITHDRAWN = "The key that signed this bearer token is not accepted here any more"
UNKNOWN_KID = "The bearer token is not valid: the kid in its header is that of no key here"


class KeyRing:
    """The keys of this machine, and those that are fetched."""

    def __init__(self, own: Sequence[TokenKey], fetched: FetchedKeys | None) -> None:
        self._own = tuple(own)
        self._fetched = fetched

    async def find(self, kid: str | None) -> TokenKey:
        """The key; without a `kid` the only one. One that is not known may be new: then the keys are fetched anew.

        Raises `Unauthenticated` where there is no such key, `Unavailable` where nobody can say.
        """
        if not self._own and self._fetched is None:
            raise Unauthenticated(NO_KEYS)
        if kid is None and self._own and self._fetched is not None:
            raise Unauthenticated(NEEDS_KID)
        key = self._known(kid)
        if key is None and self._fetched is not None:
            await self._fetched.renew()
            key = self._known(kid)
            if key is None and self._fetched.known() is None:
                raise Unavailable(NOT_FETCHED)
        if key is None:
            raise Unauthenticated(UNKNOWN_KID)
        return key

    async def require(self, fingerprint: str | None) -> None:
        """Raise `Unauthenticated` where the key with a fingerprint is no longer here, `Unavailable` where nobody can
        say.
        """
        if any(key.fingerprint == fingerprint for key in self._all()):
            return
        if self._fetched is not None:
            await self._fetched.renew()
            if any(key.fingerprint == fingerprint for key in self._all()):
                return
            if self._fetched.known() is None:
                raise Unavailable(NOT_FETCHED)
        raise Unauthenticated(WITHDRAWN)

    def _all(self) -> tuple[TokenKey, ...]:
        return (*self._own, *((self._fetched and self._fetched.known()) or ()))

    def _known(self, kid: str | None) -> TokenKey | None:
        keys = self._all()
        if kid is not None:
            return next((key for key in keys if key.kid == kid), None)
        if len(keys) > 1:
            raise Unauthenticated(NEEDS_KID)
        return keys[0] if keys else None

"""Finds the configured key that a token names: nothing that the token itself brings is ever a key (RFC 8725, 3.10)."""

from collections.abc import Sequence

from app.credentials.fetched_keys import FetchedKeys
from app.credentials.token_keys import TokenKey
from models.errors import Unauthenticated, Unavailable

NO_KEYS = "Bearer tokens are not accepted here: that needs a configured key"
NEEDS_KID = "The bearer token is not valid: there are several keys here, so its header must name one by its kid"
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
                raise Unavailable("The keys of bearer tokens cannot be fetched at the moment: try again soon")
        if key is None:
            raise Unauthenticated(UNKNOWN_KID)
        return key

    def _known(self, kid: str | None) -> TokenKey | None:
        fetched = None if self._fetched is None else self._fetched.known()
        keys = (*self._own, *(fetched or ()))
        if kid is not None:
            return next((key for key in keys if key.kid == kid), None)
        if len(keys) > 1:
            raise Unauthenticated(NEEDS_KID)
        return keys[0] if keys else None

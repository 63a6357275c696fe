"""Gives actions the values of secrets, at the moment of the call and not before."""

import asyncio
from collections.abc import Mapping, Set
from functools import partial

from engine.core.failure import ActionFailed
from engine.definition.link_references import link_name
from engine.secrets.approval_links import ExecutionLinks, WantedLinks
from engine.secrets.cipher import Sealed, SecretCipher, SecretPlace, SecretUnreadable
from engine.secrets.rows import read_sealed
from models.database.database import Database
from models.errors import Unavailable
from models.words import ActionErrorCode

RETRY_SECONDS = 0.25


class SecretStore:
    """The tenants' secrets: encrypted in the database, in the clear only in the hands of who uses them."""

    def __init__(self, database: Database, cipher: SecretCipher, links: ExecutionLinks | None = None) -> None:
        self.cipher = cipher
        self._database = database
        self._links = links

    async def values(self, tenant: str, needed: Set[str], others: Set[str] = frozenset()) -> dict[str, str]:
        """The values of the `needed` secrets and, as far as they can be read, of `others`, by name; in one read.

        Links, which are made and not kept, are left out: see `link_values`. While the database is away this waits.
        Raises `ActionFailed` with EXPRESSION_ERROR where a needed one does not exist, and with SECRET_UNREADABLE where
        it cannot be decrypted.
        """
        needed = frozenset(name for name in needed if link_name(name) is None)
        stored = needed | {name for name in others if link_name(name) is None}
        found = await self._sealed(tenant, stored) if stored else {}
        values: dict[str, str] = {}
        for name in sorted(needed | found.keys()):
            try:
                values[name] = self._value(name, found)
            except ActionFailed:
                if name in needed:
                    raise
        return values

    async def link_values(self, wanted: WantedLinks) -> dict[str, str]:
        """The links to approvals that are wanted, by name: see `ExecutionLinks.values`. Raises `ActionFailed`."""
        return await self._links.values(wanted) if self._links is not None and wanted.hides else {}

    async def revoked_links(self, wanted: WantedLinks) -> frozenset[str]:
        """The names of those links that are used and were revoked. While the database is away this waits."""
        return await self._links.revoked(wanted) if self._links is not None and wanted.uses else frozenset()

    def _value(self, name: str, found: Mapping[str, tuple[SecretPlace, Sealed]]) -> str:
        if name not in found:
            raise ActionFailed(
                ActionErrorCode.EXPRESSION_ERROR,
                f"'{{{{secrets.{name}}}}}' has no value: there is no secret '{name}', set it with setSecret",
            )
        place, sealed = found[name]
        try:
            return self.cipher.open(sealed, place)
        except SecretUnreadable as error:
            message = f"the secret '{name}' cannot be read: {error}"
            raise ActionFailed(ActionErrorCode.SECRET_UNREADABLE, message) from None

    async def _sealed(self, tenant: str, names: Set[str]) -> Mapping[str, tuple[SecretPlace, Sealed]]:
        while True:
            try:
                return await self._database.read(partial(read_sealed, tenant=tenant, names=names))
            except Unavailable:
                await asyncio.sleep(RETRY_SECONDS)

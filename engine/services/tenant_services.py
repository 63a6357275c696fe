"""The services that admins registered, in memory as the rows say, and read anew when these have changed."""

from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.secrets.cipher import SecretCipher, SecretUnreadable
from engine.secrets.redaction import Redactor
from engine.services.credentials import credentials
from engine.services.gates import ServiceGate
from engine.services.outbound import Outbound
from engine.services.registry import Service
from engine.services.rows import StoredService, opened, read_services
from models.database.database import Database
from models.words import ActionErrorCode

Name = tuple[str, str]
"""A tenant, and the name of a service."""


class OpenedService(msgspec.Struct, frozen=True):
    """A service with what is encrypted of it, and what of that no answer may bring back."""

    service: Service
    credentials: Redactor


class TenantServices:
    """Those of all tenants. `outbound` reaches them: it connects to the addresses alone that the operator allows."""

    def __init__(self, database: Database, cipher: SecretCipher, clock: Clock, outbound: Outbound) -> None:
        self.outbound = outbound
        self.cipher = cipher
        self._database = database
        self._clock = clock
        self._revision = -1
        self._stored: Mapping[Name, StoredService] = {}
        self._gates: Mapping[Name, ServiceGate] = {}
        self._opened: dict[Name, OpenedService] = {}
        self.trials: Mapping[Name, int] = {}
        """How often each service was tried by hand; those of the operator are of the tenant `OPERATORS`."""

    def __len__(self) -> int:
        return len(self._stored)

    async def refresh(self) -> None:
        """Read what has changed, if anything has. Raises `Unavailable`."""
        revision, found = await self._database.read(partial(read_services, known=self._revision))
        if found is not None and revision > self._revision:
            self._revision = revision
            self._take(found.services)
            self.trials = found.trials
            routes = (each.service.route for each in self._opened.values())
            tokens = (each.service.token_route for each in self._opened.values())
            await self.outbound.keep_routes({route for route in (*routes, *tokens) if route is not None})

    def gate(self, tenant: str, name: str) -> ServiceGate | None:
        """The gate of a service; None where it is not registered."""
        return self._gates.get((tenant, name))

    def opened(self, tenant: str, name: str) -> OpenedService | None:
        """A service as a whole, decrypted when it is called first. Raises `ActionFailed` (SECRET_UNREADABLE)."""
        place = (tenant, name)
        if place not in self._opened and place in self._stored:
            self._opened[place] = self._open(self._stored[place])
        return self._opened.get(place)

    def of(self, tenant: str) -> list[StoredService]:
        """Those of a tenant, as they are kept."""
        return [stored for stored in self._stored.values() if stored.tenant == tenant]

    def _open(self, stored: StoredService) -> OpenedService:
        try:
            parts = opened(self.cipher, stored)
        except SecretUnreadable as error:
            message = f"what is encrypted of service '{stored.service.name}' cannot be read: {error}"
            raise ActionFailed(ActionErrorCode.SECRET_UNREADABLE, message) from None
        service = parts.in_place(stored.service)
        return OpenedService(service, credentials(service))

    def _take(self, found: Sequence[StoredService]) -> None:
        """What has not changed keeps what is known of it: its gate as long as it is where it was, with its limits."""
        before, gates = self._stored, self._gates
        stored = {(each.tenant, each.service.name): each for each in found}
        self._gates = {
            name: gates[name]
            if name in gates and before[name].service.place == each.service.place
            else ServiceGate(each.service, self._clock)
            for name, each in stored.items()
        }
        self._opened = {name: each for name, each in self._opened.items() if stored.get(name) == before[name]}
        self._stored = stored

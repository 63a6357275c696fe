"""Which services the workflows of a tenant may call: the operator's, and beside them those of the tenant's admins."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial

import msgspec

from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from engine.secrets.redaction import Redactor
from engine.services.access_tokens import AccessTokens, token_refused
from engine.services.contents import Content
from engine.services.credentials import credentials
from engine.services.gates import Gate, GateVisit, ServiceGate, ServiceGates
from engine.services.mocks import Mock, MockServices, MockTransport
from engine.services.outbound import Outbound, Reply
from engine.services.registry import Service, ServiceRegistry
from engine.services.rows import OPERATORS
from engine.services.tenant_services import TenantServices
from models.errors import Unavailable
from models.words import ActionErrorCode


class Callee(msgspec.Struct, frozen=True):
    """A service as a call needs it: with the client that reaches it, and what of it no answer may bring back."""

    service: Service
    outbound: Outbound
    credentials: Redactor
    token: Callable[[str | None], Awaitable[str | None]] | None = None
    """Gives a token by which it is called, another than one that it refused."""

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout_seconds: float,
        content: Content | None = None,
        max_bytes: int | None = None,
        redactor: Redactor | None = None,
    ) -> Reply:
        """See `Outbound.call`; where the service takes a token it has one, a new one after a 401.

        `redactor` hides it then. Raises what that raises, and `ActionFailed` with TOKEN_REFUSED.
        """
        most = self.service.max_response_bytes if max_bytes is None else max_bytes
        send = partial(self.outbound.call, method, url, content=content, max_bytes=most, route=self.service.route)
        if self.token is None or self.service.client_credentials is None:
            return await send(headers=headers, timeout_seconds=timeout_seconds)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        refused: str | None = None
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    token = await self.token(refused)
            except TimeoutError:
                reason = f"there was none within {timeout_seconds:g} s"
                raise token_refused(self.service.name, reason, retryable=True) from None
            if redactor is not None and token is not None:
                redactor.add(f"services.{self.service.name}.token", token)
            left = max(0.0, deadline - loop.time())
            reply = await send(headers={**headers, "authorization": f"Bearer {token}"}, timeout_seconds=left)
            if reply.status != UNAUTHORIZED or refused is not None:
                return reply
            refused = token


UNAUTHORIZED = 401
MOCKED_URL = "http://mock.invalid"
"""Goes nowhere: the name can never be resolved, and the mock's transport does not try."""


class ServiceDirectory:
    """A name means the operator's service where there is one, whatever an admin has registered by it.

    All of it is in memory: to look a service up asks nobody. `mocks` are those of the test environment.
    """

    def __init__(
        self,
        services: ServiceRegistry,
        clock: Clock,
        outbound: Outbound,
        own: TenantServices | None = None,
        mocks: MockServices | None = None,
        tokens: AccessTokens | None = None,
    ) -> None:
        self.operators = services
        self.gates = ServiceGates(services, clock)
        self.own = own
        self._tokens = tokens
        self._outbound = outbound
        self._credentials = {name: credentials(service) for name, service in services.items()}
        self._mocks = mocks
        self._tried: Mapping[tuple[str, str], int] = {}

    @property
    def of_admins(self) -> int:
        """How many services admins registered, in all tenants."""
        return 0 if self.own is None else len(self.own)

    def find(self, tenant: str, name: str) -> Callee | None:
        """The service that a name means to a tenant; None: none. Raises `ActionFailed` (SECRET_UNREADABLE)."""
        service = self.operators.get(name)
        if service is not None:
            # A token of the operator's client is one for all tenants.
            return self._callee("", service, self._outbound, self._credentials[name])
        opened = None if self.own is None else self.own.opened(tenant, name)
        if self.own is None or opened is None:
            return None
        return self._callee(tenant, opened.service, self.own.outbound, opened.credentials)

    def _callee(self, tenant: str, service: Service, outbound: Outbound, hidden: Redactor) -> Callee:
        if self._tokens is None or service.client_credentials is None:
            return Callee(service, outbound, hidden)
        return Callee(service, outbound, hidden, partial(self._tokens.token, tenant, service, outbound))

    async def found(self, tenant: str, name: str) -> Callee | None:
        """The same, and where there is none a look at whether one was registered a moment ago, on another node."""
        callee = self.find(tenant, name)
        if callee is None and self.own is not None:
            with suppress(Unavailable):
                await self.refresh()
            callee = self.find(tenant, name)
        return callee

    async def address(self, tenant: str, name: str, endpoint: str) -> str:
        """Where a POST to a service goes, for people to read. Raises `ActionFailed` where there is none."""
        callee = await self.found(tenant, name)
        if callee is not None:
            return callee.service.url.rstrip("/") + endpoint
        mock = self._mocks and self._mocks.look(tenant, name, endpoint, "POST")
        if mock:
            return MOCKED_URL + endpoint
        raise not_registered(name)

    async def refresh(self) -> None:
        """Know what was registered, and tried by hand, until now. Raises `Unavailable`."""
        if self.own is not None:
            await self.own.refresh()
            before, self._tried = self._tried, self.own.trials
            for (tenant, name), _ in self._tried.items() - before.items():
                gate = self.gates.gate(name) if tenant == OPERATORS else self.own.gate(tenant, name)
                if gate is not None:
                    gate.try_now()

    def visit(self, tenant: str, name: str) -> Gate | None:
        """The gate for one attempt to call a service; None where it is not registered."""
        gate = self.gate(tenant, name)
        return None if gate is None else GateVisit(gate)

    def gate(self, tenant: str, name: str) -> ServiceGate | None:
        """The gate of a service."""
        return self.gates.gate(name) or (None if self.own is None else self.own.gate(tenant, name))

    def knows(self, tenant: str, name: str) -> bool:
        """Whether a call by this name would find somebody: a service of the operator or of the tenant, or a mock."""
        if self.gate(tenant, name) is not None:
            return True
        return self._mocks is not None and self._mocks.has(tenant, name)


def mocked_callee(mock: Mock) -> Callee:
    """What answers one call as a mock says, without a header of the service that it stands for."""
    return Callee(Service(mock.service, MOCKED_URL), Outbound(MockTransport(mock)), Redactor())


def not_registered(name: str) -> ActionFailed:
    """Why a call by a name fails that means nobody."""
    return ActionFailed(
        ActionErrorCode.SERVICE_NOT_REGISTERED,
        f"service '{name}' is not registered: register it with registerService, or add it to ORCHESTRATOR_SERVICES",
    )

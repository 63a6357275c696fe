"""The use cases of registered services: register, change and unregister one, and see which there are."""

from collections.abc import Sequence
from contextlib import suppress

import msgspec
from sqlalchemy import Connection

from engine.journal.broadcast import SERVICES
from engine.secrets.cipher import SecretUnreadable
from engine.services.addresses import address_refusal
from engine.services.gates import ServiceGate
from engine.services.registry import Route, Service, TlsIdentity
from engine.services.rows import OPERATORS, StoredService, add_service, add_trial, change_service, remove_service
from engine.services.tls import UnsoundTls, expires_at, require_sound
from models.commands.services import (
    RegisteredService,
    RegisterService,
    ServiceNameTaken,
    ServiceNotFound,
    ServiceTls,
    ShownTls,
    TokenClient,
    TokenSource,
    TryService,
    UnregisterService,
    UpdateService,
    split_proxy,
)
from models.entities.operations import GateState
from models.errors import InvalidInput, Unavailable
from models.faults import Fault
from models.words import Permission, ServiceSource
from resolvers.access.permissions import may, permits, require_overseer
from resolvers.context import Context
from resolvers.keyset import Edge, Order, Slice, Window, slice_in_memory

BY_NAME = Order(None, None, name="name", descending=False, is_text=True)


@permits(Permission.SERVICE_WRITE)
async def register_service(ctx: Context, command: RegisterService) -> RegisteredService:
    """Let the workflows of the tenant call a service from now on.

    Raises `InvalidInput` for an address that may not be called and for TLS that nothing can be done with,
    `ServiceNameTaken`, `TooManyServices`, and `SecretsNotConfigured` where it has headers, a key or a user of a proxy
    and nothing encrypts them.
    """
    user, services = ctx.user, ctx.services
    _require_allowed(ctx, command.url, command.client_credentials, command.proxy)
    _require_sound(ctx, command.tls)
    if command.name in services.directory.operators:
        raise ServiceNameTaken(command.name, by_operator=True)
    given = command.model_dump(exclude={"name"})

    def write(connection: Connection) -> StoredService:
        cipher, now = services.secrets.cipher, services.clock.now()
        stored = add_service(connection, cipher, user.tenant, command.name, given, user.user_id, now)
        _require_https(stored.service)
        ctx.audit(connection, "register_service", command.name, url=command.url, version=stored.version)
        return stored

    stored = await services.database.transaction(write)
    await _tell(ctx)
    return _of_admin(ctx, stored)


@permits(Permission.SERVICE_WRITE)
async def update_service(ctx: Context, command: UpdateService) -> RegisteredService:
    """Change a service that an admin of the tenant registered; calls from now on go by it.

    Raises `InvalidInput`, `ServiceNotFound`, `SecretsNotConfigured`.
    """
    user, services = ctx.user, ctx.services
    changes = command.changes
    _require_allowed(ctx, changes.get("url"), command.client_credentials, command.proxy)
    _require_sound(ctx, command.tls)

    def write(connection: Connection) -> StoredService:
        cipher, now = services.secrets.cipher, services.clock.now()
        try:
            stored = change_service(connection, cipher, user.tenant, command.name, changes, user.user_id, now)
        except SecretUnreadable as error:
            message = f"what is encrypted of it cannot be read, so give its headers, tls and proxy anew: {error}"
            raise InvalidInput([Fault(("body", "headers"), message, "value_error")]) from None
        _require_https(stored.service)
        details = {"changed": sorted(changes), "url": stored.service.url, "version": stored.version}
        ctx.audit(connection, "update_service", command.name, **details)
        return stored

    stored = await services.database.transaction(write)
    await _tell(ctx)
    return _of_admin(ctx, stored)


@permits(Permission.SERVICE_WRITE)
async def unregister_service(ctx: Context, command: UnregisterService) -> str:
    """Forget a service of the tenant, and return its name: calls of it fail from now on. Raises `ServiceNotFound`."""
    tenant = ctx.user.tenant

    def write(connection: Connection) -> None:
        remove_service(connection, tenant, command.name)
        ctx.audit(connection, "unregister_service", command.name)

    await ctx.services.database.transaction(write)
    await _tell(ctx)
    return command.name


@permits(Permission.WORKFLOW_EXECUTE)
async def try_service(ctx: Context, command: TryService) -> RegisteredService:
    """Let one call through to a service whose circuit is open, on this node at once and on the others in a moment: if
    it is answered, the circuit there is closed. For operators and admins. Raises `PermissionDenied`, `ServiceNotFound`.
    """
    user, name = ctx.user, command.name
    require_overseer(user)
    known = next((service for service in _all(ctx) if service.name == name and not service.is_overridden), None)
    if known is None:
        raise ServiceNotFound(name)
    tenant = OPERATORS if known.source is ServiceSource.OPERATOR else user.tenant

    def write(connection: Connection) -> None:
        add_trial(connection, tenant, name)
        ctx.audit(connection, "try_service", name, circuit=known.gate.circuit.value)

    await ctx.services.database.transaction(write)
    await _tell(ctx)
    return next((service for service in _all(ctx) if service.name == name and not service.is_overridden), known)


@permits(Permission.WORKFLOW_READ)
async def slice_services(ctx: Context, window: Window) -> Slice[RegisteredService]:
    """A slice of the services that the workflows of the tenant may call, by name."""
    edges = [Edge(service, service.name, service.source.value, BY_NAME) for service in _all(ctx)]
    return slice_in_memory(edges, BY_NAME, window)


@permits(Permission.WORKFLOW_READ)
async def count_services(ctx: Context) -> int:
    """How many there are."""
    return len(_all(ctx))


def _require_allowed(ctx: Context, url: str | None, credentials: TokenClient | None, proxy: str | None) -> None:
    token_url = None if credentials is None else credentials.token_url
    proxy_url = None if proxy is None else split_proxy(proxy)[0]
    for loc, address in ((("url",), url), (("client_credentials", "token_url"), token_url), (("proxy",), proxy_url)):
        if address is not None:
            refusal = address_refusal(loc[-1], address, ctx.services.service_networks)
            if refusal is not None:
                raise InvalidInput([Fault(("body", *loc), refusal, "value_error")])


def _require_sound(ctx: Context, tls: ServiceTls | None) -> None:
    if tls is not None:
        try:
            require_sound(TlsIdentity(**tls.model_dump()), ctx.services.clock.now())
        except UnsoundTls as error:
            raise InvalidInput([Fault(("body", "tls", error.field), str(error), "value_error")]) from None


def _require_https(service: Service) -> None:
    """Of what is not encrypted a proxy would see all, and would send it on to the name that it reads there."""
    credentials = service.client_credentials
    asked: list[tuple[tuple[str, ...], str, Route | None]] = [(("url",), service.url, service.route)]
    if credentials is not None:
        asked.append((("client_credentials", "token_url"), credentials.token_url, service.token_route))
    for loc, url, route in asked:
        if route is not None and not url.startswith("https:"):
            message = f"must be an https URL, for the service has {'tls' if route.tls is not None else 'a proxy'}"
            raise InvalidInput([Fault(("body", *loc), message, "value_error")])


async def _tell(ctx: Context) -> None:
    """Who is told that it was done finds it so on this node at once, and on the others in a moment."""
    with suppress(Unavailable):  # it is done, whoever hears of it later
        await ctx.services.directory.refresh()
    ctx.services.broadcast.publish([SERVICES])


def _all(ctx: Context) -> list[RegisteredService]:
    directory, tenant = ctx.services.directory, ctx.user.tenant
    own = [] if directory.own is None else directory.own.of(tenant)
    states = directory.gates.states()
    of_operator = [
        _shown(ctx, service, ServiceSource.OPERATOR, sorted(service.headers), states[name])
        for name, service in directory.operators.items()
    ]
    return [*of_operator, *(_of_admin(ctx, stored) for stored in own)]


def _of_admin(ctx: Context, stored: StoredService) -> RegisteredService:
    directory = ctx.services.directory
    shown = _shown(ctx, stored.service, ServiceSource.ADMIN, stored.header_names, _gate(ctx, stored))
    return msgspec.structs.replace(
        shown,
        is_overridden=stored.service.name in directory.operators,
        version=stored.version,
        created_by=stored.created_by,
        created_at=stored.created_at,
        updated_by=stored.updated_by,
        updated_at=stored.updated_at,
    )


def _gate(ctx: Context, stored: StoredService) -> GateState:
    """How this node calls it; one that was unregistered a moment ago has no gate any more."""
    own, service = ctx.services.directory.own, stored.service
    gate = None if own is None else own.gate(stored.tenant, service.name)
    return (gate or ServiceGate(service, ctx.services.clock)).state()


def _token_source(service: Service) -> TokenSource | None:
    given = service.client_credentials
    if given is None:
        return None
    return TokenSource(**{name: getattr(given, name) for name in TokenSource.__struct_fields__})


def _shown_tls(service: Service) -> ShownTls | None:
    tls = service.tls
    return None if tls is None else ShownTls(ca=tls.ca, certificate=tls.certificate, expires_at=expires_at(tls))


def _shown(
    ctx: Context, service: Service, source: ServiceSource, header_names: Sequence[str], gate: GateState
) -> RegisteredService:
    """Where it is, is for those to see who may register services."""
    sees_all = may(ctx.user, Permission.SERVICE_WRITE)
    return RegisteredService(
        name=service.name,
        source=source,
        url=service.url if sees_all else None,
        header_names=tuple(header_names) if sees_all else None,
        timeout_seconds=service.timeout_seconds,
        idempotent=service.idempotent,
        max_concurrency=service.max_concurrency,
        rate_limit=service.rate_limit,
        circuit_threshold=service.circuit_threshold,
        circuit_open_seconds=service.circuit_open_seconds,
        max_response_bytes=service.max_response_bytes,
        client_credentials=_token_source(service) if sees_all else None,
        tls=_shown_tls(service) if sees_all else None,
        proxy=service.proxy.url if sees_all and service.proxy is not None else None,
        is_overridden=False,
        gate=gate,
    )

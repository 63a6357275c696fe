"""Registered services as a GraphQL type: all but the secrets of them."""

from datetime import datetime

import strawberry

from models.commands import services
from schema.mirrors import Mirror
from schema.types.enums import ServiceSource
from schema.types.operations import GATE, ServiceGate


@strawberry.type(description="How a service is asked for tokens (OAuth 2, client credentials).")
class TokenSource:
    """All but a client secret."""

    token_url: str = strawberry.field(description="Where tokens are given.")
    client_id: str = strawberry.field(description="Who asks for one.")
    secret_name: str | None = strawberry.field(
        description="The secret of the tenant that is the client secret; null for a service of the operator."
    )
    scope: str | None = strawberry.field(description="What a token is to allow.")
    audience: str | None = strawberry.field(description="Whom a token is for.")


@strawberry.type(description="The TLS that a service has of its own.")
class ServiceTls:
    """All but a key."""

    ca: str | None = strawberry.field(description="The CAs that may vouch for it, in PEM; null: those of the machine.")
    certificate: str | None = strawberry.field(description="The certificate that it is shown, in PEM; null: none.")
    expires_at: datetime | None = strawberry.field(description="Until when that certificate holds.")


@strawberry.type(description="A service that workflows of the tenant may call by its name.")
class RegisteredService:
    """What there is to see of it."""

    name: str = strawberry.field(description="The name by which workflows call it.")
    source: ServiceSource = strawberry.field(description="Who registered it.")
    url: str | None = strawberry.field(
        description="The base below which it is called; null without the permission `service:write`."
    )
    header_names: list[str] | None = strawberry.field(
        description="The headers that every call carries, without their values, which nothing shows; null without the "
        "permission `service:write`."
    )
    timeout_seconds: float = strawberry.field(description="The total time of one call, unless the action has its own.")
    idempotent: bool = strawberry.field(description="Whether repeating any call of it can do no harm.")
    max_concurrency: int = strawberry.field(description="Calls at once on each node.")
    rate_limit: float | None = strawberry.field(description="Calls per second on each node; null: no limit.")
    circuit_threshold: int | None = strawberry.field(
        description="After so many failures in a row it is left alone; null: never."
    )
    circuit_open_seconds: float = strawberry.field(description="For so long it is left alone then.")
    max_response_bytes: int = strawberry.field(description="So much of an answer is kept.")
    client_credentials: TokenSource | None = strawberry.field(
        description="How it is asked for the token that every call carries; null: it takes none, or without the "
        "permission `service:write`."
    )
    tls: ServiceTls | None = strawberry.field(
        description="The TLS that it has of its own; null: as others have, or without the permission `service:write`."
    )
    proxy: str | None = strawberry.field(
        description="The proxy that its calls go through, without its user; null: none, or without the permission "
        "`service:write`."
    )
    is_overridden: bool = strawberry.field(
        description="Whether the operator has a service of this name, which is called in its place."
    )
    gate: ServiceGate = strawberry.field(description="How the node that answers lets calls of it through.")
    version: int | None = strawberry.field(
        description="Counts its changes, from 1; null for a service of the operator, as the rest."
    )
    created_by: str | None = strawberry.field(description="Who registered it.")
    created_at: datetime | None = strawberry.field(description="When it was registered.")
    updated_by: str | None = strawberry.field(description="Who changed it last.")
    updated_at: datetime | None = strawberry.field(description="When it was changed last.")


TOKEN_SOURCE = Mirror(TokenSource, services.TokenSource)
TLS = Mirror(ServiceTls, services.ShownTls)
SERVICE = Mirror(RegisteredService, services.RegisteredService, "gate", "client_credentials", "tls")


def service_type(service: services.RegisteredService) -> RegisteredService:
    """The GraphQL type of a service."""
    source = service.client_credentials
    return SERVICE.of(
        service,
        gate=GATE.of(service.gate, name=service.name),
        client_credentials=None if source is None else TOKEN_SOURCE.of(source),
        tls=None if service.tls is None else TLS.of(service.tls),
    )

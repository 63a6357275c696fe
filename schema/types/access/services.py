"""Registered services as a GraphQL type: all but the values of their headers."""

from datetime import datetime

import strawberry

from models.commands import services
from schema.mirrors import Mirror
from schema.types.enums import ServiceSource
from schema.types.operations import GATE, ServiceGate


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


SERVICE = Mirror(RegisteredService, services.RegisteredService, "gate")


def service_type(service: services.RegisteredService) -> RegisteredService:
    """The GraphQL type of a service."""
    return SERVICE.of(service, gate=GATE.of(service.gate, name=service.name))

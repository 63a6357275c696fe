"""The audit log as GraphQL types."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from models.entities.audit import AuditEntry as AuditEntity
from schema.mirrors import Mirror
from schema.types.enums import AuditOutcome
from schema.types.node import Node


@strawberry.type(description="One entry of the audit log. No entry is ever changed, and removed are the oldest alone.")
class AuditEntry(Node):
    """Who did what, to what, from where, and how it ended."""

    at: datetime = strawberry.field(description="When.")
    actor: str | None = strawberry.field(description="The user; null for somebody unknown.")
    credential: str | None = strawberry.field(
        description="The API key's id, or the kind of another credential, such as `bearer`."
    )
    action: str = strawberry.field(description="What was done or tried, such as `delete_workflow`.")
    target: str | None = strawberry.field(description="The id of what it was done to.")
    outcome: AuditOutcome = strawberry.field(description="How it ended.")
    request_id: str | None = strawberry.field(description="The request's id, as its answer has it in `X-Request-ID`.")
    address: str | None = strawberry.field(description="The network address that the request came from.")
    details: JSON = strawberry.field(
        description="What goes with it; `repeats` says how often the same refusal came again within a minute."
    )
    shard: int = strawberry.field(description="Which of the tenant's chains the entry belongs to.")
    number: int = strawberry.field(description="Its place in the chain, from 1 without a gap.")
    previous_hash: str = strawberry.field(description="The hash of the entry before it; 64 zeros for the first.")
    hash: str = strawberry.field(
        description="SHA-256 over the previous hash and all of the entry: a changed or missing entry breaks the chain."
    )


AUDIT_ENTRY = Mirror(AuditEntry, AuditEntity, "details")


def audit_entry_type(entry: AuditEntity) -> AuditEntry:
    """The GraphQL type of an entry."""
    return AUDIT_ENTRY.of(entry, details=JSON(dict(entry.details)))

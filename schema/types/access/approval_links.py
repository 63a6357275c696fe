"""Approval links as GraphQL types."""

from datetime import datetime

import strawberry

from models.entities import approval_links
from schema.mirrors import Mirror
from schema.types.enums import CredentialKind
from schema.types.node import Node


@strawberry.type(description="A link by which one person decides one approval. Its text is shown once, to its maker.")
class ApprovalLink(Node):
    """Who may decide what by it, and how long."""

    execution_id: strawberry.ID = strawberry.field(description="The execution that waits.")
    action_id: str = strawberry.field(description="The action that waits.")
    item: int | None = strawberry.field(description="The index of the item, where the action runs for each of a list.")
    approver: str = strawberry.field(description="As whom the decision counts.")
    created_by: str = strawberry.field(description="Who made it; the workflow itself for whoever started it.")
    credential: CredentialKind = strawberry.field(
        description="By what its maker was known: it ends with that. SYSTEM where a workflow made it for a message."
    )
    api_key_id: strawberry.ID | None = strawberry.field(description="The API key, where that is one.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="From when on it is of no use any more.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")


APPROVAL_LINK = Mirror(ApprovalLink, approval_links.ApprovalLink, "api_key_id")


def approval_link_type(link: approval_links.ApprovalLink) -> ApprovalLink:
    """The GraphQL type of a link."""
    return APPROVAL_LINK.of(link, api_key_id=link.key_id)

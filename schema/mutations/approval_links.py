"""The mutations of approval links. What makes a link answers with its text, this once."""

from datetime import datetime
from typing import Any

import strawberry

from models.commands.validation import parse
from models.entities.approval_links import CreateApprovalLink
from resolvers.access import approval_links
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.derivation import input_of
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.access.approval_links import ApprovalLink, approval_link_type
from schema.types.scalars import raw


@input_of(CreateApprovalLink, "A link by which one person decides one approval without signing in.")
class CreateApprovalLinkInput:
    """See `CreateApprovalLink`."""


@strawberry.input(description="An approval link to revoke.")
class RevokeApprovalLinkInput:
    """See `revoke_approval_link`."""

    id: strawberry.ID = strawberry.field(description="The link's id, such as `link_1234…`.")


@strawberry.type(description="A link to a page with what is asked. Whoever has it can decide: keep it like a password.")
class CreateApprovalLinkPayload:
    """See `MadeLink`."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    approval_link: ApprovalLink | None = strawberry.field(default=None, description="The link, as it is listed.")
    path: str | None = strawberry.field(default=None, description="What follows the address of the service.")
    url: str | None = strawberry.field(
        default=None, description="The whole address; null where the service was not told its own (`PUBLIC_URL`)."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="When it is of no use any more.")


@strawberry.type(description="The answer to a revocation.")
class RevokeApprovalLinkPayload:
    """The link, which is worthless now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    approval_link: ApprovalLink | None = strawberry.field(default=None, description="The link, worthless now.")


@strawberry.type
class ApprovalLinkMutation:
    """Links end by themselves; here they are made, and ended before their time."""

    @strawberry.mutation(
        description="Make a link by which an approver decides without signing in. It shows what is asked, so this "
        "needs `execution:payload` beside `execution:approve`, and it ends when your credential does."
    )
    async def create_approval_link(
        self, info: GraphQLInfo, input: Given[CreateApprovalLinkInput]
    ) -> CreateApprovalLinkPayload:
        """Make."""

        async def work() -> dict[str, Any]:
            made = await approval_links.create_approval_link(info.context.ctx, parse(CreateApprovalLink, raw(input)))
            link = approval_link_type(made.link)
            return {"approval_link": link, "path": made.path, "url": made.url, "expires_at": made.link.expires_at}

        return await payload(info, input, CreateApprovalLinkPayload, work)

    @strawberry.mutation(description="Make an approval link worthless at once. What was decided by it stays.")
    async def revoke_approval_link(
        self, info: GraphQLInfo, input: Given[RevokeApprovalLinkInput]
    ) -> RevokeApprovalLinkPayload:
        """Revoke."""

        async def work() -> dict[str, Any]:
            revoked = await approval_links.revoke_approval_link(info.context.ctx, input.id)
            return {"approval_link": approval_link_type(revoked)}

        return await payload(info, input, RevokeApprovalLinkPayload, work)

"""The use case of retention: what would be deleted at this moment."""

from functools import partial

from engine.retention.preview import preview
from models.entities.retention import RetentionPreview
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context


@permits(Permission.ADMIN)
async def preview_retention(ctx: Context) -> RetentionPreview:
    """What of the caller's tenant has been kept for long enough, or would go for another reason; nothing is deleted."""
    services = ctx.services
    settings, now = services.retention.settings, services.clock.now()
    return await ctx.read(partial(preview, settings=settings, now=now, tenant=ctx.user.tenant))

"""The mutations of saved views of executions."""

from typing import Any

import strawberry

from models.commands.validation import parse
from models.entities.saved_views import DeleteView, RenameView, SaveView
from resolvers.overviews import saved_views
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.derivation import input_of
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.overviews.saved_views import SavedView, saved_view_type
from schema.types.scalars import raw


@input_of(SaveView, "A view to keep.")
class SaveViewInput:
    """See `SaveView`."""


@input_of(RenameView, "A view, and what it is to be called.")
class RenameViewInput:
    """See `RenameView`."""


@input_of(DeleteView, "A view to forget.")
class DeleteViewInput:
    """See `DeleteView`."""


@strawberry.type(description="The answer to what saves or renames a view.")
class SavedViewPayload:
    """The view as it is now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    saved_view: SavedView | None = strawberry.field(default=None, description="The view as it is now.")


@strawberry.type(description="The answer to the end of a view.")
class DeleteViewPayload:
    """The id that means nothing now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    deleted_id: strawberry.ID | None = strawberry.field(default=None, description="The view that was deleted.")


@strawberry.type(description="What can be done with saved views.")
class SavedViewMutation:
    """One's own are one's own; those of the tenant are changed by operators and admins."""

    @strawberry.mutation(
        description="Save filters of executions as a view, or give the view of this name other ones. Those of the "
        "tenant are saved, renamed and deleted by operators and admins."
    )
    async def save_view(self, info: GraphQLInfo, input: Given[SaveViewInput]) -> SavedViewPayload:
        """Save."""

        async def work() -> dict[str, Any]:
            view = await saved_views.save_view(info.context.ctx, parse(SaveView, raw(input)))
            return {"saved_view": saved_view_type(view)}

        return await payload(info, input, SavedViewPayload, work)

    @strawberry.mutation(description="Give a saved view another name.")
    async def rename_view(self, info: GraphQLInfo, input: Given[RenameViewInput]) -> SavedViewPayload:
        """Rename."""

        async def work() -> dict[str, Any]:
            view = await saved_views.rename_view(info.context.ctx, parse(RenameView, raw(input)))
            return {"saved_view": saved_view_type(view)}

        return await payload(info, input, SavedViewPayload, work)

    @strawberry.mutation(description="Forget a saved view.")
    async def delete_view(self, info: GraphQLInfo, input: Given[DeleteViewInput]) -> DeleteViewPayload:
        """Forget."""

        async def work() -> dict[str, Any]:
            return {"deleted_id": await saved_views.delete_view(info.context.ctx, parse(DeleteView, raw(input)))}

        return await payload(info, input, DeleteViewPayload, work)

"""Saved views as a GraphQL type."""

from datetime import datetime

import strawberry

from models.entities import saved_views
from schema.mirrors import Mirror
from schema.types.node import Node


@strawberry.type(description="Filters of executions that somebody saved under a name: a view of a list of them.")
class SavedView(Node):
    """See `saved_views.SavedView`."""

    name: str = strawberry.field(description="Unique among the views of the tenant, or among one's own.")
    filters: str = strawberry.field(
        description="As the console's address of a list of executions has them behind its `?`, such as "
        "`status=failed&started=4h`."
    )
    is_shared: bool = strawberry.field(
        description="Whether all of the tenant have it; operators and admins change it. Else it is the caller's own."
    )
    created_by: str = strawberry.field(description="Who saved it first.")
    created_at: datetime = strawberry.field(description="When it was saved first.")
    updated_by: str = strawberry.field(description="Who changed it last.")
    updated_at: datetime = strawberry.field(description="When it was changed last.")


VIEW = Mirror(SavedView, saved_views.SavedView)


def saved_view_type(view: saved_views.SavedView) -> SavedView:
    """The GraphQL type of a saved view."""
    return VIEW.of(view)

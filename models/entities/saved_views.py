"""The views of executions that people save: what there is to see of one, and what is asked for to keep one."""

from datetime import datetime
from typing import Annotated

import msgspec
from pydantic import Field, StringConstraints, field_validator

from models.commands.validation import Command, Id
from models.error_codes import ErrorCode
from models.errors import Conflict, NotFound

MAX_VIEWS = 50
"""So many may one person have, and so many a tenant."""

MAX_FILTERS = 2_000

ViewName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
ViewId = Annotated[str, Id()]


class SavedView(msgspec.Struct, frozen=True):
    """Filters under a name; all of the tenant have it where it is shared. `filters` are as the console's address has
    them, such as `status=failed&started=4h`.
    """

    id: str
    name: str
    filters: str
    is_shared: bool
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime


class SaveView(Command):
    """`saveView`: a new view, or other filters for the one that has this name."""

    name: ViewName = Field(description="1 to 60 characters. The filters of a view that has this name are replaced.")
    filters: str = Field(
        max_length=MAX_FILTERS,
        description="As the console's address of a list of executions has them behind its `?`, such as "
        "`status=failed&started=4h`: at most 2000 characters; empty for all executions.",
    )
    is_shared: bool = Field(
        default=False,
        description="Whether it is for all of the tenant, which operators and admins may save. Else it is yours alone.",
    )

    @field_validator("filters")
    @classmethod
    def _is_of_an_address(cls, filters: str) -> str:
        if not (filters.isascii() and filters.isprintable()) or set(filters) & set("?# "):
            raise ValueError("must be what an address has behind its `?`: other characters are written as `%20`")
        return filters


class RenameView(Command):
    """`renameView`."""

    id: ViewId = Field(description="The view.")
    name: ViewName = Field(description="What it is called from now on: 1 to 60 characters.")


class DeleteView(Command):
    """`deleteView`."""

    id: ViewId = Field(description="The view.")


class SavedViewNotFound(NotFound):
    """The caller sees no such view."""

    code = ErrorCode.SAVED_VIEW_NOT_FOUND

    def __init__(self, view_id: str) -> None:
        super().__init__(f"Saved view not found: {view_id}")


class SavedViewNameTaken(Conflict):
    """Another view beside it has this name."""

    code = ErrorCode.SAVED_VIEW_NAME_TAKEN

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a view with the name '{name}' already")
        self.hint = "choose another name, or delete that view first"


class TooManySavedViews(Conflict):
    """There are as many views as may be."""

    code = ErrorCode.TOO_MANY_SAVED_VIEWS

    def __init__(self, *, is_shared: bool) -> None:
        whose = "the tenant has" if is_shared else "you have"
        super().__init__(f"{whose.capitalize()} {MAX_VIEWS} views, which is the most: delete one first")

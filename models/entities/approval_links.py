"""Approval links: the entity, and what a caller may ask of it."""

from datetime import datetime
from typing import Annotated

import msgspec
from pydantic import Field, StringConstraints

from models.commands.control_flow import MAX_ITEMS
from models.commands.messages import ExecutionId
from models.commands.validation import Command
from models.words import CredentialKind

MAX_LIFE_SECONDS = 604_800


class ApprovalLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link as it may be shown: who decides what by it, who made it by which credential, and until when it is good.

    `key_id` is the API key, where the credential is one.
    """

    id: str
    execution_id: str
    action_id: str
    item: int | None
    approver: str
    created_by: str
    credential: CredentialKind
    key_id: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class MadeLink(msgspec.Struct, frozen=True):
    """A link and where it leads: below the service's address, and as a whole where that is known. Shown this once."""

    link: ApprovalLink
    path: str
    url: str | None


class CreateApprovalLink(Command):
    """`createApprovalLink`: a link for one approver, the caller where nobody is named."""

    execution_id: ExecutionId = Field(description="The execution that waits.")
    action_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="The action that waits."
    )
    item: Annotated[int, Field(ge=0, lt=MAX_ITEMS)] | None = Field(
        default=None, description="The item, where it runs for each of a list."
    )
    approver: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None, description="As whom the decision counts; another than the caller only for an admin."
    )
    expires_in_seconds: int = Field(
        default=86_400,
        ge=1,
        le=MAX_LIFE_SECONDS,
        description="1 to 604800; never longer than your credential. Default: 86400, a day.",
    )

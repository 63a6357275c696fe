"""What every resolver is given: who asks, and the parts of the service that it works with."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from engine.actions.registry import ActionRegistry
from engine.addresses import CallbackPolicy
from engine.broadcast import Broadcast
from engine.clock import Clock
from engine.dispatch import Dispatcher
from engine.journal import Journal
from engine.mocks import MockServices
from engine.store import Store
from models.database import Database
from models.errors import PermissionDenied, Unauthenticated
from models.ids import NewId
from models.words import Role
from resolvers.shared_reads import SharedReads
from resolvers.vitals import Vitals


class Viewer(msgspec.Struct, frozen=True):
    """Who asks: a user of one tenant with a role (decision X4)."""

    user_id: str
    tenant: str
    role: Role


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a running service, wired once by the composition root."""

    database: Database
    store: Store
    journal: Journal
    dispatcher: Dispatcher
    broadcast: Broadcast
    actions: ActionRegistry
    clock: Clock
    new_id: NewId
    vitals: Vitals
    callback_policy: CallbackPolicy
    shared_reads: SharedReads = msgspec.field(default_factory=SharedReads)
    mocks: MockServices | None = None
    """Mocked services; None outside the test environment."""
    sync_wait_seconds: float = 60.0
    """How long a synchronous execution is waited for at most (decision E1)."""


Authenticate = Callable[[Mapping[str, str]], Awaitable[Viewer | None]]
"""Takes headers with lower-case names; returns None where no credential came. Raises `Unauthenticated` on a bad one."""


class Gate(msgspec.Struct, frozen=True):
    """The way in for an edge: from a request's headers to the context for its resolvers."""

    services: Services
    authenticate: Authenticate

    async def context(self, headers: Mapping[str, str]) -> "Context":
        """The context of whoever sent `headers`, anonymous where they hold no credential."""
        return Context(await self.authenticate(headers), self.services)


class Context(msgspec.Struct, frozen=True):
    """One caller's view of the service."""

    viewer: Viewer | None
    services: Services

    @property
    def user(self) -> Viewer:
        """The caller. Raises `Unauthenticated` where no valid credential came along."""
        if self.viewer is None:
            raise Unauthenticated(
                "Authentication required: send Authorization: Bearer <token>, X-API-Key, or, in the test "
                "environment, X-User-ID"
            )
        return self.viewer


CREATE_ROLES = (Role.EDITOR, Role.ADMIN)
"""Who may create workflows."""

EXECUTE_ROLES = (Role.OPERATOR, Role.EDITOR, Role.ADMIN)
"""Who may execute them."""


def may_change(viewer: Viewer, owner: str) -> bool:
    """Whether the caller owns the object or is an operator or admin (decision X4)."""
    return viewer.user_id == owner or viewer.role in (Role.OPERATOR, Role.ADMIN)


def require_role(viewer: Viewer, *roles: Role) -> None:
    """Raise `PermissionDenied` unless the caller has one of `roles`."""
    if viewer.role not in roles:
        raise PermissionDenied(f"This needs one of the roles {', '.join(roles)}; you are {viewer.role}")


def require_owner(viewer: Viewer, owner: str, what: str) -> None:
    """Raise `PermissionDenied` unless the caller may change what `owner` owns."""
    if not may_change(viewer, owner):
        raise PermissionDenied(f"Only the owner of this {what}, an operator or an admin may do this")

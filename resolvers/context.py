"""What every resolver is given: who asks, and the parts of the service that it works with."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection

from engine.actions.registry import ActionRegistry
from engine.audit.log import AuditLog
from engine.audit.rows import append_audit
from engine.core.clock import Clock
from engine.dispatch.dispatcher import Dispatcher
from engine.dispatch.store import Store
from engine.journal.broadcast import Broadcast
from engine.journal.journal import Journal
from engine.retention.keeper import Retention
from engine.running.rendering import Renderer
from engine.secrets.approval_links import LinkSigner
from engine.secrets.values import SecretStore
from engine.services.addresses import CallbackPolicy, Network
from engine.services.directory import ServiceDirectory
from engine.services.mocks import MockServices
from models.answer_budget import metered
from models.database.database import Database, Work
from models.entities.audit import AuditNote
from models.errors import PermissionDenied, RateLimited, Unauthenticated
from models.ids import NewId
from models.latest import Latest
from models.log_context import note
from models.tenants import DEFAULT_TENANT
from models.words import AuditOutcome, CredentialKind, Permission, Role
from resolvers.access.quota import Allowance, Quota, QuotaBudget, stranger
from resolvers.bill import Payment, current_bill
from resolvers.connections import Connections, Hold
from resolvers.executions.folds import Folds
from resolvers.executions.key_turns import KeyTurns
from resolvers.operations.vitals import Vitals
from resolvers.overviews.pasts import Pasts
from resolvers.overviews.strips import MOST_KEPT as MOST_STRIPS
from resolvers.shared_reads import SharedReads
from resolvers.waking import Wait, woken_or_late
from resolvers.workflows.remembered import MOST as MOST_REMEMBERED
from resolvers.workflows.remembered import Remembered, WorkflowKey

T = TypeVar("T")


class Viewer(msgspec.Struct, frozen=True):
    """Who asks: a user of one tenant with a role (decision X4), known by a credential.

    `scope` narrows what the role grants; None does not. The credential is good until `expires_at`, if that is known.
    """

    user_id: str
    tenant: str
    role: Role
    scope: frozenset[Permission] | None = None
    credential: CredentialKind = CredentialKind.USER_HEADER
    key_id: str | None = None
    """The API key or the approval link, where the credential is one."""
    expires_at: datetime | None = None
    proof: str | None = None
    """What tells later whether the credential is still good, and is none itself: see `Credential`."""


class Credential(msgspec.Struct, frozen=True):
    """What is kept of the credential of `user_id` for what it made, and is presented again before that is used.

    `proof` is the digest of the text of the API key `key_id`, or the fingerprint of the key that signed the token.
    """

    kind: CredentialKind
    user_id: str
    key_id: str | None = None
    proof: str | None = None

    @classmethod
    def of(cls, viewer: Viewer) -> "Credential":
        """What is kept of the credential by which a caller is known."""
        return cls(viewer.credential, viewer.user_id, viewer.key_id, viewer.proof)


class Visit(msgspec.Struct):
    """What one request or one socket has left of its caller's quota, once that is known, and what it holds open."""

    allowance: Allowance | None = None
    hold: Hold = msgspec.field(default_factory=Hold)


class Origin(msgspec.Struct, frozen=True):
    """Where a request came from: its id, and the address of whoever sent it."""

    request_id: str | None = None
    address: str | None = None
    visit: Visit = msgspec.field(default_factory=Visit)


KnowsServiceOf = Callable[[str, str], bool]


def nobody_knows(_tenant: str, _name: str) -> bool:
    """Where no services are wired, nothing is said of one."""
    return True


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a running service, wired once by the composition root."""

    database: Database
    store: Store
    journal: Journal
    dispatcher: Dispatcher
    broadcast: Broadcast
    audit_log: AuditLog
    actions: ActionRegistry
    secrets: SecretStore
    clock: Clock
    new_id: NewId
    vitals: Vitals
    callback_policy: CallbackPolicy
    directory: ServiceDirectory
    retention: Retention
    service_networks: tuple[Network, ...] = ()
    """The networks that are not public and that the services of admins may be in."""
    shared_reads: SharedReads = msgspec.field(default_factory=SharedReads)
    folds: Folds = msgspec.field(default_factory=Folds)
    pasts: Pasts = msgspec.field(default_factory=Pasts)
    strips: Latest[str, str] = msgspec.field(default_factory=partial(Latest, MOST_STRIPS))
    """The letters of executions that have ended, which change no more."""
    renderer: Renderer = msgspec.field(default_factory=Renderer)
    """Of what readers ask for, which waits for no execution, nor any of these for it."""
    remembered: Latest[WorkflowKey, Remembered] = msgspec.field(default_factory=partial(Latest, MOST_REMEMBERED))
    """Active workflows as they were read last: whoever accepts by one has the commit look again."""
    key_turns: KeyTurns = msgspec.field(default_factory=KeyTurns)
    connections: Connections = msgspec.field(default_factory=Connections)
    quota: Quota | None = None
    """How much callers may ask for; None where that has no limit."""
    links: LinkSigner | None = None
    """What signs links for approvers; None where nobody is served."""
    public_url: str = ""
    """The address by which people reach the service, without a slash at its end; empty where nobody said."""
    mocks: MockServices | None = None
    """Mocked services; None outside the test environment."""
    knows_service: KnowsServiceOf = nobody_knows
    """Whether a call of a service, by its name and for a tenant, would find somebody."""
    sync_wait_seconds: float = 60.0
    """How long a synchronous execution is waited for at most (decision E1)."""


Authenticate = Callable[[Mapping[str, str]], Awaitable[Viewer | None]]
"""Takes headers with lower-case names; returns None where no credential came. Raises `Unauthenticated` on a bad one."""

Recall = Callable[[Credential], Awaitable[Viewer | None]]
"""Presents again what was kept of a credential (ADR 15). Returns the caller that it stands for at this moment; None
where what it grants cannot have changed. Raises `Unauthenticated` where it is no longer good.
"""


class EdgeGate(msgspec.Struct, frozen=True):
    """The way in for an edge: from a request's headers to the context for its resolvers.

    `clock` is the one that credentials are judged by.
    """

    services: Services
    authenticate: Authenticate
    recall: Recall
    clock: Clock
    wait: Wait = woken_or_late

    async def context(
        self,
        headers: Mapping[str, str],
        origin: Origin,
        *,
        is_charged: bool = True,
        budget: QuotaBudget = QuotaBudget.OPERATIONS,
    ) -> "Context":
        """The context of whoever sent `headers`, anonymous where they hold no credential.

        It costs the caller a unit of the quota for `budget`; a bad credential always costs one. Raises
        `Unauthenticated`, which is audited, and `RateLimited`.
        """
        try:
            viewer = await self.authenticate(headers)
        except Unauthenticated:
            nobody = Context(None, self.services, origin)
            nobody.note_stranger()
            await nobody.charge()
            raise
        if viewer is not None:
            note(user=viewer.user_id, tenant=viewer.tenant)
        ctx = Context(viewer, self.services, origin)
        if is_charged:
            await ctx.charge(budget=budget)
        return ctx


class Context(msgspec.Struct, frozen=True):
    """One caller's view of the service."""

    viewer: Viewer | None
    services: Services
    origin: Origin = Origin()

    @property
    def known_as(self) -> str:
        """By what callers are told apart where they are counted: the user, of a stranger the address."""
        viewer = self.viewer
        return stranger(self.origin.address) if viewer is None else f"user:{viewer.tenant}:{viewer.user_id}"

    async def read(self, work: Work[T]) -> T:
        """Run `work` in one snapshot of the database, what it reads counted against the answer that it is for.

        Raises `AnswerTooLarge`, and `Unavailable`.
        """
        return await self.services.database.read(metered(work))

    async def charge(self, units: int = 1, *, paid: int = 0, budget: QuotaBudget = QuotaBudget.OPERATIONS) -> None:
        """Count what the caller asks for, of which so much has been `paid` before; what costs more than may be had in
        a minute costs just that. Raises `RateLimited`: then nothing of it may be done (decision X5).
        """
        quota = self.services.quota
        if quota is None or (due := min(units, quota.limit) - paid) <= 0:
            return
        allowance = await quota.take(budget + self.known_as, due)
        if budget is QuotaBudget.OPERATIONS:
            self.origin.visit.allowance = allowance
        if allowance.retry_after_seconds is not None:
            raise RateLimited(allowance.limit, allowance.retry_after_seconds)
        bill = current_bill()
        if bill is not None and budget is QuotaBudget.OPERATIONS:
            bill.payments.append(Payment(due, allowance.taken_at))

    async def settle(self, units: int) -> None:
        """Make of what this call has paid what it has used: give back the rest, or count what was more."""
        quota, bill = self.services.quota, current_bill()
        if quota is None or bill is None:
            return
        for payment in bill.reduced_by(bill.units - units):
            self.origin.visit.allowance = await quota.give_back(self.known_as, payment.units, payment.taken_at)
        if units > bill.units:
            self.origin.visit.allowance = await quota.owe(self.known_as, units - bill.units)

    async def excuse(self) -> None:
        """Give a call that was refused its payment back, as long as not too many of the caller's are refused."""
        bill = current_bill()
        if bill is None or not bill.payments:
            return
        try:
            await self.charge(budget=QuotaBudget.REFUSALS)
        except RateLimited:
            return
        await self.settle(0)

    def hold_connection(self) -> None:
        """Count a WebSocket or stream as the caller's for as long as it is open. Raises `TooManyConnections`."""
        self.origin.visit.hold.take(self.services.connections, self.known_as)

    @contextmanager
    def refusals_audited(self, action: str) -> Iterator[None]:
        """Note what the caller is refused, once, however many use cases the refusal passes through."""
        try:
            yield
        except PermissionDenied as refusal:
            if not refusal.is_audited:
                refusal.is_audited = True
                self.services.audit_log.note(self.audit_note(action, outcome=AuditOutcome.DENIED))
            raise

    def audit(self, connection: Connection, action: str, target: str | None = None, **details: Any) -> None:
        """Write what the caller does into the audit log, in the transaction that does it."""
        append_audit(connection, [self.audit_note(action, target, **details)], self.services.audit_log.shard)

    def note_stranger(self) -> None:
        """Note that somebody came without a valid credential."""
        self.services.audit_log.note(self.audit_note("authenticate", outcome=AuditOutcome.UNAUTHENTICATED))

    def audit_note(
        self,
        action: str,
        target: str | None = None,
        outcome: AuditOutcome = AuditOutcome.SUCCEEDED,
        **details: Any,
    ) -> AuditNote:
        """What the audit log is to say of this caller (FAULTS S17)."""
        viewer = self.viewer
        return AuditNote(
            tenant=DEFAULT_TENANT if viewer is None else viewer.tenant,
            at=self.services.clock.now(),
            actor=None if viewer is None else viewer.user_id,
            credential=None if viewer is None else viewer.key_id or viewer.credential.value,
            action=action,
            target=target,
            outcome=outcome,
            request_id=self.origin.request_id,
            address=self.origin.address,
            details=details,
        )

    @property
    def user(self) -> Viewer:
        """The caller. Raises `Unauthenticated` where no valid credential came along."""
        if self.viewer is None:
            self.note_stranger()
            raise Unauthenticated(
                "Authentication required: send Authorization: Bearer <token>, X-API-Key, or, in the test "
                "environment, X-User-ID"
            )
        return self.viewer

"""Wires a running service: database, engine and dispatcher, started and stopped in order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import cache, partial
from typing import TYPE_CHECKING

import msgspec

from app.callbacks import callback_keys, execution_object, mail_server
from app.secret_keys import encryption_keys
from app.settings.settings import Environment, Settings
from app.started import tell_database, tell_engine, tell_stop, tell_stopped
from app.terminal.logs import quiet_libraries
from engine.actions.protocol import ActionResources
from engine.actions.registry import ActionRegistry, load_actions
from engine.audit.log import AuditLog
from engine.callbacks.carriers import CallbackCarrier, Carriers
from engine.callbacks.client import CallbackClient
from engine.callbacks.delivery import MAX_SENDING, CallbackSender
from engine.callbacks.mail import EmailCarrier
from engine.callbacks.revealing import RevealingCarrier
from engine.callbacks.webhooks import WebhookCarrier
from engine.core.clock import Clock, SystemClock
from engine.dispatch.children import StoredChildren
from engine.dispatch.dispatcher import Dispatcher, Parts
from engine.dispatch.nodes import Membership
from engine.dispatch.service_news import ServiceNews
from engine.dispatch.store import Store
from engine.journal.broadcast import Broadcast
from engine.journal.journal import Journal
from engine.retention.keeper import Retention
from engine.retention.pace import OF_MANY_WRITERS, OF_ONE_WRITER
from engine.running.run_pool import MAX_RUNNING
from engine.secrets.approval_links import ExecutionLinks, LinkSigner
from engine.secrets.cipher import SecretCipher
from engine.secrets.values import SecretStore
from engine.services.access_tokens import AccessTokens
from engine.services.addresses import CallbackPolicy
from engine.services.directory import ServiceDirectory
from engine.services.guarded_transport import guarded_socket
from engine.services.mocks import MockServices
from engine.services.outbound import Outbound
from engine.services.route_transports import guarded_route_transport, route_transport
from engine.services.session_transport import SessionTransport
from engine.services.tenant_services import TenantServices
from models.database.connect import connect
from models.database.database import Database
from models.distribution import installed_version
from models.ids import IdsInOrder, new_id
from models.words import DeliveryChannel
from resolvers.access.quota import NodeQuota, Quota
from resolvers.connections import Connections
from resolvers.context import Services
from resolvers.operations.traffic import Traffic
from resolvers.operations.vitals import watch
from resolvers.test_environment import scenario_services

if TYPE_CHECKING:
    from app.cluster import Cluster
    from app.shared_redis import SharedRedis

FLUSH_SECONDS = 2.0
"""How long a stop waits for an absent database to take the last entries."""

CALLBACK_GRACE_SECONDS = 2.0
"""How long a stop waits for callbacks that are being sent: what is cut off is sent again by the next start."""

GRACE_SECONDS = 15.0
"""How long a stop waits for the executions at work before it leaves them to the next start."""

LoadActions = Callable[[ActionResources], ActionRegistry]


@asynccontextmanager
async def running_services(
    settings: Settings,
    *,
    clock: Clock | None = None,
    grace_seconds: float = GRACE_SECONDS,
    traffic: Traffic | None = None,
) -> AsyncIterator[Services]:
    """Give the parts of a running service, with every unfinished execution of an earlier process taken up.

    Raises `Unavailable` without a database, `SettingsError` where no callback could be signed.
    """
    quiet_libraries()
    keys = callback_keys(settings)
    async with _assembled(settings, clock, traffic, load_actions) as (
        assembled,
        membership,
        cluster,
        redis,
    ):
        tell_database(settings)
        if redis is not None:
            redis.start()
        services = msgspec.structs.replace(assembled, links=LinkSigner(keys), public_url=settings.reached_at)
        guarded = SessionTransport(guarded_socket(settings.allow_private_networks), connections=MAX_SENDING)
        client = CallbackClient(guarded, keys, services.clock)
        callbacks = CallbackSender(
            services.database,
            services.broadcast,
            services.clock,
            _carriers(settings, services, client, keys),
            node=None if cluster is None else membership,
        )
        news = ServiceNews(services.directory, services.broadcast, membership)
        async with nullcontext() if cluster is None else cluster.connected(), _joined(membership):
            try:
                news.start()
                callbacks.start()
                await services.dispatcher.start()
                services.retention.start()
                room = settings.concurrency or MAX_RUNNING
                tell_engine(settings, membership, room, services.directory.of_admins)
                yield services
            finally:
                tell_stop(services.dispatcher.running_count, grace_seconds)
                await services.retention.stop()
                await asyncio.gather(
                    services.dispatcher.stop(grace_seconds), callbacks.stop(min(grace_seconds, CALLBACK_GRACE_SECONDS))
                )
                await news.stop()
                # What is still to be written is written before others take over what it belongs to.
                await services.journal.close(FLUSH_SECONDS)
                await client.close()
    tell_stopped()


@asynccontextmanager
async def services_at_rest(
    settings: Settings,
    *,
    clock: Clock | None = None,
    traffic: Traffic | None = None,
) -> AsyncIterator[Services]:
    """Give the parts of a service that executes nothing, and knows no action type: no plug-in is loaded.

    That is enough for a command beside one that does.

    Raises `Unavailable` without a database.
    """
    async with _assembled(settings, clock, traffic, _no_actions) as (services, *_):
        yield services


@asynccontextmanager
async def _assembled(
    settings: Settings,
    clock: Clock | None,
    traffic: Traffic | None,
    load: LoadActions,
) -> AsyncIterator[tuple[Services, Membership, "Cluster | None", "SharedRedis | None"]]:
    database = await connect(settings.url)
    try:
        async with _assembled_on(database, settings, clock, traffic, load) as parts:
            yield parts
    finally:
        await database.close()


@asynccontextmanager
async def _assembled_on(
    database: Database,
    settings: Settings,
    clock: Clock | None,
    traffic: Traffic | None,
    load: LoadActions,
) -> AsyncIterator[tuple[Services, Membership, "Cluster | None", "SharedRedis | None"]]:
    store = Store(database)
    if clock is None:
        clock = system_clock = SystemClock(not_before=await store.newest_moment())
        store.seen = system_clock.put_forward
    outbound = Outbound(SessionTransport(), route_transport)
    broadcast = Broadcast()
    cluster = _cluster(settings, broadcast)
    version, is_alone = installed_version(), settings.is_embedded
    membership = Membership(database, broadcast, clock, new_id, settings.node_kind, version=version, is_alone=is_alone)
    make_id = IdsInOrder(clock.now, lambda: membership.shard if membership.has_joined else None)
    most = settings.max_descendants
    journal = Journal(
        database,
        broadcast,
        make_id,
        store.find,
        shard=lambda: membership.shard,
        node=lambda: membership.id,
        max_descendants=most,
    )
    mocks = MockServices() if settings.environment is Environment.TEST else None
    redis = _redis(settings.redis_url, clock)
    cipher = SecretCipher(lambda: encryption_keys(settings))
    networks = settings.service_networks
    guarded = Outbound(
        SessionTransport(guarded_socket(networks)),
        guarded_route_transport(networks),
    )
    own = TenantServices(database, cipher, clock, guarded)
    links = ExecutionLinks(database, clock, cache(lambda: LinkSigner(callback_keys(settings))), settings.reached_at)
    secrets = SecretStore(database, cipher, links)
    directory = ServiceDirectory(settings.services, clock, outbound, own, mocks, AccessTokens(clock, secrets))
    await own.refresh()
    children = StoredChildren(database, store, clock, make_id, max_descendants=most)
    actions = load(ActionResources(outbound, directory, clock, mocks, children, sends_mail=bool(settings.smtp_url)))
    vitals = watch(
        database,
        outbound,
        settings.services,
        directory.gates,
        clock,
        traffic or Traffic(),
        version=version,
        data_directory=settings.data_dir,
        redis=redis.answers if redis else None,
        wake_ups=None if cluster is None else cluster.hears,
    )
    audit_log = AuditLog(database, clock, lambda: membership.shard)
    parts = Parts(database, store, journal, actions, secrets, clock, broadcast)
    dispatcher = Dispatcher(parts, membership, max_running=settings.concurrency or MAX_RUNNING)
    transaction_seconds = OF_ONE_WRITER if settings.is_embedded else OF_MANY_WRITERS
    services = Services(
        database=database,
        store=store,
        journal=journal,
        dispatcher=dispatcher,
        broadcast=broadcast,
        audit_log=audit_log,
        actions=actions,
        secrets=secrets,
        clock=clock,
        new_id=make_id,
        vitals=vitals,
        callback_policy=CallbackPolicy(
            settings.allow_private_networks, requires_https=settings.environment is Environment.PRODUCTION
        ),
        connections=Connections(settings.max_connections_per_user),
        quota=_quota(settings.requests_per_minute, redis, clock),
        mocks=mocks,
        knows_service=partial(_knows_service, directory, mocks is not None),
        directory=directory,
        service_networks=settings.service_networks,
        retention=Retention(database, clock, membership, settings.kept_for, transaction_seconds),
    )
    try:
        yield services, membership, cluster, redis
    finally:
        await journal.close(FLUSH_SECONDS)
        await audit_log.close(FLUSH_SECONDS)
        await vitals.close()
        await outbound.close()
        await guarded.close()
        if redis is not None:
            await redis.close()


def _no_actions(_: ActionResources) -> ActionRegistry:
    return {}


def _carriers(settings: Settings, services: Services, client: CallbackClient, keys: Sequence[bytes]) -> Carriers:
    webhook = WebhookCarrier(services.directory, keys, services.clock, services.mocks)
    email = EmailCarrier(mail_server(settings), services.clock, services.mocks)
    return {
        DeliveryChannel.CALLBACK: CallbackCarrier(client, execution_object(services)),
        DeliveryChannel.WEBHOOK: RevealingCarrier(webhook, services.secrets, services.clock),
        DeliveryChannel.EMAIL: RevealingCarrier(email, services.secrets, services.clock),
    }


@asynccontextmanager
async def _joined(membership: Membership) -> AsyncIterator[None]:
    await membership.join()
    membership.start()
    try:
        yield
    finally:
        await membership.leave()


def _cluster(settings: Settings, broadcast: Broadcast) -> "Cluster | None":
    if settings.is_embedded:
        return None
    from app.cluster import Cluster  # a process alone needs nothing of it

    return Cluster(settings, broadcast)


def _knows_service(directory: ServiceDirectory, has_scenarios: bool, tenant: str, name: str) -> bool:
    """Whether a call would find somebody; in the test environment a scenario may bring its mocks at any time."""
    return directory.knows(tenant, name) or (has_scenarios and name in scenario_services())


def _redis(url: str, clock: Clock) -> "SharedRedis | None":
    if not url:
        return None
    from app.shared_redis import SharedRedis  # its client takes a noticeable part of a start

    return SharedRedis(url, clock)


def _quota(limit: int, redis: "SharedRedis | None", clock: Clock) -> Quota | None:
    if not limit:
        return None
    alone = NodeQuota(limit, clock)
    return alone if redis is None else redis.quota(limit, clock, alone)

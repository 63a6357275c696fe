"""The ASGI application: both edges on one Litestar app, and what stands around them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache

from litestar import Litestar
from litestar.datastructures import State
from litestar.plugins import PluginProtocol
from litestar.types import ASGIApp, ControllerRouterHandler, Receive, Scope, Send

from app.composition import running_services
from app.credentials.wiring import opened_gate
from app.pages.page_sign_in import with_page_sign_in
from app.routing import Routing
from app.server.allowed_methods import with_allowed_methods
from app.server.cross_origin import with_cross_origin
from app.server.draining import with_drained_requests
from app.server.encoded_bodies import with_encoded_bodies
from app.server.headers import with_headers
from app.server.large_answers import with_large_answers
from app.server.lifespan import with_lifespan
from app.server.local_names import by_local_names
from app.server.measuring import measured
from app.server.one_host import with_one_host
from app.server.root_path import below_root_path, is_taken
from app.server.socket_arrivals import with_limited_arrivals
from app.settings.settings import PREFIX, Environment, Settings, SettingsError
from engine.core.clock import Clock
from resolvers.bulk.worker import working_off
from resolvers.operations.traffic import Traffic
from resolvers.waking import Wait, woken_or_late
from rest_compat.errors import EXCEPTION_HANDLERS
from rest_compat.probes import PROBES

MAX_BODY_BYTES = 1_048_576


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    wait: Wait = woken_or_late,
) -> ASGIApp:
    """The whole service as one ASGI application; its lifespan starts and stops the engine. Raises `SettingsError`."""
    traffic = Traffic()
    service = State()

    @asynccontextmanager
    async def lived() -> AsyncIterator[None]:
        async with (
            running_services(settings, clock=clock, traffic=traffic) as services,
            opened_gate(settings, services, clock=clock, wait=wait) as gate,
            working_off(services, gate.recall),
        ):
            service.gate = gate
            yield

    app = routed(Routing.of(settings))
    if is_taken(settings.below, (route.path for route in app.routes)):
        raise SettingsError(
            f"{PREFIX}ROOT_PATH {settings.below} begins as a path of the service does: take another one"
        )
    guarded = with_encoded_bodies(_of_service(with_allowed_methods(app), service), MAX_BODY_BYTES)
    if settings.environment is not Environment.TEST:
        guarded = with_page_sign_in(guarded)
    if settings.trusts_user_header:
        guarded = by_local_names(guarded)
    guarded = with_limited_arrivals(with_drained_requests(guarded))
    guarded = with_one_host(with_cross_origin(guarded, settings.allowed_origins))
    guarded = below_root_path(guarded, settings.below)
    answered = measured(with_large_answers(with_headers(guarded)), traffic, settings.access_log)
    return with_lifespan(answered, lived)


@lru_cache(maxsize=16)
def routed(routing: Routing) -> Litestar:
    """The routes, which services of one process with the same routing share: they take a good part of a start.

    They know nothing of a service but what `_of_service` gives them with each request. Raises `SettingsError`.
    """
    return _Application(
        route_handlers=_routes(routing),
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
        debug=False,  # not what a variable of the framework's own says
    )


class _Application(Litestar):
    """The framework without its plugins for models of handlers: ours take and give none."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        # They would take a twentieth of a start, and 2 MB.
        return plugins


def _of_service(app: ASGIApp, service: State) -> ASGIApp:
    """The routes with what a service has: its `gate` from its start on, and what is made for it at a first request."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["service"] = service
        await app(scope, receive, send)

    return asgi


def _routes(routing: Routing) -> Sequence[ControllerRouterHandler]:
    if routing.is_worker:
        return PROBES
    from app.api_routes import api_routes  # the schema takes a third of a start, and a worker needs nothing of it

    return api_routes(routing)

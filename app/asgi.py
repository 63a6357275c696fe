"""The ASGI application: both edges on one Litestar app, and what stands around them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from litestar import Litestar
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, ControllerRouterHandler

from app.allowed_methods import with_allowed_methods
from app.composition import running_services
from app.console.pages import ConsolePages
from app.console_routes import FOLDER, PAGE_HEADERS, asset_route, docs_route
from app.credentials.wiring import opened_gate
from app.headers import with_headers
from app.local_names import by_local_names
from app.measuring import measured
from app.page_sign_in import Admit, everybody, signed_in, signed_in_for_assets, with_page_sign_in
from app.settings import PREFIX, Environment, Settings, SettingsError
from app.workflow_schema_route import workflow_schema_route
from engine.clock import Clock
from models.ids import NewId, new_id
from models.words import NodeKind
from resolvers.traffic import Traffic
from resolvers.waking import Wait, woken_or_late
from rest_compat.errors import EXCEPTION_HANDLERS
from rest_compat.routes import PROBES, rest_routes
from schema.options import GraphQLOptions
from schema.routes import graphql_routes

MAX_BODY_BYTES = 1_048_576


def create_app(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
    make_id: NewId = new_id,
    wait: Wait = woken_or_late,
) -> ASGIApp:
    """The whole service as one ASGI application; its lifespan starts and stops the engine. Raises `SettingsError`."""
    traffic = Traffic()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with (
            running_services(settings, transport=transport, clock=clock, make_id=make_id, traffic=traffic) as services,
            opened_gate(settings, services, transport=transport, clock=clock, wait=wait) as gate,
        ):
            app.state.gate = gate
            yield

    in_test = settings.environment is Environment.TEST
    app = Litestar(
        route_handlers=PROBES if settings.node_kind is NodeKind.WORKER else _routes(settings),
        lifespan=[lifespan],
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
        debug=False,  # not what a variable of the framework's own says
        state=State(),
    )
    guarded = with_allowed_methods(app)
    if not in_test:
        guarded = with_page_sign_in(guarded)
    if settings.trusts_user_header:
        guarded = by_local_names(guarded)
    return measured(with_headers(guarded), traffic)


def _routes(settings: Settings) -> list[ControllerRouterHandler]:
    in_test = settings.environment is Environment.TEST
    pages = ConsolePages.load(FOLDER)
    admit, admit_to_assets = (everybody, everybody) if in_test else (signed_in, signed_in_for_assets)
    return [
        *rest_routes(test_environment=in_test),
        *_graphql_routes(pages, admit, settings),
        docs_route(pages, admit),
        asset_route(pages, admit_to_assets),
        workflow_schema_route(admit),
    ]


def _graphql_routes(pages: ConsolePages, admit: Admit, settings: Settings) -> list[BaseRouteHandler]:
    options = GraphQLOptions(
        test_environment=settings.environment is Environment.TEST,
        max_cost=settings.graphql_max_cost,
        timeout_seconds=settings.graphql_timeout_seconds,
        trusted_documents=settings.graphql_trusted_documents,
        only_trusted=settings.graphql_only_trusted,
        allowed_origins=settings.allowed_origins,
    )
    try:
        return graphql_routes(pages.index, PAGE_HEADERS, admit, options)
    except ValueError as error:
        raise SettingsError(f"{PREFIX}GRAPHQL_TRUSTED_DOCUMENTS is not valid: {error}") from None

"""The ASGI application: both edges on one Litestar app, request ids and security headers around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from litestar import Litestar
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.allowed_methods import with_allowed_methods
from app.composition import running_services
from app.console.pages import ConsolePages
from app.console_routes import FOLDER, PAGE_HEADERS, asset_route, docs_route
from app.credentials.wiring import opened_gate
from app.measuring import measured
from app.settings import PREFIX, Environment, Settings, SettingsError
from engine.clock import Clock
from models.ids import REQUEST_PREFIX, NewId, new_id
from models.validation import BAD_TEXT
from resolvers.context import Origin
from resolvers.traffic import Traffic
from resolvers.waking import Wait, woken_or_late
from rest_compat.errors import EXCEPTION_HANDLERS
from rest_compat.routes import rest_routes
from schema.options import GraphQLOptions
from schema.routes import graphql_routes

MAX_BODY_BYTES = 1_048_576
MAX_REQUEST_ID = 128

SECURITY_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


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
    pages = ConsolePages.load(FOLDER)
    app = Litestar(
        route_handlers=[
            *rest_routes(test_environment=in_test),
            *_graphql_routes(pages, settings),
            docs_route(pages),
            asset_route(pages),
        ],
        lifespan=[lifespan],
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
        state=State(),
    )
    return measured(_with_headers(with_allowed_methods(app)), traffic)


def _graphql_routes(pages: ConsolePages, settings: Settings) -> list[BaseRouteHandler]:
    options = GraphQLOptions(
        test_environment=settings.environment is Environment.TEST,
        max_cost=settings.graphql_max_cost,
        timeout_seconds=settings.graphql_timeout_seconds,
        trusted_documents=settings.graphql_trusted_documents,
        only_trusted=settings.graphql_only_trusted,
        allowed_origins=settings.allowed_origins,
    )
    try:
        return graphql_routes(pages.index, PAGE_HEADERS, options)
    except ValueError as error:
        raise SettingsError(f"{PREFIX}GRAPHQL_TRUSTED_DOCUMENTS is not valid: {error}") from None


def _with_headers(app: ASGIApp) -> ASGIApp:
    """Note of every request where it comes from, and give every answer its id and the security headers."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in (ScopeType.HTTP, ScopeType.WEBSOCKET):
            await app(scope, receive, send)
            return
        request_id, client = _request_id(scope), scope["client"]
        scope.setdefault("state", {})["origin"] = Origin(request_id, client[0] if client else None)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                added = [header for header in SECURITY_HEADERS if header[0] not in present]
                message["headers"] = [*message["headers"], *added, (b"x-request-id", request_id.encode())]
            await send(message)

        await app(scope, receive, send_with_headers)

    return asgi


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            sent = value.decode("latin-1")
            if 0 < len(sent) <= MAX_REQUEST_ID and sent.isascii() and sent.isprintable() and not BAD_TEXT.search(sent):
                return sent
    return new_id(REQUEST_PREFIX)

"""The routes of a node that serves the API: both edges, and the pages of the console."""

from litestar.handlers import BaseRouteHandler
from litestar.types import ControllerRouterHandler

from app.console.pages import ConsolePages
from app.pages.approval_page import approval_routes
from app.pages.console_routes import FOLDER, PAGE_HEADERS, asset_route, console_route, docs_route
from app.pages.front_page import front_page_route
from app.pages.page_sign_in import Admit, everybody, signed_in, signed_in_for_assets
from app.pages.workflow_schema_route import workflow_schema_route
from app.routing import Routing
from app.settings.settings import PREFIX, SettingsError
from rest_compat.routes import rest_routes
from schema.options import GraphQLOptions
from schema.transport.routes import graphql_routes


def api_routes(routing: Routing) -> list[ControllerRouterHandler]:
    """All routes of the API and its pages. Raises `SettingsError`."""
    pages = ConsolePages.load(FOLDER)
    admit, admit_to_assets = (everybody, everybody) if routing.in_test else (signed_in, signed_in_for_assets)
    console = pages.console_below(routing.below, routing.trusts_user_header)
    return [
        front_page_route(console, admit, routing.below),
        console_route(console, admit),
        *rest_routes(test_environment=routing.in_test, served_at=routing.served_at),
        *_graphql_routes(pages, admit, routing),
        docs_route(pages, admit),
        asset_route(pages, admit_to_assets),
        workflow_schema_route(admit),
        *approval_routes(),
    ]


def _graphql_routes(pages: ConsolePages, admit: Admit, routing: Routing) -> list[BaseRouteHandler]:
    options = GraphQLOptions(
        test_environment=routing.in_test,
        max_cost=routing.graphql_max_cost,
        timeout_seconds=routing.graphql_timeout_seconds,
        trusted_documents=None if routing.trusted_documents is None else dict(routing.trusted_documents),
        only_trusted=routing.only_trusted,
        allowed_origins=routing.allowed_origins,
    )
    try:
        return graphql_routes(pages.graphiql(routing.trusts_user_header), PAGE_HEADERS, admit, options)
    except ValueError as error:
        raise SettingsError(f"{PREFIX}GRAPHQL_TRUSTED_DOCUMENTS is not valid: {error}") from None

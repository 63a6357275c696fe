"""The routes of the GraphQL edge: one path for queries, mutations, subscriptions and sockets."""

from typing import Any

from litestar import Response, get, post, websocket
from litestar.exceptions import HTTPException as LitestarHTTPException
from litestar.handlers import BaseRouteHandler

from models.errors import ErrorCode
from schema.schema import build_schema
from schema.transport import GraphQLView, HttpRequest, Socket, refusal

PATH = "/graphql"


def graphql_routes(page: bytes, page_headers: dict[str, str], *, test_environment: bool) -> list[BaseRouteHandler]:
    """The handlers. `page` is what a browser gets that opens the path; its `page_headers` go with it."""
    schema = build_schema(test_environment=test_environment)

    def view(connection: HttpRequest | Socket) -> GraphQLView:
        state = connection.app.state
        if "graphql_view" not in state:
            state.graphql_view = GraphQLView(schema, state.gate)
        found: GraphQLView = state.graphql_view
        return found

    @get(PATH, exception_handlers={LitestarHTTPException: answer_framework})
    async def read(request: HttpRequest) -> Response[Any]:
        """Answer a query by GET, or show the page to a browser."""
        wants_page = "text/html" in request.headers.get("accept", "")
        if wants_page and "query" not in request.query_params:
            return Response(page, media_type="text/html", headers=page_headers)
        return await view(request).answer(request)

    @post(PATH, status_code=200, exception_handlers={LitestarHTTPException: answer_framework})
    async def execute(request: HttpRequest) -> Response[Any]:
        """Answer an operation."""
        return await view(request).answer(request)

    @websocket(PATH)
    async def connect(socket: Socket) -> None:
        """Serve operations over a socket."""
        await view(socket).run(socket)

    return [read, execute, connect]


def answer_framework(request: HttpRequest, error: LitestarHTTPException) -> Response[Any]:
    """What the framework refuses, such as too large a body, in GraphQL's form."""
    del request
    too_large = error.status_code == 413
    code = ErrorCode.PAYLOAD_TOO_LARGE if too_large else ErrorCode.MALFORMED_REQUEST
    return refusal(error.status_code, code, error.detail)

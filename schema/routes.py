"""The routes of the GraphQL edge: one path for queries, mutations, subscriptions and sockets."""

from typing import Any

from litestar import Response, get, post, websocket
from litestar.exceptions import HTTPException as LitestarHTTPException
from litestar.handlers import BaseRouteHandler

from models.errors import ErrorCode, OrchestratorError
from schema.documents import Documents
from schema.options import GraphQLOptions
from schema.schema import OrchestratorSchema
from schema.socket import GraphQLOverSocket, Socket
from schema.transport import GraphQLOverHttp, HttpRequest, origin_of, refusal

PATH = "/graphql"


def graphql_routes(page: bytes, page_headers: dict[str, str], options: GraphQLOptions) -> list[BaseRouteHandler]:
    """The handlers. `page` is what a browser gets that opens the path; its `page_headers` go with it.

    Raises `ValueError` where a trusted document is none of this schema's.
    """
    schema = OrchestratorSchema(options)
    for name, text in (options.trusted_documents or {}).items():
        if not schema.reader.is_valid(text):
            raise ValueError(f"the document {name} is not valid against this schema, or over a limit")
    documents = Documents(options.trusted_documents, schema.reader.is_valid, only_trusted=options.only_trusted)

    def http(request: HttpRequest) -> GraphQLOverHttp:
        state = request.app.state
        if "graphql_http" not in state:
            state.graphql_http = GraphQLOverHttp(schema, documents, state.gate)
        found: GraphQLOverHttp = state.graphql_http
        return found

    async def may_see_page(request: HttpRequest) -> bool:
        if options.test_environment:
            return True
        try:
            return (await request.app.state.gate.context(request.headers, origin_of(request))).viewer is not None
        except OrchestratorError:
            return False

    @get(PATH, exception_handlers={LitestarHTTPException: answer_framework})
    async def read(request: HttpRequest) -> Response[Any]:
        """Answer a query by GET, or show the page to a browser."""
        wants_page = "text/html" in request.headers.get("accept", "") and not request.query_params
        if wants_page and await may_see_page(request):
            return Response(page, media_type="text/html", headers=page_headers)
        return await http(request).answer(request)

    @post(PATH, status_code=200, exception_handlers={LitestarHTTPException: answer_framework})
    async def execute(request: HttpRequest) -> Response[Any]:
        """Answer an operation."""
        return await http(request).answer(request)

    @websocket(PATH)
    async def connect(socket: Socket) -> None:
        """Serve operations over a socket."""
        await GraphQLOverSocket(schema, documents, socket.app.state.gate, options).serve(socket)

    return [read, execute, connect]


def answer_framework(request: HttpRequest, error: LitestarHTTPException) -> Response[Any]:
    """What the framework refuses, such as too large a body, in GraphQL's form."""
    del request
    too_large = error.status_code == 413
    code = ErrorCode.PAYLOAD_TOO_LARGE if too_large else ErrorCode.MALFORMED_REQUEST
    return refusal(error.status_code, code, error.detail)

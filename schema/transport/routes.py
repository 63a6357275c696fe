"""The routes of the GraphQL edge: one path for queries, mutations, subscriptions and sockets."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Response, get, post, websocket
from litestar.datastructures import State
from litestar.exceptions import HTTPException as LitestarHTTPException
from litestar.handlers import BaseRouteHandler

from models.error_codes import ErrorCode
from schema.options import GraphQLOptions
from schema.schema import OrchestratorSchema
from schema.transport.documents import Documents
from schema.transport.socket import GraphQLOverSocket, Socket
from schema.transport.transport import GraphQLOverHttp, HttpRequest, refusal

PATH = "/graphql"


def graphql_routes(
    page: bytes,
    page_headers: dict[str, str],
    admit: Callable[[HttpRequest], Awaitable[Response[Any] | None]],
    options: GraphQLOptions,
) -> list[BaseRouteHandler]:
    """The handlers. `page` is what a browser gets that opens the path; its `page_headers` go with it.

    `admit` gives what a browser gets in its place that may not see it, else None.
    Raises `ValueError` where a trusted document is none of this schema's.
    """
    schema = _schema_of(msgspec.structs.replace(options, trusted_documents=None))
    schema.forget_documents()
    for name, text in (options.trusted_documents or {}).items():
        if not schema.reader.is_valid(text):
            raise ValueError(f"the document {name} is not valid against this schema, or over a limit")

    def documents_of(service: State) -> Documents:
        """What this service remembers of the documents that it was sent."""
        if "documents" not in service:
            service.documents = Documents(
                options.trusted_documents, schema.reader.is_valid, only_trusted=options.only_trusted
            )
        found: Documents = service.documents
        return found

    def http(request: HttpRequest) -> GraphQLOverHttp:
        service: State = request.scope["state"]["service"]
        return GraphQLOverHttp(schema, documents_of(service), service.gate)

    @get(PATH, exception_handlers={LitestarHTTPException: answer_framework})
    async def read(request: HttpRequest) -> Response[Any]:
        """Answer a query by GET, or show the page to a browser."""
        if "text/html" in request.headers.get("accept", "") and not request.query_params:
            return await admit(request) or Response(page, media_type="text/html", headers=page_headers)
        return await http(request).answer(request)

    @post(PATH, status_code=200, exception_handlers={LitestarHTTPException: answer_framework})
    async def execute(request: HttpRequest) -> Response[Any]:
        """Answer an operation."""
        return await http(request).answer(request)

    @websocket(PATH)
    async def connect(socket: Socket) -> None:
        """Serve operations over a socket."""
        service: State = socket.scope["state"]["service"]
        await GraphQLOverSocket(schema, documents_of(service), service.gate, options).serve(socket)

    return [read, execute, connect]


@lru_cache
def _schema_of(options: GraphQLOptions) -> OrchestratorSchema:
    """The schema, which services of one process with the same options share: it takes a good part of a start."""
    return OrchestratorSchema(options)


def answer_framework(request: HttpRequest, error: LitestarHTTPException) -> Response[Any]:
    """What the framework refuses, such as too large a body, in GraphQL's form."""
    del request
    too_large = error.status_code == 413
    code = ErrorCode.PAYLOAD_TOO_LARGE if too_large else ErrorCode.MALFORMED_REQUEST
    return refusal(error.status_code, code, error.detail)

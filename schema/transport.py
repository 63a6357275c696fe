"""GraphQL over HTTP, SSE and WebSocket: Strawberry's own view on plain Litestar handlers, without its controller."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias, TypeGuard

import msgspec
from cross_web import HTTPException, LitestarRequestAdapter
from litestar import MediaType, Request, Response, WebSocket
from litestar.response.streaming import Stream
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse
from strawberry.http.async_base_view import AsyncBaseHTTPView
from strawberry.litestar.controller import LitestarWebSocketAdapter
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET, UnsetType

from models.errors import ErrorCode, MalformedRequest, OrchestratorError
from models.json_text import parse_json
from resolvers.context import Gate
from schema.context import GraphQLContext
from schema.schema import OrchestratorSchema

HttpRequest: TypeAlias = Request[Any, Any, Any]
Socket: TypeAlias = WebSocket[Any, Any, Any]

INIT_SECONDS = 10
MAX_OPERATIONS_PER_SOCKET = 100
JSON = "application/json"


class Sent(msgspec.Struct):
    """What a resolver may have said about the HTTP answer; ours say nothing."""

    status_code: int = 200


class GraphQLView(
    AsyncBaseHTTPView[HttpRequest, Response[Any], Sent, Socket, Socket, GraphQLContext, None],
):
    """The protocol, with the caller let in through the gate."""

    allow_queries_via_get = True
    graphql_ide = None
    protocols = (GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL)
    connection_init_wait_timeout = timedelta(seconds=INIT_SECONDS)
    max_subscriptions_per_connection = MAX_OPERATIONS_PER_SOCKET
    request_adapter_class = LitestarRequestAdapter
    websocket_adapter_class = LitestarWebSocketAdapter  # type: ignore[assignment]  # generic over the view's types

    def __init__(self, schema: OrchestratorSchema, gate: Gate) -> None:
        self.schema = schema
        self._gate = gate

    async def answer(self, request: HttpRequest) -> Response[Any]:
        """Answer a GET or POST; what no GraphQL answer can be given to has an `errors` list all the same."""
        try:
            return await self.run(request)
        except OrchestratorError as error:
            return refusal(error.http_status, error.code, error.message)
        except HTTPException as error:
            return refusal(error.status_code, ErrorCode.MALFORMED_REQUEST, error.reason)

    async def get_context(self, request: HttpRequest | Socket, response: Sent | Socket) -> GraphQLContext:
        """Let the caller in. A WebSocket's credentials may still come with `connection_init`."""
        return GraphQLContext(await self._gate.context(request.headers), request.headers)

    async def on_ws_connect(self, context: GraphQLContext) -> UnsetType | dict[str, object] | None:
        """Let the caller in by the credentials of `connection_init`, named as the headers are."""
        given = {name.lower(): value for name, value in (context.connection_params or {}).items()}
        headers = {name: value for name, value in given.items() if isinstance(value, str)}
        try:
            context.enter(await self._gate.context({**context.headers, **headers}))
        except OrchestratorError as error:
            raise ConnectionRejectionError from error
        acknowledged: UnsetType = UNSET
        return acknowledged

    async def get_root_value(self, request: HttpRequest | Socket) -> None:
        """There is none."""
        return

    async def get_sub_response(self, request: HttpRequest) -> Sent:
        """See `Sent`."""
        return Sent()

    def decode_json(self, data: str | bytes) -> object:
        """Parse as the REST edge does."""
        value = parse_json(data)
        if not isinstance(value, dict | list):
            raise MalformedRequest("The body must be a JSON object with a query")
        return value

    def encode_json(self, data: object) -> bytes:
        """Encode by the fast encoder."""
        return msgspec.json.encode(data)

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Sent
    ) -> Response[Any]:
        """A whole answer."""
        return Response(self.encode_json(response_data), status_code=sub_response.status_code, media_type=JSON)

    async def create_streaming_response(
        self,
        request: HttpRequest,
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Sent,
        headers: Mapping[str, str],
    ) -> Response[Any]:
        """An answer that goes on."""
        return Stream(stream(), status_code=sub_response.status_code, headers=dict(headers))

    async def render_graphql_ide(self, request: HttpRequest) -> Response[Any]:
        """The page is served by its own route."""
        raise HTTPException(404, "Not Found")

    def should_render_graphql_ide(self, request: Any) -> bool:
        """The page is served by its own route."""
        return False

    def is_websocket_request(self, request: HttpRequest | Socket) -> TypeGuard[Socket]:
        """Tell the two apart."""
        return isinstance(request, WebSocket)

    async def pick_websocket_subprotocol(self, request: Socket) -> str | None:
        """graphql-transport-ws is the only one."""
        offered = request.scope["subprotocols"]
        return GRAPHQL_TRANSPORT_WS_PROTOCOL if GRAPHQL_TRANSPORT_WS_PROTOCOL in offered else None

    async def create_websocket_response(self, request: Socket, subprotocol: str | None) -> Socket:
        """Accept."""
        await request.accept(subprotocols=subprotocol)
        return request

    def get_websocket_headers(self, request: Socket) -> Mapping[str, str]:
        """For the check of the origin."""
        return request.headers

    async def reject_websocket(self, request: Socket) -> Socket:
        """Another site's page is refused before the handshake."""
        await request.close(code=1008)
        return request


def refusal(status: int, code: ErrorCode, message: str) -> Response[Any]:
    """A GraphQL answer without data."""
    body = {"errors": [{"message": message, "extensions": {"code": code.value}}]}
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)

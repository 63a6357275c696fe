"""GraphQL over WebSocket: graphql-transport-ws, with the caller let in by what `connection_init` brings."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from datetime import timedelta
from typing import Any, cast

from graphql import GraphQLError
from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.async_base_view import AsyncWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.http.websocket_origin import is_same_origin
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message, SubscribeMessage
from strawberry.types.unset import UNSET, UnsetType

from models.error_codes import ErrorCode
from models.errors import MalformedRequest, OrchestratorError, TooManyConnections
from models.json_text import parse_json
from resolvers.access.lapse import lapse
from resolvers.bill import begin_bill
from resolvers.context import EdgeGate, Viewer
from resolvers.web_origins import is_allowed
from schema.context import GraphQLContext
from schema.errors import expected, unexpected
from schema.options import GraphQLOptions
from schema.schema import OrchestratorSchema
from schema.transport.documents import Documents
from schema.transport.request import parameters
from schema.transport.transport import body, encode, origin_of

Socket = WebSocket[Any, Any, Any]

INIT_TIMEOUT = timedelta(seconds=10)
MAX_OPERATIONS = 100
MAX_EARLY_MESSAGES = 10
"""Of a client that has not said who it is: one is enough."""
POLICY_VIOLATION, INTERNAL_ERROR, TRY_AGAIN_LATER = 1008, 1011, 1013
UNAUTHORIZED, FORBIDDEN, NOT_ACCEPTABLE, TOO_MANY = 4401, 4403, 4406, 4429
CLOSE_CODES = {
    ErrorCode.UNAVAILABLE: TRY_AGAIN_LATER,
    ErrorCode.RATE_LIMITED: TRY_AGAIN_LATER,
    ErrorCode.TOO_MANY_CONNECTIONS: TOO_MANY,
}
"""By what a socket is closed whose caller is not let in for another reason than who it is."""

MAX_REASON_BYTES = 123


class GraphQLOverSocket:
    """One endpoint for sockets."""

    def __init__(
        self, schema: OrchestratorSchema, documents: Documents, gate: EdgeGate, options: GraphQLOptions
    ) -> None:
        self._schema = schema
        self._documents = documents
        self._gate = gate
        self._options = options

    async def serve(self, socket: Socket) -> None:
        """Serve operations until the socket is closed. A page of another site is refused before the handshake."""
        if not _is_welcome(socket.headers, self._options.allowed_origins):
            await socket.close(code=POLICY_VIOLATION, reason="Pages of this origin may not open a socket here")
            return
        offered = socket.scope["subprotocols"]
        if GRAPHQL_TRANSPORT_WS_PROTOCOL not in offered:
            await socket.accept()
            await socket.close(code=NOT_ACCEPTABLE, reason="Subprotocol not acceptable")
            return
        try:
            # Who it is shows with `connection_init`, which is when the caller pays.
            ctx = await self._gate.context(socket.headers, origin_of(socket), is_charged=False)
            ctx.hold_connection()
        except TooManyConnections as error:
            await socket.accept(subprotocols=GRAPHQL_TRANSPORT_WS_PROTOCOL)
            await Messages(socket).close(*_closing(error))
            return
        except OrchestratorError as error:
            await socket.close(code=POLICY_VIOLATION, reason=f"{error.code}: {error.message}")
            return
        context = GraphQLContext(ctx, socket.headers)
        await socket.accept(subprotocols=GRAPHQL_TRANSPORT_WS_PROTOCOL)
        conversation = Conversation(
            self._schema,
            self._documents,
            self._gate,
            context,
            Messages(socket),
            admits_strangers=self._options.test_environment,
        )
        await conversation.handle()


class Messages(AsyncWebSocketAdapter):
    """The messages of a socket: JSON objects and nothing else."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._is_closed = False

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Yield each message. Raises `NonJsonMessageReceived`."""
        del ignore_parsing_errors  # of another protocol
        try:
            while self._socket.connection_state != "disconnect":
                try:
                    message = parse_json(await self._socket.receive_text())
                except MalformedRequest as error:
                    raise NonJsonMessageReceived from error
                if not isinstance(message, dict):
                    raise NonJsonMessageReceived
                yield message
                # What has come is there at once, and its answers too: without this nobody else would have a turn.
                await asyncio.sleep(0)
        except WebSocketDisconnect:
            return

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send. Raises `WebSocketDisconnected`."""
        if self._is_closed:
            raise WebSocketDisconnected
        try:
            await self._socket.send_data(encode(message))
        except (WebSocketDisconnect, OSError) as error:  # the server's word for a client that has gone is an OSError
            raise WebSocketDisconnected from error

    async def close(self, code: int, reason: str) -> None:
        """Close; the first reason stands. The protocol has room for a short one."""
        if not self._is_closed:
            self._is_closed = True
            short = reason.encode(errors="replace")[:MAX_REASON_BYTES].decode(errors="ignore")
            await self._socket.close(code=code, reason=short)


class Conversation(BaseGraphQLTransportWSHandler[GraphQLContext, None]):
    """One socket's operations: every refusal has its code, and concerns its operation alone.

    The socket lives no longer than the credential that opened it.
    """

    def __init__(
        self,
        schema: OrchestratorSchema,
        documents: Documents,
        gate: EdgeGate,
        context: GraphQLContext,
        messages: Messages,
        *,
        admits_strangers: bool,
    ) -> None:
        super().__init__(
            view=cast(Any, self),  # all that is asked of a view is `on_ws_connect`
            websocket=messages,
            context=context,
            root_value=None,
            schema=schema,
            connection_init_wait_timeout=INIT_TIMEOUT,
        )
        self._documents = documents
        self._gate = gate
        self._admits_strangers = admits_strangers
        self._watch: asyncio.Task[None] | None = None
        self._early = 0

    async def on_ws_connect(self, context: GraphQLContext) -> UnsetType:
        """Let the caller in by the credentials of `connection_init`, named as the headers are."""
        given = {name.lower(): value for name, value in (context.connection_params or {}).items()}
        headers = {**context.headers, **{name: value for name, value in given.items() if isinstance(value, str)}}
        try:
            ctx = await self._gate.context(headers, context.ctx.origin)
            if ctx.viewer is not None or self._admits_strangers:
                ctx.hold_connection()
        except OrchestratorError as error:
            await self.websocket.close(*_closing(error))
            raise ConnectionRejectionError from error
        if ctx.viewer is None and not self._admits_strangers:
            ctx.note_stranger()
            await self.websocket.close(UNAUTHORIZED, "Unauthorized: connection_init must bring a credential")
            raise ConnectionRejectionError
        context.enter(ctx)
        self._watch = asyncio.create_task(self._close_at_lapse(headers, ctx.viewer))
        acknowledged: UnsetType = UNSET
        return acknowledged

    async def shutdown(self) -> None:
        """End what is left when the socket is closed."""
        if self._watch is not None:
            self._watch.cancel()
        await super().shutdown()

    async def _close_at_lapse(self, headers: Mapping[str, str], viewer: Viewer | None) -> None:
        code = FORBIDDEN
        try:
            reason = f"Forbidden: {await lapse(self._gate, headers, viewer)}"
        except Exception as error:
            # Nobody would notice any more that the credential is no longer good.
            code, reason = INTERNAL_ERROR, unexpected(error, "in the watch over a credential").message
        self.connection_acknowledged = False
        for id_ in list(self.operations):
            await self.cleanup_operation(id_)
        await self.websocket.close(code, reason)

    async def handle_message(self, message: Message) -> None:
        """Take one message; what is none of the protocol closes the socket."""
        id_ = message.get("id", "x")
        if not isinstance(message.get("type"), str) or not isinstance(id_, str) or not id_:
            await self.handle_invalid_message("A message has a type, and an id that is a string")
            return
        if not self.connection_init_received:
            self._early += 1
            if self._early > MAX_EARLY_MESSAGES:
                await self.websocket.close(TOO_MANY, "Too many messages before connection_init")
                return
        await super().handle_message(message)

    async def handle_task_exception(self, error: Exception) -> None:
        """Log what went wrong in an operation, unless it is that nobody is there any more to be answered."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Start an operation, found by its text or its hash."""
        id_, payload = message["id"], message["payload"]
        if not isinstance(payload, dict):
            await self.handle_invalid_message("The payload of a subscribe must be an object")
            return
        if not self.connection_acknowledged or id_ in self.operations:
            await super().handle_subscribe(message)
            return
        begin_bill()
        try:
            await self.context.ctx.charge()
            asked = parameters(payload)
            query = self._documents.find(
                asked.query,
                asked.extensions,
                remembered=not cast(OrchestratorSchema, self.schema).is_hidden_from(self.context),
            )
        except OrchestratorError as error:
            await self.context.ctx.excuse()
            await self._refuse(id_, expected(error))
            return
        if len(self.operations) >= MAX_OPERATIONS:
            await self.context.ctx.excuse()
            many = f"The socket has {MAX_OPERATIONS} operations under way: end one, or open another socket"
            await self._refuse(id_, GraphQLError(many, extensions={"code": ErrorCode.TOO_MANY_OPERATIONS.value}))
            return
        found = {"query": query, "variables": asked.variables, "operationName": asked.operation_name}
        await super().handle_subscribe(cast(SubscribeMessage, {**message, "payload": found}))

    async def _handle_pre_execution_error(self, operation: "Operation[GraphQLContext, None]", result: Any) -> None:
        await operation.send_operation_message({"id": operation.id, "type": "error", "payload": body(result)["errors"]})

    async def _refuse(self, id_: str, error: GraphQLError) -> None:
        await self.send_message({"id": id_, "type": "error", "payload": [error.formatted]})


def _closing(error: OrchestratorError) -> tuple[int, str]:
    """By what code, and why, a socket is closed whose caller is not let in."""
    code = CLOSE_CODES.get(error.code)
    return (FORBIDDEN, f"Forbidden: {error.message}") if code is None else (code, f"{error.code}: {error.message}")


def _is_welcome(headers: Mapping[str, str], allowed: Collection[str]) -> bool:
    """Whether who opens a socket is no page of another site: programs send no `Origin`, browsers always do."""
    origin = headers.get("origin")
    return origin is None or is_same_origin(origin, headers.get("host")) or is_allowed(origin, allowed)

"""GraphQL over HTTP: one operation in, one answer or a stream of them out."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any, cast

import msgspec
from graphql import GraphQLError, OperationType
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException as LitestarHTTPException
from strawberry.types.execution import ExecutionResult

from models.error_codes import ErrorCode
from models.errors import OrchestratorError, RateLimited
from resolvers.access.lapse import lapse
from resolvers.bill import begin_bill
from resolvers.context import EdgeGate, Origin
from schema.context import GraphQLContext
from schema.errors import expected, unexpected
from schema.schema import OrchestratorSchema
from schema.transport.documents import Documents
from schema.transport.request import AnswerForm, NotAcceptable, Parameters, accepted_forms, read_parameters
from schema.transport.shared_answers import SharedData
from schema.transport.streaming import ClosedStream, Events, Multipart, StreamForm, written

HttpRequest = Request[Any, Any, Any]

WHOLE = (AnswerForm.RESPONSE, AnswerForm.JSON)
STREAMS: Mapping[AnswerForm, StreamForm] = {AnswerForm.EVENTS: Events(), AnswerForm.MULTIPART: Multipart()}
REFUSED_STATUS = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.PERMISSION_DENIED: 403,
    ErrorCode.DOCUMENT_NOT_TRUSTED: 403,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.OPERATION_TIMED_OUT: 503,
    ErrorCode.INTERNAL_ERROR: 500,
}
"""The status of an operation that was not carried out, where the form has statuses of its own; else 400."""


def origin_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Origin:
    """Where a request or a socket comes from, as the application around the edges has noted it."""
    origin: Origin = connection.scope["state"]["origin"]
    return origin


class GraphQLOverHttp:
    """The protocol, with the caller let in through the gate."""

    def __init__(self, schema: OrchestratorSchema, documents: Documents, gate: EdgeGate) -> None:
        self._schema = schema
        self._documents = documents
        self._gate = gate

    async def answer(self, request: HttpRequest) -> Response[Any]:
        """Answer a GET or POST; what no operation can be made of has an `errors` list all the same."""
        form = AnswerForm.JSON
        context: GraphQLContext | None = None
        begin_bill()
        try:
            forms = accepted_forms(request.headers.get("accept"))
            form = next((form for form in forms if form in WHOLE), AnswerForm.JSON)
            context = GraphQLContext(await self._gate.context(request.headers, origin_of(request)), request.headers)
            asked = await read_parameters(request)
            query = self._documents.find(
                asked.query, asked.extensions, remembered=not self._schema.is_hidden_from(context)
            )
            kind = self._kind(query, asked)
            if request.method == "GET" and kind not in (None, OperationType.QUERY):
                return refusal(405, ErrorCode.METHOD_NOT_ALLOWED, "GET is for queries: send a POST", form, GET_ONLY)
            chosen = _chosen(forms, kind)
            if chosen in STREAMS:
                context.ctx.hold_connection()
                results, ending = self._results(query, asked, context), partial(self._last_word, context)
                stream = written(results, STREAMS[chosen], ending)
                return ClosedStream(stream, status_code=200, headers=dict(STREAMS[chosen].headers))
            result = await self._schema.execute(
                query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                operation_extensions=asked.extensions,
            )
            return _whole(result, chosen)
        except OrchestratorError as error:
            if context is not None:
                await context.ctx.excuse()
            return _response({"errors": [expected(error).formatted]}, error.http_status, form, _when_again(error))
        except LitestarHTTPException:
            raise  # too large a body, which the route answers
        except Exception as error:
            hidden = unexpected(error)
            return _response({"errors": [hidden.formatted]}, 500, form)

    def _kind(self, query: str, asked: Parameters) -> OperationType | None:
        """The type of the operation; None where it cannot be told, which its execution will say."""
        try:
            return self._schema.reader.read(query).operation(asked.operation_name).type
        except GraphQLError:
            return None

    async def _last_word(self, context: GraphQLContext) -> bytes:
        """What ends a stream whose credential is no longer good, as soon as it is not."""
        reason = await lapse(self._gate, context.headers, context.ctx.viewer)
        return encode(
            {"errors": [GraphQLError(reason, extensions={"code": ErrorCode.UNAUTHENTICATED.value}).formatted]}
        )

    async def _results(self, query: str, asked: Parameters, context: GraphQLContext) -> AsyncGenerator[bytes, None]:
        """The results one after the other, encoded."""
        stream = await self._schema.stream(
            query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            operation_extensions=asked.extensions,
        )
        async with aclosing(stream):
            is_last = False
            while not is_last:
                encoded, is_last = await _next_result(stream)
                if encoded is not None:
                    yield encoded


async def _next_result(stream: AsyncGenerator[Any, None]) -> tuple[bytes | None, bool]:
    """The next result, encoded, if there is one, and whether it is the last: what goes wrong ends a stream."""
    try:
        result = await anext(stream, None)
        if result is None:
            return None, True
        return encode(body(cast(ExecutionResult, result))), False  # incremental delivery is off
    except Exception as error:
        return encode({"errors": [unexpected(error).formatted]}), True


GET_ONLY: Mapping[str, str] = {"Allow": "POST"}


def _chosen(forms: list[AnswerForm], kind: OperationType | None) -> AnswerForm:
    """The form of the answer: a subscription needs a stream, and multipart is for subscriptions alone."""
    if kind is OperationType.SUBSCRIPTION:
        fitting = [form for form in forms if form in STREAMS]
    else:
        fitting = [form for form in forms if form is not AnswerForm.MULTIPART]
    if not fitting:
        raise NotAcceptable(
            f"A subscription is answered as a stream: accept {AnswerForm.EVENTS}, or use a WebSocket"
            if kind is OperationType.SUBSCRIPTION
            else f"Only a subscription is answered as {AnswerForm.MULTIPART}: accept {AnswerForm.JSON} too"
        )
    return fitting[0]


def body(result: ExecutionResult) -> dict[str, Any]:
    """A result as JSON. What was refused before it began has no `data`, not even null."""
    found: dict[str, Any] = {}
    if result.errors:
        found["errors"] = [error.formatted for error in result.errors]
    if not _was_refused(result):
        found["data"] = _encoded_once(result.data) if isinstance(result.data, SharedData) else result.data
    if result.extensions:
        found["extensions"] = result.extensions
    return found


def _encoded_once(data: SharedData) -> msgspec.Raw:
    if data.encoded is None:
        data.encoded = msgspec.Raw(encode(dict(data)))
    return data.encoded


def _was_refused(result: ExecutionResult) -> bool:
    # A field that fails has a path; what fails without one kept the operation from its beginning, or its end.
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())


def _whole(result: ExecutionResult, form: AnswerForm) -> Response[Any]:
    if not result.errors or not _was_refused(result):
        return _response(body(result), 200, form)
    cause = result.errors[0].original_error
    if isinstance(cause, RateLimited):
        return _response(body(result), cause.http_status, form, _when_again(cause))
    if form is not AnswerForm.RESPONSE:
        return _response(body(result), 200, form)
    code = (result.errors[0].extensions or {}).get("code")
    status = next((status for refused, status in REFUSED_STATUS.items() if refused == code), 400)
    return _response(body(result), status, form)


def _when_again(error: OrchestratorError) -> dict[str, str]:
    return {} if error.retry_after_seconds is None else {"Retry-After": str(error.retry_after_seconds)}


def refusal(
    status: int,
    code: ErrorCode,
    message: str,
    form: AnswerForm = AnswerForm.JSON,
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """An answer to what is no operation at all."""
    error = GraphQLError(message, extensions={"code": code.value})
    return _response({"errors": [error.formatted]}, status, form, headers)


def _response(
    content: dict[str, Any], status: int, form: AnswerForm, headers: Mapping[str, str] | None = None
) -> Response[Any]:
    media_type = f"{form}; charset=utf-8"
    return Response(encode(content), status_code=status, media_type=media_type, headers=dict(headers or {}))


def encode(content: object) -> bytes:
    """Encode as JSON without line breaks."""
    try:
        return msgspec.json.encode(content)
    except UnicodeEncodeError:  # half a surrogate pair of the caller's own, quoted in a message
        return json.dumps(content, default=_decoded).encode()


def _decoded(value: object) -> object:
    """A JSON value of an answer, which is encoded by then, for an encoder that does not know it."""
    if isinstance(value, msgspec.Raw):
        return msgspec.json.decode(value)
    raise TypeError(f"{type(value)} is no JSON")

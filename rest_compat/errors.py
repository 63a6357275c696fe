"""One error envelope for every REST failure (decision X2): typed errors, the framework's own, and bugs."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from engine.secrets.approval_links import told_path
from models.error_codes import ErrorCode
from models.errors import InvalidInput, OrchestratorError, Unauthenticated
from models.ids import ERROR_PREFIX, new_id
from models.nearest_word import nearest_word
from rest_compat.methods import allowed
from rest_compat.openapi_operations import OPERATIONS
from rest_compat.responses import json_response

REFUSED_AS = "refused_as"
"""Where the state of a request has the error code of its answer, for the log."""

MAX_PATH = 200
"""Characters of a path that is compared with the known ones."""

log = logging.getLogger("orchestrator.api.rest")

FRAMEWORK_CODES: Mapping[int, ErrorCode] = {
    400: ErrorCode.MALFORMED_REQUEST,
    401: ErrorCode.UNAUTHENTICATED,
    403: ErrorCode.PERMISSION_DENIED,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    406: ErrorCode.NOT_ACCEPTABLE,
    413: ErrorCode.PAYLOAD_TOO_LARGE,
    415: ErrorCode.UNSUPPORTED_MEDIA_TYPE,
}


def answer_expected(request: Request[Any, Any, Any], error: OrchestratorError) -> Response[bytes]:
    """The answer to a typed error."""
    headers = {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    detail: Any = error.message
    if isinstance(error, InvalidInput):
        detail = [{"loc": fault.loc, "msg": fault.msg, "type": fault.type} for fault in error.faults]
    more = {"hint": error.hint} if error.hint else {}
    return _envelope(request, error.http_status, error.code, detail, headers, **more)


def answer_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The answer to what the framework refuses: no such path, another method, too large a body."""
    if error.status_code not in FRAMEWORK_CODES:
        return answer_bug(request, error)
    code = FRAMEWORK_CODES[error.status_code]
    detail, headers = error.detail, dict(error.headers or {})
    if "allow" in headers:
        headers["allow"] = allowed(headers["allow"].split(", "))
        detail = f"This path takes {headers['allow']}, not {request.method}"
    elif code is ErrorCode.NOT_FOUND:
        detail = f"{detail}: {_nothing_there(request.url.path)}"
    return _envelope(request, error.status_code, code, detail, headers)


def _nothing_there(path: str) -> str:
    """What to do about a path that leads nowhere: the known one that ends or looks like it, and where all stand."""
    known = [operation.path for operation in OPERATIONS if operation.path != path]
    shown = path[:MAX_PATH].rstrip("/")
    near = [one for one in known if shown.endswith(one)] or [one for one in known if shown and f"{shown}/" in one]
    meant = near[0] if near else nearest_word(shown, known)
    hint = f"did you mean {meant}? " if meant else ""
    return f"{hint}/openapi.json and /docs name all paths"


def answer_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer to anything else: an identifier to quote, and nothing of the inside (decision X2)."""
    error_id = new_id(ERROR_PREFIX)
    log.error("%s: unexpected error in %s %s", error_id, request.method, told_path(request.url.path), exc_info=error)
    return _envelope(request, 500, ErrorCode.INTERNAL_ERROR, "Internal server error", {}, error_id=error_id)


def envelope(
    code: ErrorCode, detail: Any, *, request_id: str | None, path: str, method: str, **more: str
) -> dict[str, Any]:
    """The body of every failure (decision X2)."""
    return {
        "detail": detail,
        "error_code": code,
        "timestamp": datetime.now(UTC),
        "request_id": request_id,
        "path": path,
        "method": method,
        **more,
    }


def _envelope(
    request: Request[Any, Any, Any], status: int, code: ErrorCode, detail: Any, headers: dict[str, str], **more: str
) -> Response[bytes]:
    state = request.scope["state"]
    state[REFUSED_AS] = code
    request_id = state["origin"].request_id
    body = envelope(code, detail, request_id=request_id, path=request.url.path, method=request.method, **more)
    return json_response(body, status, headers)


EXCEPTION_HANDLERS: dict[type[Exception] | int, Any] = {
    OrchestratorError: answer_expected,
    HTTPException: answer_framework,
    Exception: answer_bug,
}

"""What both demo services share at their HTTP edge: the health route and the answers to a bad body."""

from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import ValidationException
from litestar.status_codes import HTTP_400_BAD_REQUEST, HTTP_422_UNPROCESSABLE_ENTITY
from litestar.types import ExceptionHandlersMap

# Litestar names the whole body after the handler's parameter, and reports an absent one by that name alone.
_WHOLE_BODY = "data"
_ABSENT_BODY = "'data'"


@get("/health", sync_to_thread=False)
def report_health() -> dict[str, str]:
    """Say that the service answers."""
    return {"status": "healthy"}


def _explain_invalid_body(_request: Request[Any, Any, Any], error: ValidationException) -> Response[dict[str, object]]:
    faults = [_fault(fault) for fault in error.extra or () if isinstance(fault, dict)]
    return _answer(HTTP_422_UNPROCESSABLE_ENTITY, "; ".join(faults) or error.detail)


def _explain_undecodable_body(
    _request: Request[Any, Any, Any], _error: UnicodeDecodeError
) -> Response[dict[str, object]]:
    return _answer(HTTP_400_BAD_REQUEST, "body: not valid UTF-8")


def _explain_deep_body(_request: Request[Any, Any, Any], _error: RecursionError) -> Response[dict[str, object]]:
    return _answer(HTTP_400_BAD_REQUEST, "body: nested too deeply")


def _fault(fault: dict[str, Any]) -> str:
    if fault.get("message") == _ABSENT_BODY:
        return "body: a JSON object is required"
    key = fault.get("key", _WHOLE_BODY)
    return f"{'body' if key == _WHOLE_BODY else key}: {fault.get('message')}"


def _answer(status: int, detail: str) -> Response[dict[str, object]]:
    return Response({"status_code": status, "detail": detail}, status_code=status)


# Fields that are wrong in sound JSON get 422; the decoder raises the other two itself, and they would become 500.
BODY_FAULT_ANSWERS: ExceptionHandlersMap = {
    ValidationException: _explain_invalid_body,
    UnicodeDecodeError: _explain_undecodable_body,
    RecursionError: _explain_deep_body,
}

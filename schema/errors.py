"""The one place that turns a failure into GraphQL: `userErrors` in a payload, or a masked top-level error."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLError

from models.error_codes import ErrorCode
from models.errors import Conflict, InvalidInput, NotFound, OrchestratorError
from models.faults import Fault
from models.ids import ERROR_PREFIX, new_id
from models.retention_errors import CursorExpired, Gone
from schema.context import GraphQLInfo
from schema.input_paths import input_path
from schema.types.enums import ErrorCode as ErrorCodeEnum

log = logging.getLogger("orchestrator.api.graphql")

P = TypeVar("P")

USER_ERRORS = "What the caller can mend; empty where the operation was carried out."


@strawberry.type(description="What is wrong with a request, where the caller can mend it.")
class UserError:
    """One fault of the input, or the one reason why the operation was refused."""

    code: ErrorCodeEnum = strawberry.field(description="The stable word for this kind of failure.")
    message: str = strawberry.field(description="What is wrong, for a person to read.")
    path: list[str] = strawberry.field(description="Where in the input, from the argument's name down.")
    hint: str | None = strawberry.field(default=None, description="What to do, where the message does not say it.")


async def payload(
    info: GraphQLInfo, asked: object, payload_type: Callable[..., P], work: Callable[[], Awaitable[dict[str, Any]]]
) -> P:
    """Return the payload of a mutation: its fields, or the reasons why the input `asked` was refused.

    Who is asked for before what: an anonymous caller learns nothing about an input. Who-are-you, may-not, limits
    and bugs are no matter of the input: they pass on as top-level errors.
    """
    _ = info.context.ctx.user
    try:
        return payload_type(**await work(), user_errors=[])
    except InvalidInput as error:
        return payload_type(user_errors=[_user_error(error.code, fault, asked) for fault in error.faults])
    except (Conflict, Gone, NotFound) as error:
        told = UserError(code=error.code, message=error.message, path=["input"], hint=error.hint or None)
        return payload_type(user_errors=[told])


def _user_error(code: ErrorCode, fault: Fault, asked: object) -> UserError:
    # A REST body and a GraphQL input are the same command, so only the name of its root differs.
    place = input_path(type(asked), fault.loc[1:])
    return UserError(code=code, message=fault.msg, path=["input", *map(str, place)])


def present(error: GraphQLError) -> None:
    """Give a top-level error its stable code, and hide what is nobody's business outside (FAULTS S16)."""
    cause = error.original_error
    if isinstance(cause, OrchestratorError):
        # Frames hold all that was read, and errors hold frames: nobody would let go of it before a look for garbage.
        cause.__traceback__ = error.__traceback__ = None
        error.extensions = {"code": cause.code.value}
        if cause.retry_after_seconds is not None:
            error.extensions["retry_after_seconds"] = cause.retry_after_seconds
        if isinstance(cause, CursorExpired):
            error.extensions["resume_after"] = cause.resume_after
        if isinstance(cause, InvalidInput):
            error.extensions["faults"] = [
                {"loc": list(fault.loc), "msg": fault.msg, "type": fault.type} for fault in cause.faults
            ]
    elif cause is None or isinstance(cause, GraphQLError):
        error.extensions = {"code": ErrorCode.VALIDATION_ERROR.value, **(error.extensions or {})}
    elif "error_id" not in (error.extensions or {}):
        hidden = unexpected(cause, f"in field {error.path}")
        error.message, error.extensions = hidden.message, hidden.extensions


def expected(cause: OrchestratorError) -> GraphQLError:
    """An expected failure that concerns a whole operation."""
    error = GraphQLError(cause.message, original_error=cause)
    present(error)
    return error


def unexpected(cause: Exception, where: str = "in an operation") -> GraphQLError:
    """Log a bug, and return what may be said of it outside."""
    error_id = new_id(ERROR_PREFIX)
    log.error("%s: unexpected error %s", error_id, where, exc_info=cause)
    return GraphQLError(
        "Internal server error", extensions={"code": ErrorCode.INTERNAL_ERROR.value, "error_id": error_id}
    )

"""Says why the service did not start: an expected failure in its own words, where a framework would print a trace."""

from collections.abc import Sequence
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from app.commands.clear_errors import EXPECTED, ExpectedFailure, lines_of

FAILED = "lifespan.startup.failed"
UNEXPECTED = ("the service did not start on a fault of its own: what it stumbled over is told above",)


class ExplainedStart:
    """An ASGI application around another one; `faults` are the lines of why that one did not start."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.faults: Sequence[str] = UNEXPECTED

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but the trace of a start that failed as was to be expected."""
        kind: str = scope["type"]  # the framework's types leave out the third one
        if kind != "lifespan":
            await self._app(scope, receive, send)
            return
        held: list[Any] = []

        async def send_or_hold(message: Any) -> None:
            if message["type"] == FAILED:
                held.append(message)  # until it is known why
            else:
                await send(message)

        try:
            await self._app(scope, receive, send_or_hold)
        except Exception as error:
            expected = _expected(error)
            if expected is not None:
                self.faults = lines_of(expected)
                held = [{"type": FAILED, "message": ""}]
            for message in held:
                await send(message)
            raise


def _expected(error: BaseException) -> ExpectedFailure | None:
    """The one expected failure that it is, or that a framework has wrapped."""
    if isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        return _expected(error.exceptions[0])
    return error if isinstance(error, EXPECTED) else None

"""The line that a request has in the log: what was asked, how it was answered, and how long that took."""

import logging
from typing import Any

from app.terminal.logs import AccessLog
from engine.secrets.approval_links import told_path
from models.log_context import facts
from rest_compat.errors import REFUSED_AS

log = logging.getLogger("orchestrator.access")

REFUSED = 400
FAULT = 500
NEVER = 1_000
"""Above every status."""

MAX_SHOWN = 300
SHOWN_FROM = {AccessLog.ALL: 0, AccessLog.ERRORS: REFUSED, AccessLog.OFF: NEVER}
SOCKET = "WEBSOCKET"
SWITCHED = 101
REFUSED_SOCKET = 403
SOCKET_STATUS = {"websocket.accept": SWITCHED, "websocket.close": REFUSED_SOCKET}


class Access:
    """Which requests have a line. What stands in a query, a header or a body is never told, nor is an approval link."""

    def __init__(self, which: AccessLog) -> None:
        self.shown_from = SHOWN_FROM[which]
        """The lowest status of an answer that has a line."""

    def tell(self, scope: Any, status: int, seconds: float) -> None:
        """Write the line of a request that is answered at this moment, or of a socket that is opened or refused."""
        client = scope["client"]
        code = scope.get("state", {}).get(REFUSED_AS)
        log.log(
            logging.ERROR if status >= FAULT else logging.INFO,
            "%s %s %d",
            scope.get("method", SOCKET),
            told_path(scope["path"])[:MAX_SHOWN],
            status,
            extra=facts(
                address=client[0] if client else None,
                duration_ms=round(seconds * 1e3, 1),
                **{"code": str(code)} if code else {},
            ),
        )


def status_of_socket(message: Any) -> int | None:
    """How an answer to the handshake of a WebSocket would be counted in HTTP; None of any other message."""
    if message["type"] == "websocket.http.response.start":
        status: int = message["status"]
        return status
    return SOCKET_STATUS.get(message["type"])

"""Says why a database cannot be used: which one, what the system or the server says, and what to do."""

import socket
from collections.abc import Iterator

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from models.database.database import NO_ANSWER
from models.errors import Unavailable

DEFAULT_PORT = 5432
ADDRESS = "the address in ORCHESTRATOR_DATABASE_URL"
ADVICE = (
    ("28", f"mend the user or the password of {ADDRESS}"),
    ("3D000", f"make it ('createdb'), or mend the name in {ADDRESS}"),
    ("42501", "grant its user CREATE on the database and on its schema"),
    ("25006", "it takes no writes: name the primary"),
    ("53300", "it has no connection left: raise its max_connections"),
    ("57P03", "it is coming up or going down: try again in a moment"),
    ("", "mend that, and start again"),
)
"""What to do, by how the SQLSTATE of the server's refusal begins."""

REFUSED = ("28", "3D000", "42501", "25006", "53", "57P")
"""The refusals that are no fault of what we ask for; what else a server refuses is a bug of ours."""


def place_of(url: URL) -> str:
    """What a message calls a database: its file, or its name and its server, never a password."""
    if url.get_backend_name() == "sqlite":
        return f"the database {url.database}"
    host = url.host or url.query.get("host", "localhost")
    place = host if isinstance(host, str) else ",".join(host)
    if not place.startswith("/") and "," not in place:
        port = url.port or url.query.get("port", DEFAULT_PORT)
        place = f"[{place}]:{port}" if ":" in place else f"{place}:{port}"
    return f"the PostgreSQL database '{url.database or url.username or ''}' at {place}"


def unusable(url: str, error: BaseException) -> Unavailable | None:
    """What to tell of a failure to open the database at `url`; None where the failure is a bug, or is told already."""
    place = place_of(make_url(url))
    in_general = None
    if isinstance(error, Unavailable) and error.__cause__ is not None:  # the database's own layer says so
        in_general = Unavailable(f"{place} cannot be used: {reason_of(error)}")
    if make_url(url).get_backend_name() == "sqlite":
        return in_general
    for cause in _causes(error):
        state = getattr(cause, "sqlstate", None)
        if isinstance(state, str) and not isinstance(cause, DBAPIError):
            if not state.startswith(REFUSED) and not isinstance(error, Unavailable):
                return None
            advice = next(advice for beginning, advice in ADVICE if state.startswith(beginning))
            return Unavailable(f"{place} cannot be used: {_line(cause)}: {advice}")
        if isinstance(cause, socket.gaierror):
            return Unavailable(f"{place} cannot be reached: that name leads nowhere: mend {ADDRESS}")
        if isinstance(cause, TimeoutError):
            return Unavailable(f"{place} does not answer: see whether it runs, and whether a firewall is in between")
        if isinstance(cause, OSError):
            return Unavailable(f"{place} cannot be reached: {_line(cause)}: start it, or mend {ADDRESS}")
    return in_general


def reason_of(error: Unavailable) -> str:
    """What the log says of a database that is away: in the words of the system or the server, never a password."""
    if error.message != NO_ANSWER:
        return error.message
    for cause in _causes(error.__cause__):
        if not isinstance(cause, DBAPIError):  # which wraps what the driver says in the statement
            return _line(cause) or "no answer in time"
    return error.message


def _causes(cause: BaseException | None) -> Iterator[BaseException]:
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _line(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())

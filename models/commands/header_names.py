"""Which headers of a call a workflow may not set: what frames it, or belongs to a connection or to the engine."""

import re
from collections.abc import Iterable

NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
VALUE = re.compile(r"[\t\x20-\x7e]*")
NO_WORD = re.compile(r"[^a-z0-9]+")

FRAMING = frozenset({"content-encoding", "content-length", "expect", "host", "trailer", "transfer-encoding"})
"""What says where a message ends, how its bytes are read, and whom it is for."""

HOP_BY_HOP = frozenset({"accept-encoding", "connection", "http2-settings", "keep-alive", "te", "upgrade"})
"""What the two ends of one connection agree upon (RFC 9110, 7.6.1), and no end of another one."""

OF_THE_ENGINE = frozenset({"idempotency-key", "traceparent", "tracestate", "x-execution-id"})
"""A workflow that set one of these would break a promise."""

RESERVED = FRAMING | HOP_BY_HOP | OF_THE_ENGINE


def read_name(name: str) -> str:
    """The name as the laxest receiver reads it: gateways such as CGI make one word of `_`, `-` and other signs."""
    return NO_WORD.sub("-", name.lower()).strip("-")


def is_reserved(name: str) -> bool:
    """Whether a workflow may not set a header, in whatever spelling."""
    read = read_name(name)
    # Of all that begins with `proxy-` the next hop is meant; `Proxy` alone is an address to programs behind a CGI.
    return read in RESERVED or read.partition("-")[0] == "proxy"


def without(headers: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    """The headers but for those that a receiver could take for one of `names`."""
    taken = {read_name(name) for name in names}
    return {name: value for name, value in headers.items() if read_name(name) not in taken}

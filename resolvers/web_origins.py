"""Which sites' pages may call the service: one rule for requests, streams and sockets."""

from collections.abc import Collection

ALL = "*"
NOBODY = "null"
"""The origin of sandboxed frames and local files: it names nobody, so anybody can have it."""


def is_allowed(origin: str, allowed: Collection[str]) -> bool:
    """Whether an `Origin` header, in the one form in which browsers write it, is of an allowed site."""
    return origin in allowed or (ALL in allowed and origin != NOBODY)

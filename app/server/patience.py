"""How long the server waits for a client, and how much it takes before it knows what is asked for."""

import msgspec


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """The times are in seconds; tests have less of them."""

    head_seconds: float = 10.0
    """How long the line and the headers of a request may take, from their first byte on."""
    silence_seconds: float = 20.0
    """How long a body may pause. Over all it has as long, and a second more for each `slowest_bytes` of it."""
    slowest_bytes: int = 500
    stall_seconds: float = 20.0
    """How long a connection's buffer (64 KB) may be full. A subscriber that was dropped goes on from its cursor."""
    idle_seconds: int = 60
    """How long a connection is kept for a further request."""
    parting_seconds: float = 1.0
    """How long a client that was refused has to read why, before the connection is closed."""
    max_head_bytes: int = 32_768
    max_headers: int = 100
    frames_per_second: float = 50.0
    """How many frames a WebSocket's client may send over time, messages, pings and pieces alike."""
    frames_at_once: int = 250
    """How many it may send in a burst: a page that opens its 100 operations, and ends them, is no flood."""

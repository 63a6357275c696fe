"""Runs the ASGI application under uvicorn."""

import gc
import sys

import uvicorn

from app.asgi import create_app
from app.settings import Settings

SWITCH_INTERVAL_SECONDS = 0.0002
"""How long a thread keeps the interpreter when another one waits. The database's writer thread gives it up at
each statement; at Python's default of 5 ms a busy event loop would stretch a commit 40 times (ADR 4)."""

GC_THRESHOLD = 50_000
"""New objects between collections: almost none of ours are in cycles, so looking often is work for nothing."""

DRAIN_SECONDS = 28


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, then drain."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ws_max_size=65_536,
    )
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)
    uvicorn.Server(config).run()

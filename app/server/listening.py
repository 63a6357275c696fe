"""What every server of this project is configured with: its protocols with their limits, and whom it believes."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import uvicorn

from app.server.patience import Patience
from app.server.request_limits import LimitedHttp
from app.server.socket_limits import LimitedSocket
from app.server.stalled import impatient
from engine.services.addresses import Network

MAX_MESSAGE_BYTES = 65_536
"""The largest message that a WebSocket takes from its client."""


def listening(
    app: Any,
    host: str,
    port: int,
    *,
    patience: Patience | None = None,
    trusted_proxies: Sequence[Network] = (),
    **options: Any,
) -> uvicorn.Config:
    """The configuration of a server. What `X-Forwarded-*` says counts where a trusted proxy says it, only there."""
    patience = patience or Patience()
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        interface="asgi3",
        lifespan="on",
        log_level="warning",
        log_config=None,  # it is set up for the whole process, in one place
        access_log=False,
        server_header=False,
        timeout_keep_alive=patience.idle_seconds,
        http=_limited(LimitedHttp, patience),
        ws=_limited(LimitedSocket, patience),
        ws_max_size=MAX_MESSAGE_BYTES,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=[str(network) for network in trusted_proxies],
        **options,
    )


def _limited(protocol: type[Any], patience: Patience) -> type[asyncio.Protocol]:
    limited = type(f"Patient{protocol.__name__}", (protocol,), {"patience": patience})
    return cast(type[asyncio.Protocol], impatient(limited, patience.stall_seconds))

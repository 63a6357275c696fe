"""A service that answers late, so that whoever calls it is limited by waiting and not by any processor."""

import asyncio
from typing import Any

from benchmarks.bare import app as answer_at_once

PAUSE_SECONDS = 1.0


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer as the bare application does, after a pause."""
    if scope["type"] == "http":
        await asyncio.sleep(PAUSE_SECONDS)
    await answer_at_once(scope, receive, send)

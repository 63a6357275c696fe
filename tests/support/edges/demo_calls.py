"""How the tests of the demo reach its services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar

DOCUMENTS = Path(__file__).parents[3] / "examples" / "documents"


@asynccontextmanager
async def client_for(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client,
    ):
        yield client


async def post(app: Litestar, path: str, **request: Any) -> httpx.Response:
    async with client_for(app) as client:
        return await client.post(path, **request)

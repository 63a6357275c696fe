"""Pages of other sites: none is told anything unless it is listed, over HTTP, streams and sockets alike (S27)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from app.asgi import create_app
from app.server.serving import serving
from app.settings.reading import load_settings
from app.settings.settings import Environment, Settings
from tests.support.calls import JWT_SECRET, NO_TLS, token
from tests.support.sockets import signed_in

pytestmark = pytest.mark.asyncio

LISTED = "https://console.example.com"
ALLOWED = load_settings({"ORCHESTRATOR_ALLOWED_ORIGINS": "https://Console.example.com:443, http://localhost:3000"})
OTHERS = (
    "https://evil.example",
    "https://console.example.com.evil.example",
    "http://console.example.com",
    "https://console.example.com:8443",
    "http://localhost:3001",
    "null",
    "",
)
PATHS = ("/graphql", "/workflows", "/workflows/health", "/nothing")
ASKED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """Production, for two sites besides its own."""
    return Settings(
        data_dir=data_dir,
        jwt_secret=JWT_SECRET,
        environment=Environment.PRODUCTION,
        rate_limit=0,
        allowed_origins=ALLOWED.allowed_origins,
    )


@pytest_asyncio.fixture
async def node(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings) as client:
        yield client


def cross_origin(answered: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answered.headers.items() if name.startswith("access-control-")}


async def test_a_preflight_of_a_listed_site_is_answered_for_every_path(node: httpx.AsyncClient) -> None:
    for path in PATHS:
        answered = await node.options(path, headers={"Origin": LISTED, **ASKED})
        assert (path, answered.status_code, answered.content) == (path, 204, b"")
        said = cross_origin(answered)
        assert said["access-control-allow-origin"] == LISTED
        sent = {name.strip().lower() for name in said["access-control-allow-headers"].split(",")}
        assert {"authorization", "content-encoding", "content-type", "idempotency-key", "if-match", "x-api-key"} <= sent
        assert {"POST", "PUT", "DELETE"} <= set(said["access-control-allow-methods"].split(", "))
        assert int(said["access-control-max-age"]) > 0
        assert "access-control-allow-credentials" not in said
        assert "Origin" in answered.headers["vary"]
        assert answered.headers["x-content-type-options"] == "nosniff"


async def test_answers_and_refusals_are_for_the_scripts_of_a_listed_site(node: httpx.AsyncClient) -> None:
    for path in PATHS:
        for headers in ({}, {"Authorization": "Bearer guess"}):
            answered = await node.get(path, headers={"Origin": LISTED, **headers})
            said = cross_origin(answered)
            assert said.pop("access-control-expose-headers").split(", ")[0] == "ETag"
            assert said == {"access-control-allow-origin": LISTED}
            assert "Origin" in answered.headers["vary"]
    body = {"query": "subscription { systemMetrics(intervalSeconds: 3600) { timestamp } }"}
    headers = {"Origin": "http://localhost:3000", "Accept": "text/event-stream"}
    async with node.stream("POST", "/graphql", json=body, headers=headers) as stream:
        assert stream.headers["access-control-allow-origin"] == "http://localhost:3000"


@pytest.mark.parametrize("origin", OTHERS)
async def test_nobody_else_is_told_anything(node: httpx.AsyncClient, origin: str) -> None:
    for path in PATHS:
        for answered in (
            await node.options(path, headers={"Origin": origin, **ASKED}),
            await node.get(path, headers={"Origin": origin}),
        ):
            assert cross_origin(answered) == {}
            assert "Origin" in answered.headers["vary"]  # no cache may give one site's answer to another
    with pytest.raises(InvalidStatus) as refused:
        async with signed_in(node, token("ada", "default", "editor"), origin=Origin(origin)):
            pass
    assert refused.value.response.status_code == 403


async def test_the_list_holds_for_sockets_too(node: httpx.AsyncClient) -> None:
    own = str(node.base_url).rstrip("/")
    for origin in (LISTED, "http://localhost:3000", own):
        async with signed_in(node, token("ada", "default", "editor"), origin=Origin(origin)):
            pass


@asynccontextmanager
async def served(settings: Settings, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client, signed in, of a server with other settings."""
    async with (
        serving(create_app(msgspec.structs.replace(settings, **changes))) as url,
        httpx.AsyncClient(base_url=url, headers=token("ada", "default", "editor"), verify=NO_TLS) as client,
    ):
        yield client


async def test_without_a_list_there_is_nothing_of_it(settings: Settings) -> None:
    async with served(settings, allowed_origins=frozenset()) as client:
        for answered in (
            await client.options("/graphql", headers={"Origin": LISTED, **ASKED}),
            await client.get("/workflows/health", headers={"Origin": LISTED}),
        ):
            assert cross_origin(answered) == {} and "vary" not in answered.headers


async def test_all_sites_are_not_nobody(settings: Settings) -> None:
    async with served(settings, allowed_origins=frozenset({"*"}), environment=Environment.TEST) as client:
        for origin, allowed in (("https://any.example", True), ("null", False)):
            answered = await client.get("/workflows/health", headers={"Origin": origin})
            assert ("access-control-allow-origin" in answered.headers) is allowed

"""The JSON Schema of a workflow over HTTP: whoever may see the pages gets it."""

from pathlib import Path

import httpx
import msgspec
import pytest

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from tests.support.calls import JWT_SECRET, NO_TLS, token

pytestmark = pytest.mark.asyncio

COMMITTED = Path(__file__).parents[3] / "workflow.schema.json"
PATH = "/workflow.schema.json"


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """Nothing here depends on the database."""
    return Settings(data_dir=data_dir, jwt_secret=JWT_SECRET)


async def test_the_test_environment_serves_the_committed_schema_to_everybody(settings: Settings) -> None:
    async with (
        serving(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, timeout=30, verify=NO_TLS) as client,
    ):
        answered = await client.get(PATH)
    assert (answered.status_code, answered.headers["content-type"]) == (200, "application/schema+json")
    assert answered.content == COMMITTED.read_bytes()


async def test_production_serves_it_to_whoever_is_signed_in(settings: Settings) -> None:
    app = create_app(msgspec.structs.replace(settings, environment=Environment.PRODUCTION))
    signed_in = token("ada", "default", "viewer")
    password = signed_in["Authorization"].removeprefix("Bearer ")
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=30, verify=NO_TLS) as client:
        stranger = await client.get(PATH)
        by_token = await client.get(PATH, headers=signed_in)
        by_browser = await client.get(PATH, auth=("ada", password))
    assert (stranger.status_code, "message" in stranger.text) == (401, False)
    assert by_token.content == by_browser.content == COMMITTED.read_bytes()

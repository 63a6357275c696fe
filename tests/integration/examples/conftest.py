"""What the tests of the examples share."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from app.server.serving import serving
from app.settings.settings import Settings
from engine.services.registry import Service
from examples.workflows.services import Services, registry
from examples.workflows.systems import Systems


@pytest_asyncio.fixture
async def outside() -> AsyncIterator[Services]:
    """The systems of the examples, on a real socket."""
    services = Services()

    async def app(scope: Any, receive: Any, send: Any) -> None:  # a plain function is what the server takes for ASGI 3
        await services.app(scope, receive, send)

    async with serving(app) as services.url:
        yield services


@pytest.fixture
def systems(outside: Services) -> Systems:
    """The same, for who asks what they were asked."""
    return outside.systems


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The settings, with the systems of the examples where the test is run against them."""
    if "outside" not in request.fixturenames:
        return settings
    outside: Services = request.getfixturevalue("outside")
    services = {name: Service(name=name, url=url) for name, url in registry(outside.url).items()}
    return msgspec.structs.replace(settings, services=services)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A documents folder with a secret beside it and links of every kind inside."""
    (tmp_path / "secret.txt").write_text("secret")
    documents = tmp_path / "documents"
    (documents / "part").mkdir(parents=True)
    (documents / "part" / "my file.md").write_text("# Inside\n")
    (documents / "escape.txt").symlink_to(tmp_path / "secret.txt")
    (documents / "escape").symlink_to(tmp_path)
    (documents / "loop").symlink_to(documents / "loop")
    (documents / "alias.md").symlink_to(documents / "part" / "my file.md")
    return documents

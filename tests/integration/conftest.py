"""Fixtures of the integration tests: a registered partner service, and the key for bearer tokens."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from app.server.serving import serving
from app.settings.settings import Settings
from resolvers.context import Services
from tests.support.calls import JWT_SECRET
from tests.support.scripted_service import PartnerService


@pytest_asyncio.fixture
async def scripted() -> AsyncIterator[PartnerService]:
    """The partner service on a real socket."""
    service = PartnerService()

    async def app(scope: Any, receive: Any, send: Any) -> None:  # a plain function is what the server takes for ASGI 3
        await service.app(scope, receive, send)

    async def serve(started: asyncio.Event) -> None:
        async with serving(app) as service.url:
            started.set()
            await service.dismissed.wait()

    started = asyncio.Event()
    serving_it = asyncio.create_task(serve(started))
    await started.wait()
    yield service
    service.dismiss()
    await serving_it


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The settings, with a key for bearer tokens, and the partner service where the test asks for it."""
    partner = _partner(request)
    services = {"scripted": partner.service("scripted")} if partner else {}
    return msgspec.structs.replace(settings, services=services, jwt_secret=JWT_SECRET)


@pytest_asyncio.fixture
async def server(server: str, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The server; what the partner still holds is released before the server waits for it."""
    partner = _partner(request)
    yield server
    if partner:
        partner.dismiss()


@pytest_asyncio.fixture
async def services(services: Services, request: pytest.FixtureRequest) -> AsyncIterator[Services]:
    """The engine; what the partner still holds is released before the engine waits for it."""
    partner = _partner(request)
    yield services
    if partner:
        partner.dismiss()


def _partner(request: pytest.FixtureRequest) -> PartnerService | None:
    """The partner service, started for those tests alone that name it."""
    if "scripted" not in request.fixturenames:
        return None
    partner: PartnerService = request.getfixturevalue("scripted")
    return partner

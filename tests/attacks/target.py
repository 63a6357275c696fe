"""What is attacked: the whole service in production on a real socket, with users of every kind."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest

from app.asgi import create_app
from app.server.serving import serving
from app.settings.settings import Environment, Settings
from engine.services.registry import Service
from tests.support.calls import JWT_SECRET, NO_TLS, Json, token
from tests.support.scripted_service import ScriptedService

ADMIN = token("root", "default", "admin")
EDITOR = token("ada", "default", "editor")
OTHER_EDITOR = token("bob", "default", "editor")
VIEWER = token("vic", "default", "viewer")
STRANGER = token("eve", "elsewhere", "admin")
LOOPBACK = (ip_network("127.0.0.0/8"),)


class Target(NamedTuple):
    """A server in production; `service` is registered with it as `partner`, and answers what the attack wants."""

    client: httpx.AsyncClient
    settings: Settings
    service: ScriptedService

    async def graphql(self, query: str, headers: dict[str, str] | None = None, **variables: Any) -> Json:
        """The answer to an operation."""
        body = {"query": query, "variables": variables}
        return dict((await self.client.post("/graphql", json=body, headers=headers or {})).json())

    async def workflow(self, *actions: Json, **more: Any) -> str:
        """A new workflow of the editor."""
        body = {"name": f"attack {len(json.dumps([actions, more]))}", "actions": list(actions), **more}
        made = await self.client.post("/workflows", json=body, headers=EDITOR)
        assert made.status_code == 201, made.text
        return str(made.json()["workflow_id"])

    async def run(self, workflow_id: str, **body: Any) -> Json:
        """An execution by the editor, once it has ended."""
        answer = await self.client.post(
            f"/workflows/{workflow_id}/execute", json={"async_execution": False, **body}, headers=EDITOR
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


Attacking = Callable[[Target], Awaitable[None]]
"""An attack: an `AssertionError` says that it succeeded."""


Remove = Callable[[pytest.MonkeyPatch], Json | None]
"""Takes a defence away, by a patch or by the settings that it returns, which go over the others."""


class Attack(NamedTuple):
    """An attack; how to take away the defence against it; and settings that it needs."""

    demand: str
    name: str
    run: Attacking
    remove: Remove
    arrange: Callable[[pytest.MonkeyPatch], None] | None
    """Makes what the attack needs and no attacker could: a bug to trigger, a receiver without a certificate."""
    settings: Json

    def __str__(self) -> str:
        return f"{self.demand} {self.name}"


ATTACKS: list[Attack] = []


def attack(
    demand: str,
    remove: Remove,
    arrange: Callable[[pytest.MonkeyPatch], None] | None = None,
    **settings: Any,
) -> Callable[[Attacking], Attacking]:
    """Add an attack to the list. `demand` is the line of the table in docs/security.md that it is about."""

    def add(run: Attacking) -> Attacking:
        ATTACKS.append(Attack(demand, run.__name__, run, remove, arrange, settings))
        return run

    return add


def patched(name: str, value: Any) -> Remove:
    """A defence is gone when `value` stands in the place of what it is."""

    def remove(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(name, value)

    return remove


def set_to(**settings: Any) -> Remove:
    """A defence is gone when a setting says so."""
    return lambda _: settings


@asynccontextmanager
async def production(folder: Path, **changes: Any) -> AsyncIterator[Target]:
    """The service in production; it counts no requests unless the changes say so."""
    service = ScriptedService()
    async with serving(service.app) as service.url:
        settings = Settings(
            data_dir=folder,
            environment=Environment.PRODUCTION,
            jwt_secret=JWT_SECRET,
            services={"partner": Service("partner", service.url)},
            rate_limit=0,
        )
        settings = msgspec.structs.replace(settings, **changes)
        async with (
            serving(create_app(settings)) as url,
            httpx.AsyncClient(base_url=url, timeout=30, verify=NO_TLS) as client,
        ):
            yield Target(client, settings, service)
            service.released.set()

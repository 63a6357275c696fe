"""What the console's tests share: one Chromium a run, one server a module, a tab a test.

A module has `pytestmark = in_the_console` (`driving.py`): its tests share an event loop with the fixtures.

- `service`: `orchestrator dev`, empty, with the systems that the example workflows call; `systems.fail(...)` takes
  calls away.
- `client`: the API as the admin `demo-user`; `seeds.do` is a mutation that must succeed.
- `page`: a tab with storage of its own, signed in as the same. `browser.page()` gives another one, as of a second
  person: `driving.as_who(page, token(...))` signs it in before it opens anything, else it is the editor whom the
  console greets.
- `seeds`: ids of what `seeds.fill` has made: executions in every state and all that a page can show. Made where it is
  asked for.
"""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

import hatch_build
from app.server.serving import serving
from examples.workflows.services import Services, registry
from tests.console.driving import as_who
from tests.console.seeds import Seeds, fill
from tests.support.browser import Browser, Page, running_browser
from tests.support.calls import JWT_SECRET, NO_TLS, token
from tests.support.databases import data_directory
from tests.support.processes import OrchestratorProcess, Processes

ADMIN = token("demo-user", "default", "admin")
ENVIRON = {"ORCHESTRATOR_JWT_SECRET": JWT_SECRET, "ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS": "127.0.0.1/32"}
"""Tokens are signed as `tests.support.calls.token` does, and callbacks may go to the systems."""

SOON_OPEN = {"circuit_threshold": 2, "circuit_open_seconds": 3600}
"""The circuit of the pager opens after two failures, and stays so."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(memory: Path) -> AsyncIterator[Browser]:
    """A running Chromium."""
    assert hatch_build.is_current(), "the browser pages are not built from the present sources: python hatch_build.py"
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        async with running_browser(Path(folder)) as browser:
            yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A tab of the admin, which has opened nothing yet."""
    async with browser.page() as page:
        await as_who(page, ADMIN)
        yield page


@pytest.fixture(scope="module")
def systems() -> Services:
    """The systems that the example workflows call."""
    return Services()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(systems: Services, memory: Path, migrated_file: Path) -> AsyncIterator[OrchestratorProcess]:
    """An empty service on the systems."""
    with data_directory(memory, migrated_file) as data_dir:
        processes = Processes(data_dir)
        async with serving(systems.app) as url:
            services = registry(url)
            known = {**services, "pager": {"url": services["pager"], **SOON_OPEN}}
            yield processes.orchestrator(known, data_dir=data_dir, environ=ENVIRON)
            processes.end()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(service: OrchestratorProcess) -> AsyncIterator[httpx.AsyncClient]:
    """The API of the service, as the admin."""
    async with httpx.AsyncClient(base_url=service.url, headers=ADMIN, timeout=30, verify=NO_TLS) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def seeds(client: httpx.AsyncClient, systems: Services) -> Seeds:
    """What a busy week has left in the service."""
    return await fill(client, systems)

"""Below a path that a proxy gives it the service answers with and without that path, and leads back below it."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.asgi import create_app
from app.server.serving import serving
from app.settings.reading import load_settings
from app.settings.settings import Settings, SettingsError
from tests.support.calls import NO_TLS, create, graphql, notify, start
from tests.support.edges.approvals import waits

pytestmark = pytest.mark.asyncio

HTML = {"Accept": "text/html,*/*;q=0.8"}
QUERY = {"query": "{ workflows { totalCount } }"}


@pytest_asyncio.fixture
async def below(data_dir: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service below `/tools/flows`."""
    settings = Settings(data_dir=data_dir, root_path="/tools/flows")
    async with (
        serving(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, headers={"X-User-ID": "ada"}, verify=NO_TLS) as client,
    ):
        yield client


@pytest.mark.parametrize("prefix", ["", "/tools/flows"])
async def test_all_is_there_with_the_path_and_without_it(below: httpx.AsyncClient, prefix: str) -> None:
    workflow = await create(below, "w", notify("a"))
    for path in ("/healthz", "/readyz", "/metrics", "/workflows", f"/workflows/{workflow['workflow_id']}", "/docs"):
        assert (path, (await below.get(prefix + path)).status_code) == (path, 200)
    assert (await below.post(f"{prefix}/graphql", json=QUERY)).json()["data"] == {"workflows": {"totalCount": 1}}
    url = f"{str(below.base_url).replace('http', 'ws').rstrip('/')}{prefix}/graphql"
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"X-User-ID": "ada"}}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
    for path in ("/tools/flowsworkflows", "/tools/workflows", "/flows/workflows", "/tools/flows/tools/flows/workflows"):
        assert (path, (await below.get(path)).status_code) == (path, 404)


async def test_where_it_leads_is_below_the_path(below: httpx.AsyncClient) -> None:
    created = await below.post("/workflows", json={"name": "w", "actions": []})
    assert created.headers["location"] == f"/tools/flows/workflows/{created.json()['workflow_id']}"
    assert (await below.get(created.headers["location"])).json()["name"] == "w"
    for front in ("/", "/tools/flows", "/tools/flows/"):
        led = await below.get(front, headers=HTML)
        assert led.status_code == 200
        assert set(re.findall(r'(?:src|href)="(/[^"]*/)', led.text)) == {"/tools/flows/graphql/assets/"}
        assert '<meta name="root-path" content="/tools/flows" />' in led.text
        told = (await below.get(front)).json()
        assert {name: path for name, path in told.items() if not path.startswith("/tools/flows/")} == {
            "name": "Orchestrator"
        }
    assert (await below.get("/openapi.json")).json()["servers"] == [{"url": "/tools/flows"}]
    page = (await below.get("/tools/flows/graphql", headers=HTML)).text
    assert 'href="/' not in page and 'src="/' not in page


async def test_the_path_of_the_public_address_is_all_that_needs_to_be_told(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, public_url="https://example.com/flows")
    asks = {"action_id": "a", "action_type": "approval", "config": {"message": "Ship?"}}
    async with (
        serving(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, headers={"X-User-ID": "ada"}, verify=NO_TLS) as client,
    ):
        workflow = await client.post("/flows/workflows", json={"name": "w", "actions": [asks]})
        assert workflow.headers["location"].startswith("/flows/workflows/wf_")
        assert (await client.get("/flows/openapi.json")).json()["servers"] == [{"url": "https://example.com/flows"}]
        execution_id = await start(client, workflow.json()["workflow_id"])
        await waits(client, execution_id)
        made = {"executionId": execution_id, "actionId": "a", "expiresInSeconds": 60}
        mutation = "mutation ($input: CreateApprovalLinkInput!) { createApprovalLink(input: $input) { url path } }"
        link = (await graphql(client, mutation, input=made))["createApprovalLink"]
        assert link["url"] == f"https://example.com/flows{link['path']}"
        assert (await client.get(link["url"].removeprefix("https://example.com"))).status_code == 200


async def test_a_path_that_is_one_of_the_service_is_refused(data_dir: Path) -> None:
    for path in ("/workflows", "/graphql/x", "/healthz", "/approvals"):
        with pytest.raises(SettingsError, match=f"ROOT_PATH {path} begins as a path of the service does"):
            create_app(Settings(data_dir=data_dir, root_path=path))


async def test_the_path_is_told_once(data_dir: Path) -> None:
    both = {"ORCHESTRATOR_PUBLIC_URL": "https://example.com/a", "ORCHESTRATOR_ROOT_PATH": "/a/"}
    assert load_settings(both).below == "/a"
    for path, address in (("/a", "https://example.com"), ("/a", "https://example.com/b")):
        with pytest.raises(SettingsError, match="ORCHESTRATOR_ROOT_PATH /a is not the path of ORCHESTRATOR_PUBLIC_URL"):
            load_settings({"ORCHESTRATOR_PUBLIC_URL": address, "ORCHESTRATOR_ROOT_PATH": path})
    for text in ("a", "//a", "/a?b", "/../a", "/a b", "https://example.com/a"):
        with pytest.raises(SettingsError, match="ORCHESTRATOR_ROOT_PATH is not valid"):
            load_settings({"ORCHESTRATOR_ROOT_PATH": text})
